import { readFailure } from '../../shared/variables/registry/documentErrors';
import { DeadlineError, withDeadline } from './deadline';
import { RestError, type RestClient, type RestRequest } from './host';

/**
 * Requests to the organization with the token of the person who is signed in. The token is asked for at each request: the
 * host renews it.
 * @param organizationUrl with or without a slash at its end
 */
export function restClient(organizationUrl: string, accessToken: () => Promise<string>): RestClient {
  const base = organizationUrl.replace(/\/+$/, '');
  const answer = async (request: RestRequest): Promise<Response> => {
    const response = await answerOf(base, request, accessToken);
    if (!response.ok) throw errorOf(response.status, await response.text());
    // A sign-in page is an answer with status 203 and HTML.
    if (response.status === 203) throw new RestError('Sign in to Azure DevOps again, and reload the page.', 401);
    return response;
  };
  const send = async (request: RestRequest): Promise<string | undefined> => {
    const response = await answer(request);
    const text = await response.text();
    return response.status === 204 || text === '' ? undefined : text;
  };
  return {
    organizationUrl: base,
    async json(request) {
      const text = await send(request);
      if (text === undefined) return undefined;
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new RestError('Azure DevOps did not answer with JSON.', undefined);
      }
    },
    text: async (request) => (await send(request)) ?? '',
    bytes: async (request) => new Uint8Array(await (await answer(request)).arrayBuffer()),
  };
}

async function answerOf(base: string, request: RestRequest, accessToken: () => Promise<string>): Promise<Response> {
  const url = request.url.startsWith('/') ? `${base}${request.url}` : request.url;
  try {
    const token = await withDeadline(accessToken());
    const { accept = 'application/json' } = request;
    const headers: Record<string, string> = { Accept: accept, Authorization: `Bearer ${token}` };
    if (request.body !== undefined) headers['Content-Type'] = request.contentType ?? 'application/json';
    const init: RequestInit = { method: request.method, headers, credentials: 'omit' };
    if (request.body !== undefined) init.body = JSON.stringify(request.body);
    if (request.signal !== undefined) init.signal = request.signal;
    return await withDeadline(fetch(url, init));
  } catch (error) {
    if (request.signal?.aborted === true) throw error;
    if (error instanceof DeadlineError) throw new RestError(error.message, undefined);
    throw new RestError(`Azure DevOps could not be reached: ${readFailure(error).message}`, undefined);
  }
}

function errorOf(status: number, text: string): RestError {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return new RestError(`Azure DevOps answered with status ${status}.`, status);
  }
  const { message, typeKey } = readFailure(body);
  return new RestError(message, status, typeKey);
}
