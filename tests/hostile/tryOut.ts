import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../sandbox/http/faults';
import type { LoggedRequest } from '../../sandbox/http/requestLog';
import { type Route, routesOf } from '../support/routes';
import { type FakeAgent, misplacedSecrets } from '../support/fakeAgent';
import type { Scenario, Stage } from './scenario';

/** A request of a step, by the stand-in that it goes to. */
export interface HostileRoute extends Route {
  readonly standIn: string;
  /** How often a healthy step asks for it. */
  readonly times: number;
}

/** What a healthy step does. */
export interface Health {
  readonly routes: readonly HostileRoute[];
  readonly endState: string;
}

export interface Verdict {
  readonly isGreen: boolean;
  readonly isHit: boolean;
  /** What may not be. */
  readonly problem: string | undefined;
  readonly message: string;
}

/** A rewritten answer may hold this word: it stands for a secret of the step, which the service repeats. */
export const repeatedSecret = 'repeated-secret';

/** More than any healthy or patient step asks for. */
const mostRequests = 3000;
/** Of real time without a request, while the step's own time flies: it waits for something that never comes. */
const longestSilenceMilliseconds = 60_000;

export async function healthOf(scenario: Scenario): Promise<Health> {
  return onStage(scenario, async (stage) => {
    const agent = await stage.run(new AbortController().signal);
    const isGreen = agent.end.result.startsWith('Succeeded');
    if (isGreen === (scenario.isRed === true)) throw new Error(`${agent.end.message}\n${agent.text()}`);
    const routes = Object.entries(stage.standIns).flatMap(([standIn, { requests }]) => {
      const asked = requests.list().map(({ method, path }) => ({ method, path: withoutSuffix(path) }));
      const times = (route: Route): number => asked.filter((each) => isOf(route, each)).length;
      return routesOf(asked).map((route) => ({ ...route, standIn, times: times(route) }));
    });
    return { routes, endState: JSON.stringify(await stage.endState()) };
  });
}

/** Runs a step with a fault at a route, and judges how it ended. */
export async function tryOut(scenario: Scenario, health: Health, at: HostileRoute, fault: Fault): Promise<Verdict> {
  return onStage(scenario, async (stage) => {
    const rewrite: NonNullable<Fault['rewrite']> = (status, body) => {
      const made = fault.rewrite?.(status, body) ?? { status, body };
      if (made.body.includes(repeatedSecret)) misplacedSecrets.add(stage.secrets[0] ?? '');
      return { ...made, body: made.body.replaceAll(repeatedSecret, stage.secrets[0] ?? '') };
    };
    stage.standIns[at.standIn]?.faults.add({ ...fault, rewrite, method: at.method, path: at.path });
    const stop = new AbortController();
    const hung = untilHung(stage, stop.signal);
    const agent = await Promise.race([stage.run(stop.signal), hung]);
    stop.abort(new Error('too late'));
    if (!agent) return { isGreen: false, isHit: true, message: '', problem: 'it does not end' };
    const { result, message } = agent.end;
    const asked = requestsTo(stage);
    const isGreen = result.startsWith('Succeeded');
    const isHit = asked.some((request) => request.fault !== undefined);
    return { isGreen, isHit, message, problem: await problemOf(scenario, health, stage, agent, asked.length) };
  });
}

/** Resolves when a step asks for too much or for nothing any more; never once it has ended. */
async function untilHung(stage: Stage, ended: AbortSignal): Promise<undefined> {
  let [seen, since] = [0, performance.now()];
  while (seen <= mostRequests && performance.now() - since < longestSilenceMilliseconds) {
    await delay(1000, undefined, { signal: ended, ref: false }).catch(() => new Promise(() => undefined));
    const asked = requestsTo(stage).length;
    if (asked > seen) [seen, since] = [asked, performance.now()];
  }
  return undefined;
}

function requestsTo(stage: Stage): readonly LoggedRequest[] {
  return Object.values(stage.standIns).flatMap(({ requests }) => requests.list());
}

async function problemOf(
  scenario: Scenario,
  health: Health,
  stage: Stage,
  agent: FakeAgent,
  requests: number,
): Promise<string | undefined> {
  const { result, message } = agent.end;
  if (/internal error/i.test(message)) return 'an internal error';
  if (message.trim() === '') return 'no message';
  if (requests > mostRequests) return `${requests} requests`;
  const { outputs, summaries, attachments, results } = agent;
  const kept = JSON.stringify([
    agent.said.filter(({ kind }) => kind !== 'secret'),
    outputs,
    summaries,
    attachments,
    results,
  ]);
  if (stage.secrets.some((secret) => kept.includes(secret))) return 'a leak';
  if (!result.startsWith('Succeeded')) return undefined;
  if (scenario.isRed) return 'a success that is none';
  const endState = JSON.stringify(await stage.endState());
  return endState === health.endState
    ? undefined
    : `green against the state: ${endState} instead of ${health.endState}`;
}

async function onStage<Result>(scenario: Scenario, use: (stage: Stage) => Promise<Result>): Promise<Result> {
  const stage = await scenario.open();
  try {
    return await use(stage);
  } finally {
    misplacedSecrets.clear();
    await stage.close();
  }
}

function isOf(route: Route, request: Route): boolean {
  const [own] = routesOf([request]);
  return own?.method === route.method && own.path === route.path;
}

/** Pods have names that differ from cluster to cluster. */
function withoutSuffix(path: string): string {
  return path.replace(/-[0-9a-z]{8,10}-[0-9a-z]{5}(?=$|\/)/g, '-*');
}
