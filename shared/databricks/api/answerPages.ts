import type { HttpClient, HttpRequest } from '../../http/httpClient';
import { pages } from '../../http/pages';

/** The pages of an answer. Databricks names the next one by a token, which is empty or missing in the last. */
export function answerPages<Page extends { readonly next_page_token?: string }>(
  http: HttpClient,
  request: HttpRequest,
): AsyncGenerator<Page> {
  return pages(async (token) => {
    const page = await http.json<Page>({ ...request, query: { ...request.query, page_token: token } });
    return { items: [page], next: page.next_page_token || undefined };
  });
}
