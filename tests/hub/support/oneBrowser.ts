import { launchChromiumServer } from '../../../tools/hub/chromium';
import { hasChromium, sharedBrowser } from './chromium';
import { buildPages, removePages, sharedPages } from './builtHub';

let stop: (() => Promise<void>) | undefined;

/** Before a run of many test files: they share one build of the pages and one browser, which take seconds to make. */
export async function mochaGlobalSetup(): Promise<void> {
  if (!hasChromium()) return;
  const [folder, browser] = await Promise.all([buildPages(), launchChromiumServer()]);
  process.env[sharedPages] = folder;
  process.env[sharedBrowser] = browser.wsEndpoint();
  stop = async () => {
    await browser.close();
    await removePages(folder);
  };
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stop?.();
}
