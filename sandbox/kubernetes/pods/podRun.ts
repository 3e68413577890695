import type { Cluster } from '../cluster';
import { clone } from '../json';
import { timeText } from '../objects';
import { conditionOf, withCondition } from '../controllers/conditions';
import type { EventRecorder } from '../controllers/eventRecorder';
import type { Condition, Container, Pod, PodStatus } from '../types';
import { ContainerRun } from './containerRun';
import { environmentOf, missingVolume } from './environment';
import { behaviourOf, type ImageBehaviour } from './images';

export interface PodHost {
  readonly cluster: Cluster;
  readonly events: EventRecorder;
  readonly images: Readonly<Record<string, ImageBehaviour>>;
  readonly pulled: Set<string>;
}

/** Until the pod has its network and volumes. */
const setupMilliseconds = 300;

const write = { manager: 'kubelet', subresource: 'status', fieldValidation: 'Ignore' } as const;

/** The life of one pod on the node. */
export class PodRun {
  readonly initContainers: readonly ContainerRun[];
  readonly containers: readonly ContainerRun[];
  readonly #host: PodHost;
  readonly #stopping = new AbortController();
  readonly #ip: string;
  #pod: Pod;
  #end: Promise<void> | undefined;
  #hasSandbox = false;
  #isInitialized = false;

  constructor(host: PodHost, pod: Pod, ip: string) {
    this.#host = host;
    this.#pod = pod;
    this.#ip = ip;
    const { restartPolicy = 'Always', initContainers = [], containers } = pod.spec;
    this.initContainers = initContainers.map((spec) =>
      this.#container(spec, restartPolicy === 'Never' ? 'Never' : 'OnFailure', 'initContainers'),
    );
    this.containers = containers.map((spec) => this.#container(spec, restartPolicy, 'containers'));
    this.#isInitialized = initContainers.length === 0;
    if (!this.#isInitialized)
      for (const { status } of this.containers) status.state = { waiting: { reason: 'PodInitializing' } };
  }

  /** Lives until the pod has ended or is stopped. */
  async run(): Promise<void> {
    const { clock, store } = this.#host.cluster;
    const { signal } = this.#stopping;
    this.#publish();
    for (
      let problem = missingVolume(store, this.#pod);
      problem !== undefined;
      problem = missingVolume(store, this.#pod)
    ) {
      this.#host.events.record(this.#pod, {
        type: 'Warning',
        reason: 'FailedMount',
        message: problem,
        component: 'kubelet',
      });
      await clock.sleep(5000, signal);
      if (signal.aborted) return;
    }
    await clock.sleep(setupMilliseconds, signal);
    this.#hasSandbox = true;
    for (const container of this.initContainers) {
      if ((await container.run(signal)) !== 0) return;
    }
    this.#isInitialized = true;
    for (const { status } of this.containers) status.state = { waiting: { reason: 'ContainerCreating' } };
    await Promise.all(this.containers.map((container) => container.run(signal)));
  }

  /** Ends the containers and removes the pod; a shorter time than before counts. */
  stop(graceSeconds: number): Promise<void> {
    this.#end ??= this.#stop(graceSeconds);
    return this.#end;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.initContainers, ...this.containers].map((container) => container.close()));
  }

  async #stop(graceSeconds: number): Promise<void> {
    this.#stopping.abort();
    const all = [...this.initContainers, ...this.containers];
    await Promise.all(all.map((container) => container.stop(graceSeconds)));
    const { namespace, name, uid } = this.#pod.metadata;
    const { store, objects } = this.#host.cluster;
    if (store.get('pods', namespace, name)?.metadata.uid === uid) objects.remove('pods', namespace, name);
  }

  #container(spec: Container, restartPolicy: string, list: string): ContainerRun {
    const { cluster, events, images, pulled } = this.#host;
    const host = {
      clock: cluster.clock,
      behaviour: behaviourOf(spec.image, images),
      pod: () => this.#pod,
      environment: () => environmentOf(cluster.store, this.#pod, spec),
      pulled,
      record: (type: 'Normal' | 'Warning', reason: string, message: string) => {
        const fieldPath = `spec.${list}{${spec.name}}`;
        events.record(this.#pod, { type, reason, message, component: 'kubelet', fieldPath });
      },
      changed: () => this.#publish(),
    };
    return new ContainerRun(host, clone(spec), restartPolicy, list === 'initContainers');
  }

  /** Writes the pod's status as its containers are now. */
  #publish(): void {
    const { store, objects } = this.#host.cluster;
    const { namespace, name, uid } = this.#pod.metadata;
    const live = store.get('pods', namespace, name);
    if (live?.metadata.uid !== uid) return;
    const status = this.#statusOf(live);
    this.#pod = objects.update('pods', namespace, name, (draft) => ({ ...draft, status }), write);
  }

  #statusOf({ status: before, spec }: Pod): PodStatus {
    const now = timeText(this.#host.cluster.clock.now());
    const statuses = this.containers.map(({ status }) => clone(status));
    const unready = statuses.filter(({ ready }) => !ready).map(({ name }) => name);
    const phase = this.#phase();
    let conditions = before.conditions ?? [];
    const set = (type: string, isTrue: boolean, reason: string, message: string) => {
      const why = { ...(reason && { reason }), ...(reason && { message }) };
      const condition: Condition = isTrue ? { type, status: 'True' } : { type, status: 'False', ...why };
      const old = conditionOf(conditions, type);
      if (old && old.status === condition.status && old.message === condition.message) return;
      conditions = withCondition(conditions, condition, now);
    };
    const waitedFor = this.initContainers.filter(({ status: { ready } }) => !ready);
    const notInitialized = waitedFor.map(({ spec: { name } }) => name).join(' ');
    set('PodReadyToStartContainers', this.#hasSandbox, '', '');
    set(
      'Initialized',
      this.#isInitialized,
      'ContainersNotInitialized',
      `containers with incomplete status: [${notInitialized}]`,
    );
    const isOver = phase === 'Succeeded';
    const reason = isOver ? 'PodCompleted' : 'ContainersNotReady';
    const message = isOver ? '' : `containers with unready status: [${unready.join(' ')}]`;
    set('Ready', unready.length === 0, reason, message);
    set('ContainersReady', unready.length === 0, reason, message);
    return {
      ...before,
      phase,
      conditions,
      containerStatuses: statuses,
      ...(spec.initContainers && { initContainerStatuses: this.initContainers.map(({ status }) => clone(status)) }),
      hostIP: '10.224.0.4',
      podIP: this.#ip,
      podIPs: [{ ip: this.#ip }],
      startTime: before.startTime ?? now,
    };
  }

  #phase(): PodStatus['phase'] {
    const failedInit = this.initContainers.some(
      ({ status, restartPolicy }) => restartPolicy === 'Never' && (status.state.terminated?.exitCode ?? 0) !== 0,
    );
    if (failedInit) return 'Failed';
    const states = this.containers.map(({ status }) => status);
    const ended = this.containers.filter(
      ({ status, restartPolicy }) =>
        status.state.terminated &&
        (restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && status.state.terminated.exitCode === 0)),
    );
    if (states.length > 0 && ended.length === states.length)
      return ended.every(({ status }) => status.state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
    const hasStarted = states.every(
      ({ state, lastState }) => state.running ?? state.terminated ?? lastState.terminated,
    );
    return hasStarted ? 'Running' : 'Pending';
  }
}
