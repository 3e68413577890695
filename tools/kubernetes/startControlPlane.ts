import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runFromCommandLine, ToolError } from '../commandLine';
import { buildControlPlane, type ControlPlaneBinaries } from './buildControlPlane';
import { type Component, startComponent } from './component';
import { KubernetesApi } from './kubernetesApi';
import { type AnswerPod, kubeletAddress, PodNetwork } from './podNetwork';

const startSeconds = 120;
const pollMilliseconds = 100;
const stagesFolder = fileURLToPath(new URL('stages', import.meta.url));

/** A running control plane with one node on which kwok plays the kubelet; see stages/ for what it plays. */
export interface ControlPlane {
  /** The path of a kubeconfig file for its administrator. */
  readonly kubeconfig: string;
  readonly server: string;
  /** The bearer token of its administrator. */
  readonly token: string;
  /** The path of the certificate (PEM) to trust. */
  readonly caFile: string;
  /** Rejects with the end of the log of the first program that ends by itself; never resolves. */
  readonly died: Promise<never>;
  /** Ends it and removes all it kept. Rejects with the log of a program that had ended by itself. */
  close(): Promise<void>;
}

/**
 * Starts etcd, the API server, the controllers, the scheduler and a node, all on loopback and in a temporary folder,
 * and waits until pods can run. `answerPod` answers what the API server passes on to pods; unless told, with the images
 * of the pod. Rejects with the end of the log of the program that didn't start.
 */
export async function startControlPlane(
  binaries: ControlPlaneBinaries,
  answerPod: AnswerPod = sayImages,
): Promise<ControlPlane> {
  const folder = await mkdtemp(path.join(tmpdir(), 'control-plane-'));
  const starting = new StartingControlPlane(binaries, answerPod, folder);
  try {
    return await starting.start();
  } catch (error) {
    await starting.abandon();
    throw error;
  }
}

class StartingControlPlane {
  readonly #components: Component[] = [];
  readonly #token = randomUUID();
  readonly #deadline = Date.now() + startSeconds * 1000;
  #api: KubernetesApi | undefined;
  #network: PodNetwork | undefined;

  constructor(
    private readonly binaries: ControlPlaneBinaries,
    private readonly answerPod: AnswerPod,
    private readonly folder: string,
  ) {}

  async start(): Promise<ControlPlane> {
    const server = await this.#startApiServer();
    const caFile = this.#file('apiserver.crt');
    await this.#until(() => existsSync(caFile), 'its certificate');
    const ca = await readFile(caFile, 'utf8');
    const kubeconfig = await this.#writeKubeconfig(server, ca);
    const api = new KubernetesApi(server, this.#token, ca);
    this.#api = api;
    await this.#until(async () => (await api.send('GET', '/readyz')).status === 200, '/readyz of the API server');
    this.#network = await PodNetwork.open(this.folder, api, this.answerPod);
    this.#startControllers(kubeconfig, (await readdir(stagesFolder)).sort());
    await this.#addNode(api);

    const died = Promise.race(this.#components.map((component) => component.died));
    died.catch(() => {}); // said by close() too
    return { kubeconfig, server, token: this.#token, caFile, died, close: () => this.#close() };
  }

  /** Ends what has started; the failure that led here is the one to say. */
  async abandon(): Promise<void> {
    await this.#end();
  }

  async #startApiServer(): Promise<string> {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    await writeFile(this.#file('accounts.key'), privateKey, { mode: 0o600 });
    await writeFile(this.#file('accounts.pub'), publicKey);
    await writeFile(this.#file('tokens.csv'), `${this.#token},admin,1,system:masters\n`, { mode: 0o600 });

    // etcd takes a host and a port for the name of a socket in its folder: no port of the machine's is used.
    const etcd = 'unix://localhost:1';
    const peers = 'unix://localhost:2';
    this.#run(this.binaries.etcd, [
      '--data-dir=etcd',
      '--unsafe-no-fsync',
      '--log-level=warn',
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
    ]);
    const port = await freePort();
    this.#run(this.binaries.apiServer, [
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      '--cert-dir=.',
      '--token-auth-file=tokens.csv',
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-account-key-file=accounts.pub',
      '--service-account-signing-key-file=accounts.key',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--endpoint-reconciler-type=none',
      `--egress-selector-config-file=${await PodNetwork.describe(this.folder)}`,
    ]);
    return `https://127.0.0.1:${port}`;
  }

