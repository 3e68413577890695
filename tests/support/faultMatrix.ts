import assert from 'node:assert/strict';
import type { Databricks } from '../../sandbox/databricks/databricks';
import type { Fault } from '../../sandbox/http/faults';
import type { Clock } from '../../shared/clock';
import { runTask } from '../../shared/task/runTask';
import type { Task } from '../../shared/task/task';
import { FakeAgent } from './fakeAgent';
import { openGate, type Stop } from './gate';
import { failEachOnce, type Route, routesOf } from './routes';

/** A sandbox workspace as it is before a step. */
export interface Stage {
  readonly databricks: Databricks;
  /** The sandbox's time, which passes only while a task sleeps. */
  readonly clock: Clock;
  /** All but the connection. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What is left when all has come to rest, in values that are the same in another sandbox. */
  endState(): unknown;
  close(): Promise<void>;
}

/** A step, and what to hold it to. */
export interface Scenario {
  readonly task: Task;
  open(): Promise<Stage>;
  /** What the agent tells every try of the step. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The paths of requests without which the step still succeeds: they cost no more than a warning. */
  readonly dispensable?: RegExp;
  /** Where the next try of a step that failed may rightly come to another end: only faults that pass are tried, once. */
  readonly passingOnly?: boolean;
  /** Holds a try that has ended to more than its verdict. */
  check?(agent: FakeAgent, stage: Stage, where: string): void;
}

interface NamedFault extends Fault {
  readonly name: string;
  /** What a message must say about it; the answer to a HEAD request gives no reason. */
  readonly cause: RegExp;
}

const busy = { effect: 'status', retryAfter: 1 } as const;
const page = { effect: 'html', cause: /web page titled 'Sign in to Databricks'|200 with a web page\./ } as const;
const refusal = { effect: 'status' } as const;
const gateway = { name: '503 after', effect: 'status', status: 503, when: 'after', body: '{}' } as const;

