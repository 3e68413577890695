import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { json } from 'node:stream/consumers';

/** Another service did not answer as expected: it is closed, or its address is wrong. That is not a defect of the one that asked. */
export class NoJsonError extends Error {
  override readonly name = 'NoJsonError';
}

/**
 * The JSON at an address. Over HTTPS the server is trusted by the certificates in `ca`, in PEM, or by those of the
 * system; `fetch` has no such choice.
 * @throws NoJsonError when there is no such answer within ten seconds
 */
export async function fetchJson(address: string, ca: string | undefined): Promise<unknown> {
  const options = { agent: false, signal: AbortSignal.timeout(10_000) } as const;
  const request = address.startsWith('https:') ? getSecurely(address, { ...options, ca }) : get(address, options);
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    // The connection may break after the answer has begun; reading the answer reports that.
    request.on('error', () => undefined);
    if (response.statusCode === 200) return await json(response);
    response.destroy();
    throw new Error(`answered ${response.statusCode ?? 0}`);
  } catch (error) {
    throw new NoJsonError(`${address}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Reports what a stand-in did not expect on its console, unless another service that it asked is gone. */
export function reportDefect(thrown: unknown): void {
  if (!(thrown instanceof NoJsonError)) console.error(thrown);
}
