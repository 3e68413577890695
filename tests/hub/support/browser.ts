import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { type Host, type HostOptions, startHost } from '../../../sandbox/devops/host/host';
import type { InjectedFailure, TestHandles } from '../../../sandbox/devops/host/page/testHandles';
import type { ThemeName } from '../../../sandbox/devops/host/page/themes';
import type { Organization } from '../../../sandbox/devops/organization';
import { type LocalOrganizationOptions, startLocalOrganization } from '../../../sandbox/localOrganization';
import { sharedSigningKeys } from '../../support/sharedKeys';
import { browserForSuite, skipWithoutChromium, type SuiteBrowser } from './chromium';
import { builtHub } from './builtHub';
import type { BrowserPage } from './browserPages';
import type { PageProblems } from './pageProblems';

export { axe } from './axe';
export { focused, focusedAtLast, press, tabTo } from './keyboard';

export interface OpenOptions {
  /** `models` by default. */
  readonly page?: 'models' | 'run';
  /** The address that the person signs in with: `ada@example.com` (by default), who administers the project, `grace@example.com`, who may change the repository, or `rosa@example.com`, who may only read. */
  readonly user?: string;
  readonly theme?: ThemeName;
  /** Of the start, such as `model=churn&tab=history`. */
  readonly hash?: string;
  /** The run of the page `run`. */
  readonly build?: number;
  /** 1366 × 768 by default. */
  readonly size?: { readonly width: number; readonly height: number };
  /** As with a high contrast theme of Windows. */
  readonly hasForcedColors?: boolean;
  /** Time stands still for the page. */
  readonly now?: Date;
  /** Errors of scripts that are expected; all others fail the test. */
  readonly expects?: RegExp;
  /** Returns at once, not when the extension says that it is ready. */
  readonly isLoading?: boolean;
  /** Opens it in the tab of that page, which it leaves, instead of a browser of its own. */
  readonly within?: OpenHub;
  /** The test changes what all pages of the browser have, such as their clock or the scripts that they begin with. */
  readonly changesBrowser?: boolean;
}

/** An extension's page in the page of Azure DevOps, in a browser context of its own. */
export interface OpenHub {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Of the extension. */
  readonly frame: Frame;
  readonly problems: PageProblems;
  /** Reads a handle of `window.host`. */
  readonly log: () => Promise<readonly string[]>;
  readonly toasts: () => Promise<TestHandles['toasts']>;
  /** Waits until the page has this hash: what the extension says to its host takes a moment. */
  readonly hasHash: (expected: string) => Promise<void>;
  readonly title: () => Promise<string>;
  /** Changes the hash as the address bar does. */
  readonly goto: (hash: string) => Promise<void>;
  readonly setTheme: (name: ThemeName) => Promise<void>;
  readonly setDelay: (milliseconds: number) => Promise<void>;
  readonly failNext: (method: string, failure: InjectedFailure) => Promise<void>;
  readonly changeRun: () => Promise<void>;
}

export interface HubStageOptions extends LocalOrganizationOptions {
  /** Builds the pages, and gives their folder; those of the project by default. */
  readonly hubFolder?: () => Promise<string>;
  /** Of the extension's manifest; those of the project by default. */
  readonly scopes?: readonly string[];
  /** Fills the organization before the host is started. */
  readonly fill?: (organization: Organization) => Promise<void> | void;
  readonly host?: Pick<HostOptions, 'people'>;
}

export interface HubStage {
  readonly organization: () => Organization;
  readonly host: () => Host;
  readonly browser: () => Browser;
  /** Opens the page in a new browser context: two calls are two people at two machines. */
  readonly openHub: (options?: OpenOptions) => Promise<OpenHub>;
}

type ShownPage = Pick<OpenHub, 'context' | 'page' | 'problems'>;

interface Opened extends BrowserPage {
  readonly asked: OpenOptions;
}

/**
 * An organization and a host for each test, and one browser for all tests of the suite. A test fails when a script of a
 * page that it opened reports an error or a warning, or asks another host for something.
 */