  #startControllers(kubeconfig: string, stages: readonly string[]): void {
    this.#run(this.binaries.controllerManager, [
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--use-service-account-credentials=false',
      '--service-account-private-key-file=accounts.key',
      '--root-ca-file=apiserver.crt',
    ]);
    this.#run(this.binaries.scheduler, [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0']);
    this.#run(this.binaries.kwok, [
      `--kubeconfig=${kubeconfig}`,
      '--manage-all-nodes=true',
      '--node-lease-duration-seconds=40',
      ...stages.map((stage) => `--config=${path.join(stagesFolder, stage)}`),
    ]);
  }

  /** Adds a node and waits until pods may be made and put on it. */
  async #addNode(api: KubernetesApi): Promise<void> {
    const { status, body } = await api.send('POST', '/api/v1/nodes', node);
    if (status !== 201) throw new ToolError(`The API server refused the node with ${status}: ${body}`);
    await this.#until(async () => {
      const { spec } = await api.get<{ spec: { taints?: unknown } }>(`/api/v1/nodes/${node.metadata.name}`);
      return spec.taints === undefined;
    }, 'the node');
    await this.#until(async () => {
      const account = await api.send('GET', '/api/v1/namespaces/default/serviceaccounts/default');
      return account.status === 200;
    }, 'the service account of pods');
  }

  async #writeKubeconfig(server: string, ca: string): Promise<string> {
    const name = 'control-plane';
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
      clusters: [{ name, cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
      users: [{ name, user: { token: this.#token } }],
    };
    const file = this.#file('kubeconfig');
    await writeFile(file, JSON.stringify(kubeconfig), { mode: 0o600 });
    return file;
  }

  async #close(): Promise<void> {
    for (const end of await this.#end()) if (end.status === 'rejected') throw end.reason;
  }

  /** Stops every program and removes the folder. */
  async #end(): Promise<PromiseSettledResult<void>[]> {
    await this.#network?.close();
    this.#api?.close();
    const ends: PromiseSettledResult<void>[] = [];
    // The last first: a program waits long for one that it needs.
    for (const component of [...this.#components].reverse()) {
      ends.push(...(await Promise.allSettled([component.stop()])));
    }
    await rm(this.folder, { recursive: true });
    return ends;
  }

  #run(binary: string, args: readonly string[]): void {
    this.#components.push(startComponent(binary, args, this.folder));
  }

  #file(name: string): string {
    return path.join(this.folder, name);
  }

  /** Waits for `isThere`, whose failures mean not yet, as long as every program runs. */
  async #until(isThere: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deaths = this.#components.map((component) => component.died);
    for (;;) {
      const seen = await Promise.race([
        Promise.resolve()
          .then(isThere)
          .catch(() => false),
        ...deaths,
      ]);
      if (seen) return;
      if (Date.now() > this.#deadline) throw new ToolError(`Waited ${startSeconds} s in vain for ${what}.`);
      await pause(pollMilliseconds);
    }
  }
}

const resources = { cpu: '64', memory: '256Gi', pods: '500', 'ephemeral-storage': '1Ti' };
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'kwok-node',
    labels: { 'kubernetes.io/hostname': 'kwok-node', 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
  },
  spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] },
  status: {
    allocatable: resources,
    capacity: resources,
    addresses: [{ type: 'InternalIP', address: kubeletAddress.ip }],
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletAddress.port } },
  },
};

const sayImages: AnswerPod = ({ metadata, spec }, _request, response) => {
  const answer = { pod: metadata.name, images: spec.containers.map(({ image }) => image) };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
};

/** A port that was free a moment ago: the API server can't choose its own. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

await runFromCommandLine(import.meta.url, async () => {
  const started = Date.now();
  const controlPlane = await startControlPlane(await buildControlPlane((text) => console.log(text)));
  console.log(
    `Started in ${((Date.now() - started) / 1000).toFixed(1)} s; export KUBECONFIG=${controlPlane.kubeconfig}`,
  );
  const keepAlive = setInterval(() => {}, 2 ** 30);
  try {
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), controlPlane.died]);
  } finally {
    clearInterval(keepAlive);
    await controlPlane.close();
  }
});
