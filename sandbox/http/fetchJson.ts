import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { json } from 'node:stream/consumers';

/**
 * The JSON at an address. Over HTTPS the server is trusted by the certificates in `ca`, in PEM, or by those of the
 * system; `fetch` has no such choice.
 * @throws Error when there is no such answer within ten seconds
 */
export async function fetchJson(address: string, ca: string | undefined): Promise<unknown> {
  const options = { agent: false, signal: AbortSignal.timeout(10_000) } as const;
  const request = address.startsWith('https:') ? getSecurely(address, { ...options, ca }) : get(address, options);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`${address} answered ${response.statusCode ?? 0}`);
  }
  return json(response);
}
