import { TaskError } from '../errors';

/** More than any list has, such as 500,000 clusters: a list that goes on is broken, and must not fill the memory. */
const mostPages = 5000;

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The server's token for the next page, as it came; undefined, null or empty text after the last. */
  readonly next: unknown;
}

/**
 * Yields the items of a list, page by page, until a page has no next one. `fetchPage` knows the name of the server's token
 * (`page_token`, `nextLink`, `continue`) and where to put it; the first page is fetched without a token.
 *
 * A page is fetched only after all items of the page before it, so a caller that stops early fetches no more than it reads.
 * Throws a TaskError when the list can't end: a token that is not text or that came before, or more than 5,000 pages. Calls
 * for further pages name themselves (`isNextPage`), so that they end with the deadline.
 */
export async function* pages<T>(
  /** What the list is read for, as in a request: `list the clusters`. */
  purpose: string,
  fetchPage: (token: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T> {
  const seen = new Set<string>();
  for (let token: string | undefined; ;) {
    const { items, next } = await fetchPage(token);
    yield* items;
    if (next === undefined || next === null || next === '') return;
    const refuse = (problem: string): TaskError =>
      new TaskError(`Could not ${purpose}: ${problem}. Check what answers in place of the service, and try again.`);
    if (typeof next !== 'string')
      throw refuse(`the answer names the next page by something other than text (${typeof next})`);
    if (seen.has(next))
      throw refuse('the answer names a page as the next one that was read before, so the list has no end');
    if (seen.size >= mostPages) throw refuse(`the list has more than ${mostPages} pages`);
    seen.add((token = next));
  }
}
