import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { makeTestCertificates } from './testCertificates';

const host = 'management.azure.com';

/** The way from a machine to Azure, with the proxy of a company in it. */
export interface AzureNetwork {
  /** For HTTPS_PROXY. */
  readonly proxyUrl: string;
  /** The authority of the certificates, in PEM. */
  readonly ca: string;
  close(): Promise<void>;
}

/**
 * Starts a proxy by which Azure Resource Manager is a stand-in, for programs that know its public address only. It opens
 * tunnels to no other host.
 */
export async function startAzureNetwork(resourceManagerUrl: string): Promise<AzureNetwork> {
  const { ca, server: certificate } = await makeTestCertificates([host]);
  const manager = https.createServer(certificate, (request, response) => {
    void passOn(request, response, resourceManagerUrl);
  });
  const sockets = new Set<Duplex>();
  const keep = <Socket extends Duplex>(socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy());
  };
  const proxy = http.createServer((_, response) => response.writeHead(502).end('This proxy opens tunnels only.'));
  proxy.on('connect', ({ url }: http.IncomingMessage, client: Duplex, head: Buffer) => {
    keep(client);
    if (url !== `${host}:443`) {
      client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const tunnel = keep(connect(portOf(manager), '127.0.0.1'));
    tunnel.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      tunnel.write(head);
      client.pipe(tunnel).pipe(client);
    });
  });
  for (const server of [manager, proxy]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  return {
    proxyUrl: `http://127.0.0.1:${portOf(proxy)}`,
    ca,
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const server of [manager, proxy]) {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      }
    },
  };
}

/** The stand-in names its own address in answers, such as those with operations; callers know the public one. */
async function passOn(request: http.IncomingMessage, response: http.ServerResponse, target: string): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const to = new URL(url, target);
  const passed = http.request(to, { method, headers: { ...request.headers, host: to.host }, agent: false });
  request.pipe(passed);
  const [answer] = (await once(passed, 'response')) as [http.IncomingMessage];
  let body = '';
  for await (const chunk of answer.setEncoding('utf8')) body += String(chunk);
  const named = (text: string): string => text.replaceAll(target, `https://${host}`);
  const shown = Object.entries(answer.headers).flatMap(([name, value]) =>
    typeof value === 'string' && !/^(content-length|transfer-encoding|connection)$/.test(name)
      ? [[name, named(value)] as const]
      : [],
  );
  response.writeHead(answer.statusCode ?? 502, Object.fromEntries(shown)).end(named(body));
}

function portOf(server: http.Server | https.Server): number {
  return (server.address() as AddressInfo).port;
}
