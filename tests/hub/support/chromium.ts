import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian installs it; `MODEL_PIPELINES_CHROMIUM` names another one. */
const executablePath = process.env['MODEL_PIPELINES_CHROMIUM'] ?? '/usr/bin/chromium';

export const hasChromium = (): boolean => existsSync(executablePath);

/** Skips a suite, and says so where it is read, on a machine without Chromium. */
export function skipWithoutChromium(context: Mocha.Context): void {
  if (hasChromium()) return;
  process.stderr.write(
    `SKIPPED: there is no Chromium at ${executablePath} (Debian: chromium; MODEL_PIPELINES_CHROMIUM names another file).\n`,
  );
  context.skip();
}

/** Starts Chromium without its sandbox: the pages are ours, and containers run it as root. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
