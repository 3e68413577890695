import { createHash, randomBytes } from 'node:crypto';
import { timeText } from '../objects';
import type { Container, ContainerState, ContainerStatus } from '../types';
import type { ContainerHost } from './containerHost';
import { ContainerLog } from './containerLog';
import { fullName, pullErrorText } from './images';
import { type Outcome, Probing } from './probing';
import { type ContainerStart, type ProxyAnswer, type ProxyRequest, serveByHandler, type Serving } from './serving';

const longestBackOffSeconds = 300;
const runsOnRoot = 'container has runAsNonRoot and image will run as root';

const defaultServe = serveByHandler(({ path }, { podName, image }) => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ pod: podName, image, path })),
}));

/** The life of one container: pulled, started, probed, restarted with growing pauses, stopped. */
export class ContainerRun {
  readonly status: ContainerStatus;
  log: ContainerLog | undefined;
  previousLog: ContainerLog | undefined;
  #serving: Serving | undefined;
  #answersFrom = Infinity;
  #firstPullAt: number | undefined;

  constructor(
    readonly host: ContainerHost,
    readonly spec: Container,
    readonly restartPolicy: string,
    /** It runs before the others, and is ready when it has ended. */
    readonly isInit = false,
  ) {
    const { name, image } = spec;
    const waiting = { reason: 'ContainerCreating' };
    this.status = {
      name,
      image,
      imageID: '',
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting },
      lastState: {},
    };
  }

  /** Runs until the container has terminated and does not restart, or `stopping` aborts. Resolves with the last exit code. */
  async run(stopping: AbortSignal): Promise<number | undefined> {
    let backOffSeconds = 10;
    for (;;) {
      if (!(await this.#pull(stopping)) || !(await this.#configure(stopping))) return undefined;
      const startedAt = this.host.clock.now();
      const outcome = this.#startError() ?? (await this.#live(stopping));
      if (outcome.kind === 'stopped') return undefined;
      const { code, reason, message } = outcome;
      this.#terminated(code, reason, startedAt, message);
      if (message !== undefined) this.#waiting('RunContainerError', message);
      if (this.restartPolicy === 'Never' || (this.restartPolicy === 'OnFailure' && code === 0)) return code;
      // A container that ran for ten minutes starts over with short pauses.
      if (this.host.clock.now() - startedAt > 600_000) backOffSeconds = 10;
      if (this.status.restartCount > 0) {
        this.#backOff(backOffSeconds);
        await this.#sleep(backOffSeconds, stopping);
        backOffSeconds = Math.min(backOffSeconds * 2, longestBackOffSeconds);
      } else await this.#sleep(1, stopping);
      if (stopping.aborted) return undefined;
      this.status.restartCount += 1;
    }
  }

  /** Asks the container to end, and waits until it has. */
  async stop(graceSeconds: number): Promise<void> {
    if (!this.status.state.running) return;
    this.host.record('Normal', 'Killing', `Stopping container ${this.spec.name}`);
    await this.host.clock.sleep(Math.min(this.host.behaviour.stopSeconds ?? 1, graceSeconds) * 1000);
    const { startedAt } = this.status.state.running;
    await this.close();
    this.#terminated(0, 'Completed', Date.parse(startedAt));
  }

  async close(): Promise<void> {
    const serving = this.#serving;
    this.#serving = undefined;
    this.log?.end();
    await serving?.close();
  }

  /** What the container answers; `undefined` when nobody does. */
  async answer(request: ProxyRequest): Promise<ProxyAnswer | undefined> {
    if (!this.#serving || this.host.clock.now() < this.#answersFrom) return undefined;
    try {
      return await this.#serving.answer(request);
    } catch (error) {
      // A process that ends, or has ended, breaks the connection.
      if (error instanceof Error && 'code' in error) return undefined;
      throw error;
    }
  }

  async #pull(stopping: AbortSignal): Promise<boolean> {
    const { image, imagePullPolicy } = this.spec;
    const { host } = this;
    const { pullError, pullSeconds = 0.5 } = host.behaviour;
    if (imagePullPolicy !== 'Always' && host.pulled.has(image)) {
      host.record('Normal', 'Pulled', `Container image "${image}" already present on machine`);
      return true;
    }
    this.#firstPullAt ??= host.clock.now();
    for (let backOffSeconds = 10; ; backOffSeconds = Math.min(backOffSeconds * 2, longestBackOffSeconds)) {
      host.record('Normal', 'Pulling', `Pulling image "${image}"`);
      if (!(await this.#sleep(pullSeconds, stopping))) return false;
      const heals = this.#firstPullAt + (pullError?.healsAfterSeconds ?? Infinity) * 1000;
      if (!pullError || host.clock.now() >= heals) break;
      const text = pullErrorText(image, pullError);
      host.record('Warning', 'Failed', `Failed to pull image "${image}": ${text}`);
      host.record('Warning', 'Failed', 'Error: ErrImagePull');
      this.#waiting('ErrImagePull', text);
      await this.#sleep(2, stopping);
      host.record('Normal', 'BackOff', `Back-off pulling image "${image}"`);
      host.record('Warning', 'Failed', 'Error: ImagePullBackOff');
      this.#waiting('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${text}`);
      if (!(await this.#sleep(backOffSeconds, stopping))) return false;
    }
    const took = `${Math.round(pullSeconds * 1000)}ms`;
    host.record(
      'Normal',
      'Pulled',
      `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: 104857600 bytes.`,
    );
    host.pulled.add(image);
    return true;
  }

  /** Waits until the container can be made: its config maps and secrets are there, its user may run. */
  async #configure(stopping: AbortSignal): Promise<boolean> {
    for (let isTold = false; ; isTold = true) {
      const problem = this.#configProblem();
      if (problem === undefined) return !stopping.aborted;
      this.#waiting('CreateContainerConfigError', problem);
      if (!isTold) this.host.record('Warning', 'Failed', `Error: ${problem}`);
      if (!(await this.#sleep(10, stopping))) return false;
    }
  }

  #configProblem(): string | undefined {
    const { metadata, spec } = this.host.pod();
    const { securityContext: own = {}, name } = this.spec;
    const isNonRoot = own.runAsNonRoot ?? spec.securityContext?.runAsNonRoot;
    const user = own.runAsUser ?? spec.securityContext?.runAsUser;
    const isRoot = user === 0 || (user === undefined && this.host.behaviour.runsAsRoot === true);
    const who = `(pod: "${metadata.name}_${metadata.namespace ?? ''}(${metadata.uid})", container: ${name})`;
    if (isNonRoot && isRoot)
      return user === 0 ? `container's runAsUser breaks non-root policy ${who}` : `${runsOnRoot} ${who}`;
    const environment = this.host.environment();
    return 'problem' in environment ? environment.problem : undefined;
  }

  async #live(stopping: AbortSignal): Promise<Outcome> {
    const { clock, behaviour } = this.host;
    const { name, image, ports } = this.spec;
    const log = new ContainerLog(clock);
    for (const line of behaviour.logs ?? []) log.write(line);
    const environment = this.host.environment();
    const env = 'env' in environment ? environment.env : {};
    this.host.record('Normal', 'Created', `Created container: ${name}`);
    const { metadata } = this.host.pod();
    const start = {
      podName: metadata.name,
      image,
      port: ports?.[0]?.containerPort ?? 80,
      env,
      log: (line: string) => log.write(line),
    };
    const serving = await this.#serve(start, stopping);
    if (!serving) return { kind: 'stopped' };
    // Until then the state is that of the run before, and so is the log.
    [this.previousLog, this.log] = [this.log, log];
    const seconds = behaviour.readySeconds ?? 0;
    this.#answersFrom = seconds === 'never' ? Infinity : clock.now() + seconds * 1000;
    this.status.containerID = `containerd://${randomBytes(32).toString('hex')}`;
    this.status.imageID = `${fullName(image).replace(/[:@][^/]*$/, '')}@sha256:${createHash('sha256').update(image).digest('hex')}`;
    this.status.started = this.spec.startupProbe === undefined;
    this.status.ready = this.status.started && this.spec.readinessProbe === undefined && !this.isInit;
    this.#state({ running: { startedAt: timeText(clock.now()) } });
    this.host.record('Normal', 'Started', `Started container ${name}`);

    const ending = new AbortController();
    const over = AbortSignal.any([stopping, ending.signal]);
    const probing = new Probing(this, over);
    const outcomes: Promise<Outcome>[] = [probing.run(), aborted(stopping)];
    const { exit } = behaviour;
    if (exit) {
      const reason = exit.reason ?? (exit.code === 0 ? 'Completed' : 'Error');
      outcomes.push(
        clock.sleep((exit.afterSeconds ?? 1) * 1000, over).then(() => ({ kind: 'ended', code: exit.code, reason })),
      );
    }
    if (serving.exited)
      outcomes.push(
        serving.exited.then((code) => ({ kind: 'ended', code, reason: code === 0 ? 'Completed' : 'Error' })),
      );
    const outcome = await Promise.race(outcomes);
    ending.abort();
    // A pod that is stopped goes on answering until its own end.
    if (!stopping.aborted) await this.close();
    return stopping.aborted ? { kind: 'stopped' } : outcome;
  }

  /** Undefined where it was stopped while it started, because nobody would close it later. */
  async #serve(start: ContainerStart, stopping: AbortSignal): Promise<Serving | undefined> {
    const serving = await (this.host.behaviour.serve ?? defaultServe)(start);
    if (!stopping.aborted) return (this.#serving = serving);
    await serving.close();
    return undefined;
  }

  /** How the container ends without having run, when its program can't be started. */
  #startError(): Outcome | undefined {
    const { startError } = this.host.behaviour;
    if (startError === undefined) return undefined;
    const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${startError}`;
    this.host.record('Normal', 'Created', `Created container: ${this.spec.name}`);
    this.host.record('Warning', 'Failed', `Error: ${message}`);
    this.previousLog = this.log;
    this.log = new ContainerLog(this.host.clock);
    return { kind: 'ended', code: 128, reason: 'StartError', message };
  }

  #terminated(exitCode: number, reason: string, startedAt: number, message?: string): void {
    const { clock } = this.host;
    this.status.ready = this.isInit && exitCode === 0;
    this.status.started = false;
    const { containerID } = this.status;
    const times = { startedAt: timeText(startedAt), finishedAt: timeText(clock.now()) };
    this.log?.end();
    this.#state({
      terminated: {
        exitCode,
        reason,
        ...(message !== undefined && { message }),
        ...times,
        ...(containerID !== undefined && { containerID }),
      },
    });
  }

  #backOff(seconds: number): void {
    const { metadata } = this.host.pod();
    const pod = `${metadata.name}_${metadata.namespace ?? ''}(${metadata.uid})`;
    const { name } = this.spec;
    this.#waiting(
      'CrashLoopBackOff',
      `back-off ${backOffText(seconds)} restarting failed container=${name} pod=${pod}`,
    );
    this.host.record('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${pod}`);
  }

  #waiting(reason: string, message: string): void {
    this.status.ready = false;
    this.#state({ waiting: { reason, message } });
  }

  #state(state: ContainerState): void {
    if (this.status.state.terminated) this.status.lastState = this.status.state;
    this.status.state = state;
    this.host.changed();
  }

  /** Whether life goes on after the time. */
  async #sleep(seconds: number, stopping: AbortSignal): Promise<boolean> {
    await this.host.clock.sleep(seconds * 1000, stopping);
    return !stopping.aborted;
  }
}

const backOffText = (seconds: number) =>
  seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;

function aborted(signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const finish = () => resolve({ kind: 'stopped' });
    if (signal.aborted) finish();
    else signal.addEventListener('abort', finish, { once: true });
  });
}
