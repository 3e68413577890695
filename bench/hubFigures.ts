import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { chromiumFile, hasChromium, launchChromium } from '../tools/hub/chromium';
import { median, type Figure } from './figures';
import { filled, openHubStage, type HubStage } from './hubStage';

const rounds = 3;
/** One frame of a screen with 60 Hz. */
const keyLimitMilliseconds = 16;
const typed = 'abcdefghij'.repeat(3);

interface Opened {
  readonly what: string;
  /** The address in the hub. */
  readonly hash: string;
  /** What is there when the page can be used. */
  readonly shown: (frame: Frame) => Promise<void>;
}

const openings: readonly Opened[] = [
  {
    what: '200 models',
    hash: '',
    shown: (frame) => frame.getByRole('link', { name: filled.lastModel, exact: true }).waitFor(),
  },
  {
    what: 'a model with 500 revisions, history',
    hash: `model=${filled.longModel}&tab=history`,
    shown: (frame) => frame.getByText(`All ${filled.revisions} revisions are intact`).waitFor(),
  },
  {
    what: 'a model with 300 variables',
    hash: `model=${filled.wideModel}`,
    shown: (frame) => frame.locator(`[data-cell="${filled.lastVariable}/1"]`).waitFor(),
  },
];

/**
 * (l) How long the Models hub takes to open in Chromium when it is in the caches of the browser, compared with a page that
 * makes the same requests and shows nothing; and how long scripts run for each key that is typed into a value of a model with
 * 300 variables.
 */
export async function hubFigures(): Promise<readonly Figure[]> {
  if (!hasChromium()) {
    process.stderr.write(`SKIPPED: the figures of the Models hub: there is no Chromium at ${chromiumFile}.\n`);
    return [];
  }
  const stage = await openHubStage();
  const browser = await launchChromium();
  try {
    const figures: Figure[] = [];
    for (const opened of openings) figures.push(...(await openingFigures(browser, stage, opened)));
    return [...figures, await typingFigure(browser, stage)];
  } finally {
    await browser.close();
    await stage.close();
  }
}

async function openingFigures(browser: Browser, { hubUrl, emptyUrl }: HubStage, opened: Opened): Promise<Figure[]> {
  const answered = (frame: Frame): Promise<void> => frame.locator('#answered').waitFor();
  const contexts = [await newContext(browser), await newContext(browser)] as const;
  try {
    const [hub, empty]: [number[], number[]] = [[], []];
    // The first round fills the caches of the browser.
    for (let round = 0; round <= rounds; round++) {
      const emptyTime = await openOnce(contexts[0], emptyUrl, opened.hash, answered);
      const hubTime = await openOnce(contexts[1], hubUrl, opened.hash, opened.shown);
      if (round === 0) continue;
      empty.push(emptyTime);
      hub.push(hubTime);
    }
    // A busy machine makes an opening longer, never shorter.
    const [fastest, fastestEmpty] = [Math.min(...hub), Math.min(...empty)];
    return [
      { name: `(l) hub, ${opened.what}: time to open again`, value: fastest, unit: 'ms' },
      { name: `(l) hub, ${opened.what}: ÷ empty page (target: 1.5)`, value: fastest / fastestEmpty, unit: '×' },
    ];
  } finally {
    for (const context of contexts) await context.close();
  }
}

const newContext = (browser: Browser): Promise<BrowserContext> =>
  browser.newContext({ viewport: { width: 1366, height: 768 } });

/** Milliseconds from the request for the page until it shows what is waited for. */
async function openOnce(
  context: BrowserContext,
  url: string,
  hash: string,
  shown: (frame: Frame) => Promise<void>,
): Promise<number> {
  const page = await context.newPage();
  const started = performance.now();
  await shown(await frameOf(page, url, hash));
  const milliseconds = performance.now() - started;
  await page.close();
  return milliseconds;
}

async function frameOf(page: Page, url: string, hash: string): Promise<Frame> {
  await page.goto(`${url}?${new URLSearchParams({ page: 'models', hash }).toString()}`);
  const element = await page.waitForSelector('iframe', { state: 'attached' });
  const frame = await element.contentFrame();
  if (!frame) throw new Error('The page shows no frame.');
  return frame;
}

async function typingFigure(browser: Browser, { hubUrl }: HubStage): Promise<Figure> {
  const context = await newContext(browser);
  try {
    const page = await context.newPage();
    const frame = await frameOf(page, hubUrl, `model=${filled.wideModel}`);
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    /** Seconds in which scripts ran, since the start of the page. */
    const scriptSeconds = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      const found = metrics.find(({ name }) => name === 'ScriptDuration');
      if (!found) throw new Error('Chromium does not say how long scripts run.');
      return found.value;
    };
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await frame.locator(`[data-cell="variable_${round}/1"]`).click();
      await page.keyboard.press('F2');
      const before = await scriptSeconds();
      await page.keyboard.type(typed);
      times.push(((await scriptSeconds()) - before) * 1000);
      await page.keyboard.press('Enter');
    }
    const value = median(times) / typed.length;
    return { name: '(l) hub, 300 variables: scripts per key', value, unit: 'ms', limit: keyLimitMilliseconds };
  } finally {
    await context.close();
  }
}
