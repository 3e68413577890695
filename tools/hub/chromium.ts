import { existsSync } from 'node:fs';
import { type Browser, type BrowserServer, chromium } from 'playwright-core';

/** Where Debian installs it; `MODEL_PIPELINES_CHROMIUM` names another one. */
export const chromiumFile = process.env['MODEL_PIPELINES_CHROMIUM'] ?? '/usr/bin/chromium';

export const hasChromium = (): boolean => existsSync(chromiumFile);

/** Without its sandbox: the pages are ours, and containers run it as root. */
const options = { executablePath: chromiumFile, args: ['--no-sandbox', '--disable-dev-shm-usage'] };

/** Starts Chromium. */
export const launchChromium = (): Promise<Browser> => chromium.launch(options);

/** Starts Chromium for other processes, which connect with it. */
export const launchChromiumServer = (): Promise<BrowserServer> => chromium.launchServer(options);
