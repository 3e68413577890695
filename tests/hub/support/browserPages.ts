import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PageProblems } from './pageProblems';

export interface BrowserPage {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly problems: PageProblems;
  readonly options: PageOptions;
}

export interface PageOptions {
  readonly size: { readonly width: number; readonly height: number };
  readonly hasForcedColors: boolean;
  /** Time stands still for the page. */
  readonly now: Date | undefined;
}

/**
 * Pages in contexts of their own. A test gets the page of one that has ended, at another origin: a new page in a new context
 * takes Chromium more than twice the time of the processor, for processes and windows.
 */
export class BrowserPages {
  readonly #browser: Browser;
  readonly #idle: BrowserPage[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  async open(options: PageOptions): Promise<BrowserPage> {
    const kept = isPlain(options) ? this.#idle.pop() : undefined;
    if (!kept) return this.#create(options);
    await kept.page.setViewportSize(options.size);
    return kept;
  }

  /**
   * Leaves the page, which the next test gets.
   * @param isChanged whether the test has changed what every page of the context has, such as its clock
   */
  async release(used: BrowserPage, isChanged: boolean): Promise<void> {
    const { context, page } = used;
    if (isChanged || page.isClosed() || !isPlain(used.options)) {
      await context.close();
      return;
    }
    const others = context.pages().filter((other) => other !== page);
    await Promise.all(others.map((other) => other.close()));
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.emulateMedia({ media: null, colorScheme: null, forcedColors: null, reducedMotion: 'reduce' });
    await page.mouse.move(0, 0);
    await page.goto('about:blank');
    this.#idle.push(used);
  }

  async #create(options: PageOptions): Promise<BrowserPage> {
    const { size, hasForcedColors, now } = options;
    const context = await this.#browser.newContext({
      viewport: size,
      locale: 'en-US',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      ...(hasForcedColors && { forcedColors: 'active', colorScheme: 'dark' }),
    });
    // Functions in what tests evaluate in a page name themselves by this function of their compiler.
    await context.addInitScript('globalThis.__name ??= (named) => named;');
    if (now) await context.clock.setFixedTime(now);
    const problems = new PageProblems(context);
    return { context, page: await context.newPage(), problems, options };
  }
}

/** Whether the page of another test can be used. */
function isPlain({ hasForcedColors, now }: PageOptions): boolean {
  return !hasForcedColors && now === undefined;
}
