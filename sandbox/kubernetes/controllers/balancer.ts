import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { without } from '../json';
import type { Kubelet } from '../pods/kubelet';
import { readyTargets } from '../pods/serviceTargets';
import type { Store } from '../store';
import type { ServicePort } from '../types';

/** Sends requests to the ready pods of a service in turn. */
export class Balancer {
  readonly #servers: Server[] = [];
  #turn = 0;

  constructor(
    readonly store: Store,
    readonly kubelet: Kubelet,
    readonly namespace: string,
    readonly name: string,
  ) {}

  /**
   * Listens on the service's own ports at a loopback address that is free for all of them. Where the machine doesn't let
   * us, as with ports below 1024, on a free port of 127.0.0.1.
   */
  async openPublic(ports: readonly ServicePort[]): Promise<{ readonly ip: string; readonly ports: readonly number[] }> {
    for (let tries = 0; tries < 20; tries++) {
      const ip = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;
      try {
        for (const { port } of ports) await this.open(port, ip, port);
        return { ip, ports: ports.map(({ port }) => port) };
      } catch (error) {
        await this.close();
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EACCES' || code === 'EADDRNOTAVAIL') break;
        if (code !== 'EADDRINUSE') throw error;
      }
    }
    const free: number[] = [];
    for (const { port } of ports) free.push(await this.open(port));
    return { ip: '127.0.0.1', ports: free };
  }

  /** Listens for one port of the service; resolves with the port that was opened. */
  open(servicePort: number, host = '127.0.0.1', port = 0): Promise<number> {
    const server = createServer((request, response) => {
      this.#pass(servicePort, request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        this.#servers.push(server);
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  async close(): Promise<void> {
    for (const server of this.#servers.splice(0)) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    }
  }

  async #pass(servicePort: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const service = this.store.get('services', this.namespace, this.name);
    const port = service?.spec.ports?.find((one) => one.port === servicePort);
    const targets = service && port ? readyTargets(this.store, service, port) : [];
    const target = targets[this.#turn++ % Math.max(1, targets.length)];
    // Without a ready pod there is nobody behind the address.
    if (!target) {
      request.socket.resetAndDestroy();
      return;
    }
    const headers = without(request.headers, 'connection');
    const kept = Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined,
    );
    const answer = await this.kubelet.ask(target.pod, target.port, {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: Object.fromEntries(kept),
      body: Buffer.concat(chunks),
    });
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    response.end(answer.body);
  }
}
