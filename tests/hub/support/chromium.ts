import { type Browser, chromium } from 'playwright-core';
import { chromiumFile, hasChromium, launchChromium } from '../../../tools/hub/chromium';
import { BrowserPages } from './browserPages';

export { hasChromium, launchChromium };

/** The variable that tells the processes of one run where the browser is. */
export const sharedBrowser = 'MODEL_PIPELINES_TEST_BROWSER';

export interface SuiteBrowser {
  readonly browser: Browser;
  readonly pages: BrowserPages;
  /** Ends what was started for the suite. */
  readonly close: () => Promise<void>;
}

let connected: Promise<SuiteBrowser> | undefined;

/** The browser of the whole run (`oneBrowser.ts`); without it, one for the suite. */
export async function browserForSuite(): Promise<SuiteBrowser> {
  const endpoint = process.env[sharedBrowser];
  if (endpoint !== undefined) return (connected ??= connect(endpoint));
  const browser = await launchChromium();
  return { browser, pages: new BrowserPages(browser), close: () => browser.close() };
}

/** The connection ends with the browser, after the last suite. */
async function connect(endpoint: string): Promise<SuiteBrowser> {
  const browser = await chromium.connect(endpoint);
  return { browser, pages: new BrowserPages(browser), close: () => Promise.resolve() };
}

/** Skips a suite, and says so where it is read, on a machine without Chromium. */
export function skipWithoutChromium(context: Mocha.Context): void {
  if (hasChromium()) return;
  process.stderr.write(
    `SKIPPED: there is no Chromium at ${chromiumFile} (Debian: chromium; MODEL_PIPELINES_CHROMIUM names another file).\n`,
  );
  context.skip();
}
