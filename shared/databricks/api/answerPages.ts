import type { HttpClient, HttpRequest } from '../../http/httpClient';
import { pages } from '../../http/pages';
import * as shape from '../../http/shape';

/** The token of the next page; the last page has an empty one, or none. */
export const nextPageToken = shape.optional(shape.text);

/** The pages of an answer. Databricks names the next one by a token, which is empty or missing in the last. */
export function answerPages<Page extends { readonly next_page_token?: string | undefined }>(
  http: HttpClient,
  request: HttpRequest,
  shape: shape.Shape<Page>,
): AsyncGenerator<Page> {
  return pages(request.purpose, async (token) => {
    const query = { ...request.query, page_token: token };
    const page = await http.json({ ...request, query, isNextPage: token !== undefined }, shape);
    return { items: [page], next: page.next_page_token };
  });
}
