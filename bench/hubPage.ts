import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';

/** What an opening took, in milliseconds, since the navigation to the page around the frame. */
export interface OpeningTimes {
  /** Until the frame has marked that it is open. */
  readonly opened: number;
  /** How long the processor worked for the threads of the page and of the frame until then. */
  readonly processor: number;
  /** The requests of the page that only makes requests; 0 on the others. */
  readonly requests: number;
}

/** Opens a page of the extension in the host. */
export async function openHubPage(
  context: BrowserContext,
  url: string,
  hash: string,
): Promise<{ readonly page: Page; readonly frame: Frame }> {
  const page = await context.newPage();
  return { page, frame: await openIn(page, url, hash) };
}

async function openIn(page: Page, url: string, hash: string): Promise<Frame> {
  await page.goto(`${url}?${new URLSearchParams({ page: 'models', hash }).toString()}`);
  const element = await page.waitForSelector('iframe', { state: 'attached' });
  const frame = await element.contentFrame();
  if (!frame) throw new Error('The page shows no frame.');
  return frame;
}

/** Opens a page whose frame marks `opened`, and closes it. */
export async function measureOpening(
  browser: Browser,
  context: BrowserContext,
  { url, hash }: { readonly url: string; readonly hash: string },
): Promise<OpeningTimes> {
  const page = await context.newPage();
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  const frame = await openIn(page, url, hash);
  await frame.waitForFunction(() => performance.getEntriesByName('opened').length > 0, undefined, { polling: 100 });
  const requests = await frame.evaluate(() => performance.getEntriesByName('requests')[0]?.duration ?? 0);
  const trace = await browser.stopTracing();
  await page.close();
  return { ...timesOf(JSON.parse(trace.toString()) as Trace, url), requests };
}

interface Trace {
  readonly traceEvents: readonly {
    readonly name: string;
    readonly pid: number;
    readonly tid: number;
    /** Microseconds on a clock that all processes have, as in `tdur`. */
    readonly ts: number;
    /** How long the processor worked for it. */
    readonly tdur?: number;
    readonly args?: { readonly data?: { readonly documentLoaderURL?: string } };
  }[];
}

function timesOf({ traceEvents }: Trace, url: string): Pick<OpeningTimes, 'opened' | 'processor'> {
  const start = traceEvents.find(
    ({ name, args }) => name === 'navigationStart' && args?.data?.documentLoaderURL?.startsWith(url) === true,
  );
  const end = traceEvents.find(({ name }) => name === 'opened');
  if (!start || !end)
    throw new Error('The trace of Chromium does not have the navigation, or that the page was opened.');
  const isOfPage = ({ pid, tid }: { readonly pid: number; readonly tid: number }) =>
    [start, end].some((event) => event.pid === pid && event.tid === tid);
  const processor = traceEvents
    .filter((event) => event.name === 'ThreadControllerImpl::RunTask' && isOfPage(event))
    .filter(({ ts }) => ts >= start.ts && ts < end.ts)
    .reduce((sum, { tdur = 0 }) => sum + tdur, 0);
  if (processor === 0) throw new Error('The trace of Chromium does not say how long the tasks of the page took.');
  return { opened: (end.ts - start.ts) / 1000, processor: processor / 1000 };
}
