import type { Reconcile } from '../controllers/controlLoop';
import { serviceUnavailable } from '../status';
import type { Pod } from '../types';
import type { ContainerLog } from './containerLog';
import type { ContainerRun } from './containerRun';
import { type PodHost, PodRun } from './podRun';
import type { ProxyAnswer, ProxyRequest } from './serving';

/** Runs the pods of the node. */
export class Kubelet {
  readonly #host: PodHost;
  readonly #runs = new Map<string, PodRun>();
  #addresses = 3;

  constructor(host: PodHost) {
    this.#host = host;
  }

  /** Starts pods that were put on the node, stops those that are deleted. */
  readonly reconcile: Reconcile = () => {
    const pods = this.#host.cluster.store.list('pods');
    for (const pod of pods) {
      const { uid, deletionTimestamp, deletionGracePeriodSeconds = 0, namespace, name } = pod.metadata;
      const run = this.#runs.get(uid);
      if (deletionTimestamp !== undefined) {
        if (run) void run.stop(deletionGracePeriodSeconds);
        else this.#host.cluster.objects.remove('pods', namespace, name);
      } else if (!run && pod.spec.nodeName !== undefined) this.#start(pod);
    }
    const uids = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const [uid, run] of this.#runs) {
      if (uids.has(uid)) continue;
      this.#runs.delete(uid);
      void run.close();
    }
  };

  /** Sends a request to the container of a pod that listens on a port. */
  async ask(pod: Pod, port: number, request: ProxyRequest): Promise<ProxyAnswer> {
    const containers = this.#runs.get(pod.metadata.uid)?.containers ?? [];
    const listener = containers.find(({ spec }) => spec.ports?.some(({ containerPort }) => containerPort === port));
    const answer = await (listener ?? containers[0])?.answer(request);
    if (answer) return answer;
    throw serviceUnavailable(
      `error trying to reach service: dial tcp ${pod.status.podIP ?? ''}:${port}: connect: connection refused`,
    );
  }

  /** What the present or the previous run of a container wrote. */
  logOf(pod: Pod, container: string, isPrevious: boolean): ContainerLog | undefined {
    const run = this.#container(pod, container);
    const { waiting } = run?.status.state ?? {};
    // A container that waits for its restart shows what its last run wrote.
    if (isPrevious) return waiting ? run?.log : run?.previousLog;
    return run?.log;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.close()));
  }

  #container({ metadata }: Pod, name: string): ContainerRun | undefined {
    const run = this.#runs.get(metadata.uid);
    return [...(run?.containers ?? []), ...(run?.initContainers ?? [])].find(({ spec }) => spec.name === name);
  }

  #start(pod: Pod): void {
    this.#addresses += 1;
    const run = new PodRun(this.#host, pod, `10.244.${Math.floor(this.#addresses / 250)}.${this.#addresses % 250}`);
    this.#runs.set(pod.metadata.uid, run);
    // It starts after the round of the controllers that found it.
    queueMicrotask(() => void run.run());
  }
}
