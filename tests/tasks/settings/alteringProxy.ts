import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Json, parseJson, stringifyJson } from '../../../shared/json';

export interface AlteringProxy {
  readonly url: string;
  /** What becomes of the answers of the reads from now on. */
  alter: (answer: Json) => Json;
  close(): Promise<void>;
}

/** A way to a sandbox on which the answers of `jobs/get` and `clusters/get` are altered, as another service would answer. */
export async function startAlteringProxy(target: string): Promise<AlteringProxy> {
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const forward = async (): Promise<void> => {
      const body = await text(request);
      const answer = await fetch(target + url, {
        method,
        headers: { authorization: headers.authorization ?? '' },
        ...(body !== '' && { body }),
      });
      const content = await answer.text();
      const isRead = answer.ok && /\/(jobs|clusters)\/get\?/.test(url);
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(isRead ? stringifyJson(proxy.alter(parseJson(content) as Json)) : content);
    };
    forward().catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: AlteringProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    alter: (answer) => answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
