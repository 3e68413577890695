/**
 * Yields the items of a list, page by page, until a page names no next one. What the server calls the token (`page_token`,
 * `nextLink`, `continue`) and where it stands is `fetchPage`'s to know; the first page is asked for without one.
 *
 * A page is fetched only once the one before it was taken, so a caller that stops early asks for no more than it read.
 */
export async function* pages<T>(
  fetchPage: (token: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): AsyncGenerator<T> {
  let token: string | undefined;

  do {
    const { items, next } = await fetchPage(token);

    yield* items;
    token = next;
  } while (token !== undefined);
}
