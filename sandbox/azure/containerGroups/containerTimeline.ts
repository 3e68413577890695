import { createHash } from 'node:crypto';
import type { ContainerImage } from './containerImages';
import type { ProbeBody, RestartPolicy } from './groupBody';

/** A container from its deployment on: everything that happens to it follows from this and the time. */
export interface ContainerRun {
  readonly reference: string;
  readonly image: ContainerImage;
  readonly restartPolicy: RestartPolicy;
  readonly livenessProbe?: ProbeBody;
  readonly readinessProbe?: ProbeBody;
  /** In epoch milliseconds. */
  readonly deployedAt: number;
}

export interface ContainerState {
  readonly state: 'Waiting' | 'Running' | 'Terminated';
  readonly startTime?: string;
  readonly exitCode?: number;
  readonly finishTime?: string;
  readonly detailStatus: string;
}

export interface ContainerEvent {
  count: number;
  readonly firstTimestamp: string;
  lastTimestamp: string;
  readonly name: string;
  readonly message: string;
  readonly type: 'Normal' | 'Warning';
}

export interface ContainerView {
  readonly restartCount: number;
  readonly currentState: ContainerState;
  readonly previousState?: ContainerState;
  readonly events: readonly ContainerEvent[];
  /** In epoch milliseconds: the last start, where there was one. */
  readonly startedAt?: number;
  /** It ended and is not going to start again. */
  readonly isOver: boolean;
  readonly isReady: boolean;
}

const second = 1000;
/** What Kubernetes takes for a probe that says nothing. */
const probeDefaults = { initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3 };
const longestBackOffSeconds = 300;

/** When the container starts for the first time. */
export function firstStartOf({ image, deployedAt }: ContainerRun): number {
  return pulledAt(image, deployedAt) + second;
}

const pulledAt = ({ pullSeconds = 3 }: ContainerImage, deployedAt: number) => deployedAt + (1 + pullSeconds) * second;

/** How the container stands at a time. */
export function containerAt(run: ContainerRun, now: number): ContainerView {
  const { image, reference, deployedAt } = run;
  const events = new EventList(now);
  events.add(deployedAt + second, 'Pulling', `pulling image "${reference}"`);
  events.add(pulledAt(image, deployedAt), 'Pulled', `Successfully pulled image "${reference}"`);

  let start = firstStartOf(run);
  let before: ContainerBefore = { restartCount: 0 };
  let detailStatus = '';
  while (now >= start) {
    events.add(start, 'Started', 'Started container');
    const restartCount = before.startedAt === undefined ? 0 : before.restartCount + 1;
    const end = endOf(run, start);
    const startTime = new Date(start).toISOString();
    addUnhealthy(events, run, start, Math.min(end.at, now));
    const view = { ...before, restartCount, startedAt: start, events: events.list };
    if (now < end.at) {
      const isReady = now >= start + (image.readyAfterSeconds ?? 0) * second;
      return { ...view, currentState: { state: 'Running', startTime, detailStatus: '' }, isOver: false, isReady };
    }
    events.add(end.at, 'Killing', `Killing container with id ${containerId(reference, start)}.`);
    const terminated: ContainerState = {
      state: 'Terminated',
      startTime,
      exitCode: end.exitCode,
      finishTime: new Date(end.at).toISOString(),
      detailStatus: end.detailStatus,
    };
    if (!restarts(run.restartPolicy, end.exitCode)) {
      return { ...view, currentState: terminated, isOver: true, isReady: false };
    }
    before = { restartCount, startedAt: start, previousState: terminated };
    const backOffSeconds = Math.min(10 * 2 ** restartCount, longestBackOffSeconds);
    detailStatus = `CrashLoopBackOff: Back-off ${backOffSeconds}s restarting failed container`;
    start = end.at + backOffSeconds * second;
  }
  const currentState: ContainerState = { state: 'Waiting', detailStatus };
  return { ...before, currentState, events: events.list, isOver: false, isReady: false };
}

/** What a container already has behind it. */
type ContainerBefore = Pick<ContainerView, 'restartCount' | 'startedAt' | 'previousState'>;

/** When and how a container ends that was started then: by itself, or by its liveness probe. */
function endOf({ image, livenessProbe }: ContainerRun, start: number) {
  const { endsAfterSeconds = Infinity, readyAfterSeconds = 0, exitCode = 0 } = image;
  const { initialDelaySeconds, periodSeconds, failureThreshold } = { ...probeDefaults, ...livenessProbe };
  const killedAfterSeconds = initialDelaySeconds + periodSeconds * failureThreshold;
  if (livenessProbe && killedAfterSeconds < readyAfterSeconds && killedAfterSeconds < endsAfterSeconds) {
    return { at: start + killedAfterSeconds * second, exitCode: 137, detailStatus: 'Error' };
  }
  const detailStatus = image.detailStatus ?? (exitCode === 0 ? 'Completed' : 'Error');
  return { at: start + endsAfterSeconds * second, exitCode, detailStatus };
}

const restarts = (policy: RestartPolicy, exitCode: number) =>
  policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);

/** Probes that find nobody there, while the container doesn't answer yet. */
function addUnhealthy(events: EventList, run: ContainerRun, start: number, until: number): void {
  const answersAt = start + (run.image.readyAfterSeconds ?? 0) * second;
  for (const kind of ['Liveness', 'Readiness'] as const) {
    const probe = kind === 'Liveness' ? run.livenessProbe : run.readinessProbe;
    if (!probe) continue;
    const { initialDelaySeconds, periodSeconds, httpGet } = { ...probeDefaults, ...probe };
    const target = httpGet ? `Get "http://127.0.0.1:${httpGet.port}${httpGet.path ?? '/'}": ` : '';
    const message = `${kind} probe failed: ${target}connection refused`;
    const first = start + (initialDelaySeconds + periodSeconds) * second;
    const end = Math.min(answersAt, until);
    if (first > end) continue;
    const times = Math.floor((end - first) / (periodSeconds * second)) + 1;
    events.add(first, 'Unhealthy', message, { times, lastAt: first + (times - 1) * periodSeconds * second });
  }
}

/** Events up to a time; the same one again is counted. */
class EventList {
  readonly list: ContainerEvent[] = [];

  constructor(private readonly now: number) {}

  add(at: number, name: string, message: string, { times = 1, lastAt = at } = {}): void {
    if (at > this.now) return;
    const lastTimestamp = atSecond(lastAt);
    const known = this.list.find((event) => event.name === name && event.message === message);
    if (known) {
      known.count += times;
      known.lastTimestamp = lastTimestamp;
      return;
    }
    const type = name === 'Unhealthy' ? 'Warning' : 'Normal';
    this.list.push({ count: times, firstTimestamp: atSecond(at), lastTimestamp, name, message, type });
  }
}

export const atSecond = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** The same whenever the same start is told of. */
function containerId(reference: string, start: number): string {
  return createHash('sha256').update(`${reference}@${start}`).digest('hex');
}
