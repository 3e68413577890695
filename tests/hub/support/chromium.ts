import { chromiumFile, hasChromium } from '../../../tools/hub/chromium';

export { launchChromium } from '../../../tools/hub/chromium';

/** Skips a suite, and says so where it is read, on a machine without Chromium. */
export function skipWithoutChromium(context: Mocha.Context): void {
  if (hasChromium()) return;
  process.stderr.write(
    `SKIPPED: there is no Chromium at ${chromiumFile} (Debian: chromium; MODEL_PIPELINES_CHROMIUM names another file).\n`,
  );
  context.skip();
}
