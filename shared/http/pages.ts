/**
 * Yields the items of a list, page by page, until a page has no next one. `fetchPage` knows the name of the server's token
 * (`page_token`, `nextLink`, `continue`) and where to put it; the first page is fetched without a token.
 *
 * A page is fetched only after all items of the page before it, so a caller that stops early fetches no more than it reads.
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
