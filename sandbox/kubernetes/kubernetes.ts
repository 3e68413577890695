import { randomBytes } from 'node:crypto';
import { SandboxClock } from '../clock';
import { Faults } from '../http/faults';
import { RequestLog } from '../http/requestLog';
import { type KubernetesUser, mastersGroup, Users } from './access/users';
import { Admission } from './admission/admitPod';
import type { PodWebhook } from './admission/podWebhook';
import { type Authority, type KeyPair, makeAuthority } from './certificates';
import { autoscalers } from './controllers/autoscalers';
import { ControlLoop } from './controllers/controlLoop';
import { deployments } from './controllers/deployments';
import { disruptionBudgets } from './controllers/disruptionBudgets';
import { endpoints } from './controllers/endpoints';
import { EventRecorder } from './controllers/eventRecorder';
import { garbage, namespaces, quotas } from './controllers/housekeeping';
import { LoadBalancers } from './controllers/loadBalancers';
import { replicaSets } from './controllers/replicaSets';
import { scheduler } from './controllers/scheduler';
import { kubeconfig } from './kubeconfig';
import { makeNode, type NodeOptions } from './node';
import { Objects } from './objects';
import type { ImageBehaviour } from './pods/images';
import { Kubelet } from './pods/kubelet';
import { gatewayTypes, resourceTypes } from './resources';
import { Api } from './rest/api';
import { Watches } from './rest/watching';
import { closeServer, listen } from './server';
import { type SavedObject, Store } from './store';

export interface KubernetesOptions {
  /** A free port by default. */
  readonly port?: number;
  /** An administrator with a random token by default. */
  readonly users?: readonly KubernetesUser[];
  /** Finds the user of a token that `users` does not contain, such as a token of Entra ID. */
  readonly authenticate?: (token: string) => KubernetesUser | undefined;
  /** A new one by default. */
  readonly authority?: Authority;
  /** Besides `default` and `kube-system`. */
  readonly namespaces?: readonly string[];
  /** What another cluster saved, instead of an empty one. Its pods start again, as after a restart of the node. */
  readonly saved?: SavedCluster;
  /** What images do, by their full name; others go by a word of their name, as `pods/images.ts` lists. */
  readonly images?: Readonly<Record<string, ImageBehaviour>>;
  /** How many times as fast as real time pods and controllers live; 0: only `clock.advance` moves the time. */
  readonly timeScale?: number;
  /** Off for tests that write statuses themselves. */
  readonly hasControllers?: boolean;
  /** Sandbox milliseconds until controllers take notice of a change; none by default. */
  readonly controllerMilliseconds?: number;
  /** What the node has for pods. */
  readonly node?: NodeOptions;
  /** What the API server asks before it creates a pod. */
  readonly webhooks?: readonly PodWebhook[];
  /** Sandbox seconds until a LoadBalancer service has its address; 2 by default. */
  readonly loadBalancerSeconds?: number | 'never';
  /** Whether the Gateway API's HTTPRoute is installed. */
  readonly hasGatewayApi?: boolean;
  /** Added to every request, in real time. */
  readonly latencyMilliseconds?: number;
  readonly logsBodies?: boolean;
  /** What `/version` says. */
  readonly version?: string;
}

/** All that a cluster holds, and its time in epoch milliseconds. */
export interface SavedCluster {
  readonly now: number;
  readonly objects: readonly SavedObject[];
}

/** A running cluster. */
export interface Kubernetes {
  /** Of the API server. */
  readonly url: string;
  /** The certificate authority to trust, in PEM. */
  readonly ca: string;
  /** Token of the first user. */
  readonly token: string;
  readonly users: readonly KubernetesUser[];
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** All objects, to look at; they are changed through `objects` and the API. */
  readonly store: Store;
  readonly objects: Objects;
  /** A kubeconfig of a user, the first one by default, by token. */
  kubeconfig(userName?: string, namespace?: string): string;
  /** A client certificate for a user, known or not. */
  issueClient(userName: string, groups?: readonly string[]): Promise<KeyPair>;
  /** Lets the load ask an autoscaler for so many replicas. */
  setWantedReplicas(namespace: string, autoscaler: string, replicas: number): void;
  /** Where requests to a service are balanced over its ready pods, from this machine. */
  serviceUrl(namespace: string, service: string): Promise<string>;
  /** For `saved` of another cluster. */
  save(): SavedCluster;
  /** Forgets old versions: watches and pages that start from them get 410. */
  compact(): void;
  /** Ends all open watches. */
  dropWatches(): void;
  close(): Promise<void>;
}

