import type { Answer } from '../../http/httpServer';

type Headers = Readonly<Record<string, string>>;

export const signInPath = '/_signin';

export const signInPage = (status: number, headers: Headers): Answer =>
  page(status, headers, '<title>Azure DevOps Services | Sign In</title><form>Sign in</form>');

/** What whoever is not signed in gets, unless the request forbids it. */
export function redirectToSignIn(origin: string, path: string, headers: Headers): Answer {
  const location = `${origin}${signInPath}?realm=dev.azure.com&reply_to=${encodeURIComponent(origin + path)}`;
  const link = `<h2>Object moved to <a href="${location.replaceAll('&', '&amp;')}">here</a>.</h2>`;
  return page(302, { ...headers, location }, `<title>Object moved</title>${link}`);
}

export function page(status: number, headers: Headers, content: string): Answer {
  const body = Buffer.from(`<!DOCTYPE html><html>${content}</html>\r\n`);
  return { status, headers: { ...headers, 'content-type': 'text/html; charset=utf-8' }, body };
}
