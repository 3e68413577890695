import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core';

/** What a browser says of the requests of its pages; the pages themselves have to deal with it. */
const requestMessage = /^Failed to load resource: /;
/** What the SDK says of an answer that arrives after the document that asked was left: a call has an `instanceId`. */
const lateAnswer = /^No handler found on any channel for message: (?!.*"instanceId")/;

/** What goes wrong in the pages of a browser context during a test, and what they ask for. */
export class PageProblems {
  /** Errors and warnings of scripts, and requests to servers that are not of the stage. */
  readonly found: string[] = [];
  /** Requests without a successful answer, such as `GET /sandbox/_apis/projects 404`. */
  readonly failedRequests: string[] = [];
  /** The requests that left the browser, such as `GET /sandbox/_apis/projects`. */
  readonly requests: string[] = [];
  #origins: readonly string[] = [];

  constructor(context: BrowserContext) {
    context.on('page', (page) => this.#watch(page));
  }

  /** Forgets what was before. @param origins of the servers of the stage */
  begin(origins: readonly string[]): void {
    this.#origins = origins;
    for (const list of [this.found, this.failedRequests, this.requests]) list.length = 0;
  }

  #watch(page: Page): void {
    page.on('console', (message) => this.#read(message));
    page.on('pageerror', (error) => this.found.push(error.stack ?? error.message));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'http:' && url.protocol !== 'https:') return;
      if (!this.#origins.includes(url.origin)) this.found.push(`A request to another host: ${request.url()}`);
      this.requests.push(`${request.method()} ${url.pathname}`);
    });
    page.on('response', (response) => {
      if (response.status() < 400) return;
      const { pathname } = new URL(response.url());
      this.failedRequests.push(`${response.request().method()} ${pathname} ${response.status()}`);
    });
    page.on('requestfailed', (request) =>
      this.failedRequests.push(
        `${request.method()} ${new URL(request.url()).pathname} ${request.failure()?.errorText ?? 'failed'}`,
      ),
    );
  }

  #read(message: ConsoleMessage): void {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    if (requestMessage.test(message.text()) || lateAnswer.test(message.text())) return;
    const { url, lineNumber } = message.location();
    this.found.push(`${message.type()}: ${message.text()} (${url}:${lineNumber})`);
  }
}