/** Starts the stand-in for a Kubernetes cluster on the loopback address. */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<Kubernetes> {
  const users = options.users ?? [{ name: 'admin', groups: [mastersGroup], token: randomBytes(16).toString('hex') }];
  const authority = options.authority ?? (await makeAuthority());
  const clock = new SandboxClock(options.timeScale, options.saved?.now);
  const store = new Store();
  const objects = new Objects(store, clock, new Admission(store, options.webhooks));
  const cluster = { clock, store, objects };
  const node = makeNode(clock.now(), options.node);
  if (options.saved) store.restore(options.saved.objects);
  else store.insert('nodes', node);
  for (const name of options.saved ? [] : ['default', 'kube-system', ...(options.namespaces ?? [])])
    objects.create('namespaces', undefined, { metadata: { name } }, { manager: 'kube-apiserver' });

  const events = new EventRecorder(store, clock, node.metadata.name);
  const kubelet = new Kubelet({ cluster, events, images: options.images ?? {}, pulled: new Set() });
  const balancers = new LoadBalancers(cluster, kubelet);
  const wanted = new Map<string, number>();
  const controllers = [
    autoscalers(cluster, events, wanted),
    deployments(cluster, events),
    replicaSets(cluster, events),
    scheduler(cluster, events),
    kubelet.reconcile,
    endpoints(cluster),
    balancers.reconcile(events, options.loadBalancerSeconds ?? 2),
    disruptionBudgets(cluster),
    quotas(cluster),
    garbage(cluster),
  ];
  const hasControllers = options.hasControllers ?? true;
  const all = [namespaces(cluster), ...(hasControllers ? controllers : [])];
  const loop = new ControlLoop(store, clock, all, options.controllerMilliseconds ?? 0);

  const watches = new Watches(store);
  const faults = new Faults();
  const requests = new RequestLog();
  const types = options.hasGatewayApi ? [...resourceTypes, ...gatewayTypes] : resourceTypes;
  const version = options.version ?? 'v1.32.4';
  const api = new Api({ cluster, users: new Users(users, options.authenticate), kubelet, watches, types, version });
  const { server, url } = await listen(
    {
      authority,
      answer: (received) => api.answer(received),
      faults,
      requests,
      latencyMilliseconds: options.latencyMilliseconds ?? 0,
      logsBodies: options.logsBodies ?? false,
    },
    options.port ?? 0,
  );

  return {
    url,
    ca: authority.ca,
    token: users[0]?.token ?? '',
    users,
    clock,
    faults,
    requests,
    store,
    objects,
    kubeconfig(userName = users[0]?.name ?? '', namespace) {
      const token = users.find(({ name }) => name === userName)?.token;
      const parts = { ...(token !== undefined && { token }), ...(namespace !== undefined && { namespace }) };
      return kubeconfig({ server: url, ca: authority.ca, userName, ...parts });
    },
    issueClient: (userName, groups = []) => authority.issueClient(userName, groups),
    setWantedReplicas(namespace, autoscaler, replicas) {
      wanted.set(`${namespace}/${autoscaler}`, replicas);
      loop.run();
    },
    serviceUrl: (namespace, service) => balancers.url(namespace, service),
    save: () => ({ now: clock.now(), objects: store.all() }),
    compact: () => store.compact(),
    dropWatches: () => watches.drop(),
    async close() {
      loop.close();
      clock.close();
      watches.drop();
      await kubelet.close();
      await balancers.close();
      await closeServer(server);
    },
  };
}
