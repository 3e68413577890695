import type { Browser, BrowserContext } from 'playwright-core';
import { openingScript, type Opened } from '../tests/hub/support/testPages';
import { chromiumFile, hasChromium, launchChromium } from '../tools/hub/chromium';
import { median, type Figure } from './figures';
import { measureOpening, openHubPage, type OpeningTimes } from './hubPage';
import { filled, openHubStage, type HubStage } from './hubStage';

const rounds = 6;
/** The cache of the browser keeps a script with the first opening, and what it was compiled to with the second. */
const roundsBefore = 2;
/** The requirement for an opening. */
const mostTimes = 1.5;
/** One frame of a screen with 60 Hz. */
const keyLimitMilliseconds = 16;
const typed = 'abcdefghij'.repeat(3);

interface Opening {
  readonly what: string;
  /** The address in the hub. */
  readonly hash: string;
  readonly opened: Opened;
}

const tableRows = { all: '.hub-table tbody tr', stops: '.hub-table tbody td:first-child a' };

const openings: readonly Opening[] = [
  {
    what: '200 models',
    hash: '',
    opened: { shown: '.hub-table', rows: { ...tableRows, unfinished: '.hub-state-checking' } },
  },
  {
    what: 'a model with 500 revisions, history',
    hash: `model=${filled.longModel}&tab=history`,
    opened: { shown: '.hub-chain', rows: { ...tableRows, unfinished: '[aria-busy]' } },
  },
  {
    what: 'a model with 300 variables',
    hash: `model=${filled.wideModel}`,
    opened: {
      shown: '.vg',
      rows: { all: '.vg-row', stops: '[role="gridcell"][data-cell$="/1"]', unfinished: '[aria-busy]' },
    },
  },
];
const emptyHub: Opened = { shown: '.hub-empty .bolt-button' };
const answered: Opened = { shown: '#answered' };

/**
 * (l) How long the Models hub takes to open in Chromium when it is in the caches of the browser, and how long it works for
 * each key that is typed into a value of a model with 300 variables.
 *
 * Opened: from the navigation until the rows that fill the screen are painted with their final contents and the key ArrowDown
 * has moved the focus. The requirement is at most 1.5 × (an empty page + the requests). An empty page is the hub in a project
 * without models, from the navigation until it is painted. The requests are those of the page that is opened, measured on a
 * page that makes them and shows nothing; the time of the requests of the empty page, which its own time has already, is
 * subtracted.
 *
 * The limit is on the time that the processor works for the page, without waiting: on a busy machine, the time of a clock says
 * more about the other programs. The last figure is on a clock, and compares with the page that shows nothing.
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
    for (const opening of openings) figures.push(...(await openingFigures(browser, stage, opening)));
    return [...figures, await typingFigure(browser, stage)];
  } finally {
    await browser.close();
    await stage.close();
  }
}

async function openingFigures(browser: Browser, { full, empty }: HubStage, opening: Opening): Promise<Figure[]> {
  const { what, hash, opened } = opening;
  const pages = {
    hub: { url: full.hubUrl, hash, opened },
    emptyHub: { url: empty.hubUrl, hash: '', opened: emptyHub },
    requests: { url: full.requestsUrl, hash, opened: answered },
    emptyRequests: { url: empty.requestsUrl, hash: '', opened: answered },
  };
  const first = await openingRatios(browser, pages);
  // What exceeds the limit is measured again: something else can have emptied the caches of the processor.
  const { times, onProcessor, onClock } = first.onProcessor > mostTimes ? await openingRatios(browser, pages) : first;
  return [
    { name: `(l) hub, ${what}: time to open again`, value: times.hub.opened, unit: 'ms' },
    {
      name: `(l) hub, ${what}: ÷ (empty page + requests), on the processor`,
      value: onProcessor,
      unit: '×',
      limit: mostTimes,
    },
    { name: `(l) hub, ${what}: ÷ (empty page + requests), on a clock`, value: onClock, unit: '×' },
    {
      name: `(l) hub, ${what}: ÷ page that only makes the requests`,
      value: times.hub.opened / times.requests.opened,
      unit: '×',
    },
  ];
}

type PageName = 'hub' | 'emptyHub' | 'requests' | 'emptyRequests';

async function openingRatios(browser: Browser, pages: Readonly<Record<PageName, MeasuredPage>>) {
  const times = await medianTimes(browser, pages);
  const { hub, emptyHub, requests, emptyRequests } = times;
  return {
    times,
    onProcessor: hub.processor / (emptyHub.processor + Math.max(0, requests.processor - emptyRequests.processor)),
    onClock: hub.opened / (emptyHub.opened + Math.max(0, requests.requests - emptyRequests.requests)),
  };
}

interface MeasuredPage {
  readonly url: string;
  readonly hash: string;
  readonly opened: Opened;
}

/**
 * The medians of the times of several openings, in milliseconds. The pages are opened in turn, so that all of them meet the
 * same machine.
 */
async function medianTimes<Name extends string>(
  browser: Browser,
  pages: Readonly<Record<Name, MeasuredPage>>,
): Promise<Readonly<Record<Name, OpeningTimes>>> {
  const names = Object.keys(pages) as Name[];
  const contexts = new Map<Name, BrowserContext>();
  const found = new Map<Name, OpeningTimes[]>();
  for (const name of names) {
    const context = await newContext(browser);
    await context.addInitScript({ content: await openingScript(pages[name].opened) });
    contexts.set(name, context);
  }
  for (let round = -roundsBefore; round < rounds; round++)
    for (const [name, context] of contexts) {
      const times = await measureOpening(browser, context, pages[name]);
      if (round >= 0) found.set(name, [...(found.get(name) ?? []), times]);
    }
  for (const context of contexts.values()) await context.close();
  const usual = (name: Name): OpeningTimes => {
    const middle = (field: keyof OpeningTimes) => median((found.get(name) ?? []).map((times) => times[field]));
    return { opened: middle('opened'), processor: middle('processor'), requests: middle('requests') };
  };
  return Object.fromEntries(names.map((name) => [name, usual(name)])) as Record<Name, OpeningTimes>;
}

const newContext = (browser: Browser): Promise<BrowserContext> =>
  browser.newContext({ viewport: { width: 1366, height: 768 } });

async function typingFigure(browser: Browser, { full }: HubStage): Promise<Figure> {
  const context = await newContext(browser);
  try {
    const { page, frame } = await openHubPage(context, full.hubUrl, `model=${filled.wideModel}`);
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    /** Seconds in which the page worked since its start: scripts, styles, layout, and what paints need of it. */
    const workSeconds = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      const found = metrics.find(({ name }) => name === 'TaskDuration');
      if (!found) throw new Error('Chromium does not say how long the page worked.');
      return found.value;
    };
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await frame.locator(`[data-cell="variable_${round}/1"]`).click();
      await page.keyboard.press('F2');
      const before = await workSeconds();
      await page.keyboard.type(typed);
      times.push(((await workSeconds()) - before) * 1000);
      await page.keyboard.press('Enter');
    }
    const value = median(times) / typed.length;
    return { name: '(l) hub, 300 variables: work of the page per key', value, unit: 'ms', limit: keyLimitMilliseconds };
  } finally {
    await context.close();
  }
}
