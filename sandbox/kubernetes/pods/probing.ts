import type { Container, ContainerStatus, Probe } from '../types';
import type { ContainerHost } from './containerHost';
import type { ProxyAnswer, ProxyRequest } from './serving';

/** How a run of a container ends. */
export type Outcome =
  | { readonly kind: 'ended'; readonly code: number; readonly reason: string; readonly message?: string }
  | { readonly kind: 'stopped' };

/** What probes need of a container. */
export interface ProbedContainer {
  readonly host: ContainerHost;
  readonly spec: Container;
  readonly status: ContainerStatus;
  readonly isInit: boolean;
  /** `undefined` when nobody answers. */
  answer(request: ProxyRequest): Promise<ProxyAnswer | undefined>;
}

const title = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' } as const;
type Kind = keyof typeof title;

/** Asks a container whether it has started, is ready and is alive. */
export class Probing {
  constructor(
    readonly container: ProbedContainer,
    readonly over: AbortSignal,
  ) {}

  /** Ends when a probe has failed so often that the container has to be restarted. */
  async run(): Promise<Outcome> {
    const { startupProbe, readinessProbe, livenessProbe } = this.container.spec;
    if (startupProbe && !(await this.#waitFor('startup', startupProbe))) return this.#restart('startup');
    this.#set({ started: true, ...(!readinessProbe && !this.container.isInit && { ready: true }) });
    const never = new Promise<Outcome>(() => undefined);
    void (readinessProbe && this.#followReadiness(readinessProbe));
    if (!livenessProbe) return never;
    await this.#untilFailed('liveness', livenessProbe);
    return this.#restart('liveness');
  }

  async #restart(kind: Kind): Promise<Outcome> {
    if (this.over.aborted) return { kind: 'stopped' };
    const { name } = this.container.spec;
    this.container.host.record('Normal', 'Killing', `Container ${name} failed ${kind} probe, will be restarted`);
    await this.container.host.clock.sleep((this.container.host.behaviour.stopSeconds ?? 1) * 1000, this.over);
    return { kind: 'ended', code: 137, reason: 'Error' };
  }

  /** Whether the probe succeeded before it failed too often. */
  async #waitFor(kind: Kind, probe: Probe): Promise<boolean> {
    await this.#sleep(probe.initialDelaySeconds ?? 0);
    for (let failures = 0; failures < (probe.failureThreshold ?? 3) && !this.over.aborted; failures++) {
      if (await this.#succeeds(kind, probe)) return true;
      await this.#sleep(probe.periodSeconds ?? 10);
    }
    return false;
  }

  async #untilFailed(kind: Kind, probe: Probe): Promise<void> {
    await this.#sleep(probe.initialDelaySeconds ?? 0);
    for (let failures = 0; failures < (probe.failureThreshold ?? 3) && !this.over.aborted;) {
      failures = (await this.#succeeds(kind, probe)) ? 0 : failures + 1;
      await this.#sleep(probe.periodSeconds ?? 10);
    }
  }

  async #followReadiness(probe: Probe): Promise<void> {
    await this.#sleep(probe.initialDelaySeconds ?? 0);
    let [successes, failures] = [0, 0];
    while (!this.over.aborted) {
      const isGood = await this.#succeeds('readiness', probe);
      [successes, failures] = isGood ? [successes + 1, 0] : [0, failures + 1];
      const { ready } = this.container.status;
      if (!ready && successes >= (probe.successThreshold ?? 1)) this.#set({ ready: true });
      if (ready && failures >= (probe.failureThreshold ?? 3)) this.#set({ ready: false });
      await this.#sleep(probe.periodSeconds ?? 10);
    }
  }

  async #succeeds(kind: Kind, probe: Probe): Promise<boolean> {
    const problem = await this.#problem(probe);
    if (problem === undefined || this.over.aborted) return true;
    this.container.host.record('Warning', 'Unhealthy', `${title[kind]} probe failed: ${problem}`);
    return false;
  }

  async #problem({ httpGet, tcpSocket }: Probe): Promise<string | undefined> {
    const { host } = this.container;
    const path = httpGet?.path ?? '/';
    const answer = await this.container.answer({
      method: 'GET',
      path,
      headers: { 'user-agent': 'kube-probe/1.32' },
      body: Buffer.alloc(0),
    });
    if (!answer && host.behaviour.readySeconds === 'never') return 'HTTP probe failed with statuscode: 503';
    const port = this.#port(httpGet?.port ?? tcpSocket?.port ?? 80);
    const address = `${host.pod().status.podIP ?? ''}:${port}`;
    const refused = `dial tcp ${address}: connect: connection refused`;
    if (!answer) return httpGet ? `Get "http://${address}${path}": ${refused}` : refused;
    const isGood = !httpGet || (answer.status >= 200 && answer.status < 400);
    return isGood ? undefined : `HTTP probe failed with statuscode: ${answer.status}`;
  }

  #port(port: number | string): number {
    if (typeof port === 'number') return port;
    return this.container.spec.ports?.find(({ name }) => name === port)?.containerPort ?? 80;
  }

  #set(change: { readonly started?: boolean; readonly ready?: boolean }): void {
    if (this.over.aborted) return;
    Object.assign(this.container.status, change);
    this.container.host.changed();
  }

  #sleep(seconds: number): Promise<void> {
    return this.container.host.clock.sleep(seconds * 1000, this.over);
  }
}