/** The step must succeed in spite of one of these at each request. */
const passing: readonly NamedFault[] = [
  { name: '429', ...busy, status: 429, cause: /429 (REQUEST_LIMIT_EXCEEDED|without)/ },
  { name: '503', ...busy, status: 503, cause: /503 (TEMPORARILY_UNAVAILABLE|without)/ },
  { ...gateway, cause: /503 without giving a reason/ },
  { name: 'reset before', effect: 'reset', when: 'before', cause: /ECONNRESET/ },
  { name: 'reset after', effect: 'reset', when: 'after', cause: /ECONNRESET/ },
  {
    name: 'truncated',
    effect: 'truncated',
    cause: /not valid JSON|answered 4\d\d: \{"error_code|\(TRUNCATED\)|\(ECONNRESET\)/,
  },
];
/** The same refusal to a step, in two forms that only the HTTP client tells apart. */
const signedOut: readonly NamedFault[] = [
  { name: 'page before', ...page, when: 'before' },
  { name: '401', ...refusal, status: 401, errorCode: 'UNAUTHENTICATED', cause: /401 (UNAUTHENTICATED|without)/ },
];
const pageAfter: NamedFault = { name: 'page after', ...page, when: 'after' };
const forbidden: NamedFault = {
  name: '403',
  ...refusal,
  status: 403,
  errorCode: 'PERMISSION_DENIED',
  cause: /403 (PERMISSION_DENIED|without)/,
};
const forGood = 1_000_000;
/** Of the faults that pass, those that don't come to the same when they last. */
const lasting: readonly NamedFault[] = passing
  .filter(({ name }) => ['429', 'reset after', 'truncated'].includes(name))
  .map((fault) => ({ ...fault, times: forGood }));
/** Enough for hundreds of cases on a busy machine. */
const timeoutMilliseconds = 120_000;

/**
 * Adds a test that kills a step before the first request that writes and after each of them, and runs it again. A killed step
 * leaves nothing behind but the workspace, which is the same before any request and after the last that wrote.
 */
export function itSurvivesKills(what: string, scenario: Scenario): void {
  it(`has the same result when it is killed at any request and run again: ${what}`, async function () {
    this.timeout(timeoutMilliseconds);
    const { endState, requests, writesOfAnother } = await undisturbed(scenario);
    const writing = requests.flatMap(({ method }, index) => (method === 'GET' ? [] : [index + 1]));
    const stops: readonly Stop[] = [
      { request: writing[0] ?? requests.length, when: 'before' },
      ...writing.map((request) => ({ request, when: 'after' }) as const),
    ];
    for (const stop of stops)
      await onStage(scenario, async (stage) => {
        const where = `killed ${stop.when} request ${stop.request}`;
        await runUntil(scenario, stage, stop);
        await succeeds(scenario, stage, where);
        assert.deepEqual(await stage.endState(), endState, where);
        stage.databricks.requests.clear();
        await succeeds(scenario, stage, `${where}, twice run again`);
        assert.deepEqual(writes(stage), writesOfAnother, where);
        assert.deepEqual(await stage.endState(), endState, where);
      });
    showCount(this, stops.length);
  });
}

/**
 * Adds a test in which each request of a step fails once, with each kind of temporary fault in turn, which has no effect;
 * and one that lets a fault that does not pass hit each request, which fails the step with a message that names the cause,
 * and the next attempt completes the work. Of kinds that are alike to a step each request meets one; of requests to one route,
 * such as the looks of a wait, the first and the last are hit; what a task only reads, in one of its scenarios. Where a step
 * failed before it wrote, the next attempt finds what the first one found.
 */
export function itSurvivesFaults(what: string, scenario: Scenario): void {
  it(`has the same result although each request fails once, with any temporary fault: ${what}`, async function () {
    this.timeout(timeoutMilliseconds);
    const { endState, requests } = await undisturbed(scenario);
    const routes = routesOf(requests);
    // At once: each has a sandbox of its own.
    await Promise.all(
      passing.map((fault) =>
        onStage(scenario, async (stage) => {
          const { faults, requests: log } = stage.databricks;
          failEachOnce(faults, routes, fault);
          const agent = await succeeds(scenario, stage, fault.name);
          const hits = routesOf(log.list().filter((request) => request.fault !== undefined));
          assert.deepEqual(hits, routes, `${fault.name}: ${agent.text()}`);
          assert.deepEqual(await stage.endState(), endState, fault.name);
        }),
      ),
    );
    showCount(this, passing.length * requests.length);
  });

  if (scenario.passingOnly) return;
  it(`reports the cause of a lasting fault at any request, and has the same result afterwards: ${what}`, async function () {
    this.timeout(timeoutMilliseconds);
    const { endState, requests } = await undisturbed(scenario);
    let cases = 0;
    for (const [index, from] of firstsAndLasts(requests, triedOf(scenario.task)).entries()) {
      const { method, path } = requests[from - 1] ?? assert.fail();
      const faults = faultsAt(index, method).map((fault) => ({ ...fault, from }));
      cases += faults.length;
      await Promise.all(
        faults.map((fault) =>
          onStage(scenario, async (stage) => {
            const where = `${fault.name} at request ${fault.from} (${path}), ${fault.times ?? 1} times`;
            const isDone = await meet(scenario, stage, fault, where);
            if (isDone) assert.deepEqual(await stage.endState(), endState, where);
          }),
        ),
      );
    }
    // A scenario that writes nothing may ask nothing that another has not asked.
    showCount(this, cases, requests.some(({ method }) => method !== 'GET') ? 1 : 0);
  });
}

function faultsAt(index: number, method: string): readonly NamedFault[] {
  return [
    forbidden,
    ...signedOut.filter((_, kind) => kind === index % signedOut.length),
    ...lasting.filter((_, kind) => kind === index % lasting.length),
    ...(method === 'GET' ? [] : [pageAfter]),
  ];
}

/** Resolves with whether the work is done; else nothing of it is. */
async function meet(scenario: Scenario, stage: Stage, fault: NamedFault, where: string): Promise<boolean> {
  const { name, cause } = fault;
  const { faults, requests } = stage.databricks;
  faults.add(fault);
  const agent = await run(scenario, stage);
  const { result, message } = agent.end;
  const said = `${where}: ${message}\n${agent.text()}`;
  const hit = requests.list().find((request) => request.fault !== undefined);
  assert.ok(hit, said);
  if (scenario.dispensable?.test(hit.path)) {
    assert.equal(result, 'Succeeded', said);
    assert.match(agent.text('warning'), cause, said);
  }
  // Half an answer can be enough: that the cluster which is being deleted does not exist.
  else if (name !== 'truncated') assert.equal(result, 'Failed', said);
  scenario.check?.(agent, stage, said);
  faults.clear();
  if (result === 'Succeeded') return true;
  assert.match(`${message}\n${agent.text('error')}`, cause, said);
  if (writes(stage).length === 0) return false;
  await succeeds(scenario, stage, `${where}, then`);
  return true;
}

/** What a task only reads that has failed permanently in one of its scenarios. */
const triedReads = new WeakMap<Task, Set<string>>();

function triedOf(task: Task): Set<string> {
  const tried = triedReads.get(task) ?? new Set();
  triedReads.set(task, tried);
  return tried;
}

/** The numbers of the first and the last request to each route, from 1; of reads, those that were not tried before. */
function firstsAndLasts(requests: readonly Route[], tried: Set<string>): readonly number[] {
  const routes = requests.map((request) => JSON.stringify(routesOf([request])));
  return routes.flatMap((route, index) => {
    const isFirst = routes.indexOf(route) === index;
    if (!isFirst && routes.lastIndexOf(route) !== index) return [];
    const key = `${route} ${isFirst}`;
    if (tried.has(key)) return [];
    if (requests[index]?.method === 'GET') tried.add(key);
    return [index + 1];
  });
}

interface Undisturbed {
  readonly endState: unknown;
  /** What the step asks. */
  readonly requests: readonly Route[];
  /** What another run still changes. */
  readonly writesOfAnother: readonly string[];
}

async function undisturbed(scenario: Scenario): Promise<Undisturbed> {
  return onStage(scenario, async (stage) => {
    await succeeds(scenario, stage, 'undisturbed');
    const requests = stage.databricks.requests.list().map(({ method, path }) => ({ method, path }));
    const endState = await stage.endState();
    stage.databricks.requests.clear();
    await succeeds(scenario, stage, 'run again');
    return { endState, requests, writesOfAnother: writes(stage) };
  });
}

async function onStage<Result>(scenario: Scenario, use: (stage: Stage) => Promise<Result>): Promise<Result> {
  const stage = await scenario.open();
  stage.databricks.requests.clear();
  try {
    return await use(stage);
  } finally {
    await stage.close();
  }
}

async function succeeds(scenario: Scenario, stage: Stage, where: string): Promise<FakeAgent> {
  const agent = await run(scenario, stage);
  assert.equal(agent.end.result, 'Succeeded', `${where}: ${agent.end.message}\n${agent.text()}`);
  scenario.check?.(agent, stage, where);
  return agent;
}

/** One try of a step. */
async function run(
  { task, variables }: Scenario,
  { databricks, clock: time, inputs }: Stage,
  { url = databricks.url, clock = time, signal = new AbortController().signal } = {},
): Promise<FakeAgent> {
  const agent = new FakeAgent({ connection: 'c', ...inputs }, { c: { url, token: databricks.token } }, variables);
  await runTask(task, { agent, clock, signal });
  return agent;
}

/** A try that is killed at a request, or that ends before it comes to it. */
async function runUntil(scenario: Scenario, stage: Stage, stop: Stop): Promise<void> {
  const gate = await openGate(stage.databricks.url, stop);
  const kill = new AbortController();
  // The dead don't wait for a better moment.
  const clock: Clock = {
    now: () => stage.clock.now(),
    date: () => stage.clock.date(),
    sleep: async (milliseconds, signal) => {
      kill.signal.throwIfAborted();
      await stage.clock.sleep(milliseconds, signal);
    },
  };
  const running = run(scenario, stage, { url: gate.url, clock, signal: kill.signal });
  await Promise.race([gate.reached, running]);
  kill.abort(new Error('killed'));
  await gate.close();
  await running;
}

/** The requests that change something, such as `POST /api/2.2/jobs/create`. */
function writes({ databricks }: Stage): readonly string[] {
  return databricks.requests
    .list()
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);
}

/** In the name of the test, where every reporter shows it. */
function showCount(test: Mocha.Context, cases: number, least = 1): void {
  assert.ok(cases >= least);
  test.runnable().title += ` (${cases} cases)`;
}
