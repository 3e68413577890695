import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian installs it; `MODEL_PIPELINES_CHROMIUM` names another one. */
export const chromiumFile = process.env['MODEL_PIPELINES_CHROMIUM'] ?? '/usr/bin/chromium';

export const hasChromium = (): boolean => existsSync(chromiumFile);

/** Starts Chromium without its sandbox: the pages are ours, and containers run it as root. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumFile, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
