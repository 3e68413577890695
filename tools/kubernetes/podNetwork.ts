import { readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { answerKubelet } from './kubelet';
import type { KubernetesApi } from './kubernetesApi';
import type { Pod } from './pod';

/** Where the API server finds the kubelet of the node, in the pod network. */
export const kubeletAddress = { ip: '10.0.0.1', port: 10250 };

/** Answers a request that came to a pod through the API server's proxy. */
export type AnswerPod = (pod: Pod, request: IncomingMessage, response: ServerResponse) => void;

/**
 * The network of a cluster whose pods don't exist. The API server makes its connections to nodes and pods through
 * here (https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/), and `answerPod` answers for the pods.
 */
export class PodNetwork {
  readonly #open = new Set<Duplex>();
  readonly #gate = http.createServer();

  /** Writes what the API server has to know (`--egress-selector-config-file`) into `folder`; gives the file's path. */
  static async describe(folder: string): Promise<string> {
    const transport = { uds: { udsName: socketOf(folder) } };
    const file = path.join(folder, 'egress.json');
    const configuration = {
      apiVersion: 'apiserver.k8s.io/v1beta1',
      kind: 'EgressSelectorConfiguration',
      egressSelections: [{ name: 'cluster', connection: { proxyProtocol: 'HTTPConnect', transport } }],
    };
    await writeFile(file, JSON.stringify(configuration));
    return file;
  }

  /** Opens the network of the API server that runs in `folder`. */
  static async open(folder: string, api: KubernetesApi, answerPod: AnswerPod): Promise<PodNetwork> {
    const read = (name: string) => readFile(path.join(folder, name), 'utf8');
    const network = new PodNetwork(api, answerPod, await read('apiserver.crt'), await read('apiserver.key'));
    network.#gate.listen(socketOf(folder));
    await once(network.#gate, 'listening');
    return network;
  }

  private constructor(
    private readonly api: KubernetesApi,
    private readonly answerPod: AnswerPod,
    cert: string,
    key: string,
  ) {
    const kubelet = https.createServer({ cert, key }, (request, response) => {
      answerKubelet(this.api, request).then(
        ({ status, text }) => response.writeHead(status, { 'content-type': 'text/plain' }).end(text),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    this.#gate.on('connect', (request: IncomingMessage, socket: Duplex) => {
      const [ip = '', port] = (request.url ?? '').split(':');
      if (ip === kubeletAddress.ip && port === String(kubeletAddress.port)) accept(socket, kubelet);
      else this.#connectPod(ip, socket).catch(() => refuse(socket));
    });
    this.#gate.on('connection', (socket: Duplex) => this.#keep(socket));
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const closed = once(this.#gate, 'close');
    this.#gate.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #keep(socket: Duplex): void {
    this.#open.add(socket);
    socket.on('error', () => socket.destroy()); // the API server's end went away
    socket.once('close', () => this.#open.delete(socket));
  }

  /** Only a pod that runs a container takes connections. */
  async #connectPod(ip: string, socket: Duplex): Promise<void> {
    const { items } = await this.api.get<{ items: Pod[] }>(`/api/v1/pods?fieldSelector=status.podIP%3D${ip}`);
    const pod = items.find(({ status }) => status.containerStatuses?.some(({ state }) => state.running));
    if (pod) {
      accept(
        socket,
        http.createServer((request, response) => this.answerPod(pod, request, response)),
      );
    } else {
      refuse(socket);
    }
  }
}

function accept(socket: Duplex, server: http.Server | https.Server): void {
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  server.emit('connection', socket);
}

function refuse(socket: Duplex): void {
  socket.end('HTTP/1.1 503 Connection refused\r\nContent-Length: 0\r\n\r\n');
}

function socketOf(folder: string): string {
  return path.join(folder, 'pods.sock');
}