export function useHub({ hubFolder, scopes, fill, host: hostOptions, ...options }: HubStageOptions = {}): HubStage {
  let suite: SuiteBrowser | undefined;
  let organization: Organization;
  let host: Host;
  let opened: readonly Opened[] = [];

  before(async function () {
    skipWithoutChromium(this);
    this.timeout(120_000);
    suite = await browserForSuite();
  });
  after(() => suite?.close());
  beforeEach(async () => {
    const hub = await builtHub(hubFolder);
    organization = await startLocalOrganization({ signingKeys: await sharedSigningKeys(), ...options });
    await fill?.(organization);
    const extension = { ...hub.extension, ...(scopes && { scopes }) };
    host = await startHost({ organization, hubFolder: hub.folder, extension, ...hostOptions });
  });
  afterEach(async function () {
    const used = opened;
    opened = [];
    const { pages } = running();
    // A test that failed can have left its page in any state.
    const isFailed = this.currentTest?.isPassed() !== true;
    await Promise.all(used.map((each) => pages.release(each, isFailed || each.asked.changesBrowser === true)));
    const found = used.flatMap(({ problems, asked: { expects } }) =>
      problems.found.filter((each) => !expects?.test(each)),
    );
    await host.close();
    await organization.close();
    assert.deepEqual(found, [], 'Scripts of the pages reported these problems.');
  });

  const running = (): SuiteBrowser => {
    if (!suite) throw new Error('The browser was not started.');
    return suite;
  };
  const show = async (shown: ShownPage, asked: OpenOptions): Promise<OpenHub> => {
    await shown.page.goto(urlOf(host, asked));
    return handlesOf(shown, asked.isLoading === true);
  };
  return {
    organization: () => organization,
    host: () => host,
    browser: () => running().browser,
    openHub: async (asked = {}) => {
      if (asked.within) {
        if (asked.size) await asked.within.page.setViewportSize(asked.size);
        return show(asked.within, asked);
      }
      const page = await running().pages.open({
        size: asked.size ?? { width: 1366, height: 768 },
        hasForcedColors: asked.hasForcedColors === true,
        now: asked.now,
      });
      page.problems.begin([host.url, host.hubUrl, organization.url].map((url) => new URL(url).origin));
      opened = [...opened, { ...page, asked }];
      return show(page, asked);
    },
  };
}

function urlOf(host: Host, { page = 'models', user, theme, hash, build }: OpenOptions): string {
  const query = new URLSearchParams({
    page,
    ...(user !== undefined && { user }),
    ...(theme !== undefined && { theme }),
    ...(hash !== undefined && { hash }),
    ...(build !== undefined && { build: String(build) }),
  });
  return `${host.url}?${query.toString()}`;
}

async function handlesOf({ context, page, problems }: ShownPage, isLoading: boolean): Promise<OpenHub> {
  const element = await page.waitForSelector('iframe', { state: 'attached' });
  const frame = await element.contentFrame();
  if (!frame) throw new Error('The page shows no frame.');
  if (!isLoading) await page.waitForFunction(() => window.host?.log.some((entry) => entry.startsWith('notifyLoad')));
  const handle = await page.evaluateHandle(() => {
    if (!window.host) throw new Error('The page has no test handles.');
    return window.host;
  });
  return {
    context,
    page,
    frame,
    problems,
    log: () => handle.evaluate(({ log }) => log),
    toasts: () => handle.evaluate(({ toasts }) => toasts),
    hasHash: async (expected) => {
      await page.waitForFunction((wanted) => window.host?.hash() === wanted, expected).catch(() => undefined);
      assert.equal(await handle.evaluate((host) => host.hash()), expected);
    },
    title: () => handle.evaluate((host) => host.title()),
    goto: (hash) => handle.evaluate((host, to) => host.goto(to), hash),
    setTheme: async (name) => {
      await handle.evaluate((host, to) => host.setTheme(to), name);
    },
    setDelay: (milliseconds) => handle.evaluate((host, to) => host.setDelay(to), milliseconds),
    failNext: (method, failure) =>
      handle.evaluate((host, [name, planned]) => host.failNext(name, planned), [method, failure] as const),
    changeRun: () => handle.evaluate((host) => host.changeRun()),
  };
}
