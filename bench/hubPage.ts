import type { BrowserContext, Frame, Page } from 'playwright-core';

export interface HubPage {
  readonly page: Page;
  readonly frame: Frame;
  /** Waits until the frame has marked that it is open, and tells what it has measured, in milliseconds. */
  times(): Promise<{
    /** Since the navigation to the page around the frame. */
    readonly opened: number;
    /** Of the page that only makes requests; 0 on the others. */
    readonly requests: number;
  }>;
  close(): Promise<void>;
}

/** Opens a page of the extension in the host. */
export async function openHubPage(context: BrowserContext, url: string, hash: string): Promise<HubPage> {
  const page = await context.newPage();
  await page.goto(`${url}?${new URLSearchParams({ page: 'models', hash }).toString()}`);
  const element = await page.waitForSelector('iframe', { state: 'attached' });
  const frame = await element.contentFrame();
  if (!frame) throw new Error('The page shows no frame.');
  return {
    page,
    frame,
    times: async () => {
      await frame.waitForFunction(() => performance.getEntriesByName('opened').length > 0, undefined, { polling: 100 });
      // Frames have clocks of their own, which begin at different times.
      const opened = await frame.evaluate(
        () => performance.timeOrigin + (performance.getEntriesByName('opened')[0]?.startTime ?? NaN),
      );
      const requests = await frame.evaluate(() => performance.getEntriesByName('requests')[0]?.duration ?? 0);
      return { opened: opened - (await page.evaluate(() => performance.timeOrigin)), requests };
    },
    close: () => page.close(),
  };
}
