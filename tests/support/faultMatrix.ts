import assert from 'node:assert/strict';
import type { Databricks } from '../../sandbox/databricks/databricks';
import type { Fault } from '../../sandbox/http/faults';
import type { Clock } from '../../shared/clock';
import { runTask } from '../../shared/task/runTask';
import type { Task } from '../../shared/task/task';
import { FakeAgent } from './fakeAgent';
import { openGate, type Stop } from './gate';

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
  /** The paths of requests for files: one that is always cut off is a damaged file, and no fault that one gets over. */
  readonly downloads?: RegExp;
  /** Where the next try of a step that failed may rightly come to another end: only faults that pass are tried, once. */
  readonly passingOnly?: boolean;
  /** Holds a try that has ended to more than its verdict. */
  check?(agent: FakeAgent, stage: Stage, where: string): void;
}

interface FaultKind extends Fault {
  /** What a message must say about it. */
  readonly cause: RegExp;
  /** Whether the step must succeed in spite of one such fault. */
  readonly passes: boolean;
  /** Whether to try also what happens when it does not end: of faults that are alike then, one. */
  readonly canLast?: boolean;
}

interface NamedFault extends FaultKind {
  readonly name: string;
}

const busy = { effect: 'status', retryAfter: 30, passes: true } as const;
const gateway = { effect: 'status', status: 503, when: 'after', body: '{}', passes: true } as const;
const broken = { effect: 'reset', cause: /ECONNRESET/, passes: true } as const;
const page = { effect: 'html', cause: /web page titled 'Sign in to Databricks'/, passes: false } as const;
const refusal = { effect: 'status', passes: false } as const;

const faultKinds: Readonly<Record<string, FaultKind>> = {
  '429': { ...busy, status: 429, cause: /429 REQUEST_LIMIT_EXCEEDED/, canLast: true },
  '503': { ...busy, status: 503, cause: /503 TEMPORARILY_UNAVAILABLE/ },
  '503 after': { ...gateway, cause: /503 without giving a reason/ },
  'reset before': { ...broken, when: 'before' },
  'reset after': { ...broken, when: 'after', canLast: true },
  truncated: {
    effect: 'truncated',
    cause: /not valid JSON|answered 4\d\d: \{"error_code/,
    passes: true,
    canLast: true,
  },
  'page before': { ...page, when: 'before' },
  'page after': { ...page, when: 'after' },
  '401': { ...refusal, status: 401, errorCode: 'UNAUTHENTICATED', cause: /401 UNAUTHENTICATED/ },
  '403': { ...refusal, status: 403, errorCode: 'PERMISSION_DENIED', cause: /403 PERMISSION_DENIED/ },
};
const forGood = 1_000_000;
/** Enough for hundreds of cases on a busy machine. */
const timeoutMilliseconds = 120_000;

/** Adds a test that kills a step at every request, before and after it has its effect, and runs it again. */
export function itSurvivesKills(what: string, scenario: Scenario): void {
  it(`has the same result when it is killed at any request and run again: ${what}`, async function () {
    this.timeout(timeoutMilliseconds);
    const { endState, paths, writesOfAnother } = await undisturbed(scenario);
    for (let request = 1; request <= paths.length; request++)
      for (const when of ['before', 'after'] as const)
        await onStage(scenario, async (stage) => {
          const where = `killed ${when} request ${request}`;
          await runUntil(scenario, stage, { request, when });
          await succeeds(scenario, stage, where);
          assert.deepEqual(await stage.endState(), endState, where);
          stage.databricks.requests.clear();
          await succeeds(scenario, stage, `${where}, twice run again`);
          assert.deepEqual(writes(stage), writesOfAnother, where);
          assert.deepEqual(await stage.endState(), endState, where);
        });
    showCount(this, 2 * paths.length);
  });
}

/**
 * Adds a test that lets each kind of fault hit each request of a step, once, and permanently from there on where one such
 * fault is temporary. A temporary fault has no effect. The others fail the step with a message that names the cause, and
 * the next attempt completes the work.
 */
export function itSurvivesFaults(what: string, scenario: Scenario): void {
  it(`has the same result, or reports the cause, with any fault at any request: ${what}`, async function () {
    this.timeout(timeoutMilliseconds);
    const { endState, paths } = await undisturbed(scenario);
    let cases = 0;
    for (const [index, path] of paths.entries()) {
      const faults = faultsFor(path, scenario).map((fault) => ({ ...fault, from: index + 1 }));
      cases += faults.length;
      // At once: each has a sandbox of its own.
      await Promise.all(
        faults.map((fault) =>
          onStage(scenario, async (stage) => {
            const where = `${fault.name} at request ${fault.from} (${path}), ${fault.times} times`;
            await meet(scenario, stage, fault, where);
            assert.deepEqual(await stage.endState(), endState, where);
          }),
        ),
      );
    }
    showCount(this, cases);
  });
}

function faultsFor(path: string, scenario: Scenario): readonly NamedFault[] {
  return Object.entries(faultKinds).flatMap(([name, kind]) => {
    if (scenario.passingOnly) return kind.passes ? [{ ...kind, name, times: 1 }] : [];
    const isDownload = scenario.downloads?.test(path) ?? false;
    const lasts = kind.canLast === true && !(name === 'truncated' && isDownload);
    return (lasts ? [1, forGood] : [1]).map((times) => ({ ...kind, name, times }));
  });
}

async function meet(scenario: Scenario, stage: Stage, fault: NamedFault, where: string): Promise<void> {
  const { name, cause, passes, times } = fault;
  const { faults, requests } = stage.databricks;
  faults.add(fault);
  const agent = await run(scenario, stage);
  const { result, message } = agent.end;
  const said = `${where}: ${message}\n${agent.text()}`;
  const hit = requests.list().find((request) => request.fault !== undefined);
  assert.ok(hit, said);
  if (passes && times === 1) assert.equal(result, 'Succeeded', said);
  else if (scenario.dispensable?.test(hit.path)) {
    assert.equal(result, 'Succeeded', said);
    assert.match(agent.text('warning'), cause, said);
  }
  // Half an answer can be enough: that the cluster which is being deleted does not exist.
  else if (name !== 'truncated') assert.equal(result, 'Failed', said);
  scenario.check?.(agent, stage, said);
  faults.clear();
  if (result === 'Succeeded') return;
  assert.match(`${message}\n${agent.text('error')}`, cause, said);
  await succeeds(scenario, stage, `${where}, then`);
}

interface Undisturbed {
  readonly endState: unknown;
  /** The paths of the requests that the step makes. */
  readonly paths: readonly string[];
  /** What another run still changes. */
  readonly writesOfAnother: readonly string[];
}

async function undisturbed(scenario: Scenario): Promise<Undisturbed> {
  return onStage(scenario, async (stage) => {
    await succeeds(scenario, stage, 'undisturbed');
    const paths = stage.databricks.requests.list().map(({ path }) => path);
    const endState = await stage.endState();
    stage.databricks.requests.clear();
    await succeeds(scenario, stage, 'run again');
    return { endState, paths, writesOfAnother: writes(stage) };
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

async function succeeds(scenario: Scenario, stage: Stage, where: string): Promise<void> {
  const agent = await run(scenario, stage);
  assert.equal(agent.end.result, 'Succeeded', `${where}: ${agent.end.message}\n${agent.text()}`);
  scenario.check?.(agent, stage, where);
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
function showCount(test: Mocha.Context, cases: number): void {
  assert.ok(cases > 0);
  test.runnable().title += ` (${cases} cases)`;
}
