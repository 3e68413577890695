import assert from 'node:assert/strict';
import type { Fault } from '../../sandbox/http/faults';
import type { Task } from '../../shared/task/task';
import { type DevopsStage, isWrite } from './devopsStage';
import { failEachOnce, type Route, routesOf } from './routes';
import type { Stop } from './gate';

/** A step of onboarding, and what to hold it to. */
export interface DevopsScenario {
  readonly task: Task;
  inputs(): Readonly<Record<string, string>>;
  open(): Promise<DevopsStage>;
  /** What is left, in values that are the same in another stage. */
  endState(stage: DevopsStage): unknown;
  /** Parts of its work do not depend on each other: where one fails, the others are completed. */
  readonly hasIndependentParts?: true;
}

const stopped =
  '\uFEFF{"$id":"1","message":"TF24668: The following team project collection is stopped: sandbox.","typeName":"Microsoft.VisualStudio.Services.Common.VssServiceException","typeKey":"VssServiceException","errorCode":0,"eventId":3000}';

interface NamedFault extends Fault {
  readonly name: string;
}

/** The step must succeed in spite of these. */
const passing: readonly NamedFault[] = [
  { name: 'reset before', effect: 'reset', when: 'before' },
  { name: 'reset after', effect: 'reset', when: 'after' },
  { name: '503 with a byte order mark before', effect: 'status', status: 503, body: stopped },
  { name: '503 with a byte order mark after', effect: 'status', status: 503, body: stopped, when: 'after' },
  { name: '429', effect: 'status', status: 429, retryAfter: 3, body: stopped },
  { name: 'truncated', effect: 'truncated' },
];
/** The answer of which is lost although the request had its effect: of what is created, nothing is sent twice. */
const isAfter = ({ effect, when }: Fault): boolean => effect === 'truncated' || when === 'after';

const signInPage: NamedFault = { name: 'sign-in page', effect: 'html', status: 203, when: 'after' };

const timeoutMilliseconds = 300_000;

/**
 * Adds tests that let each request of a step fail in each way, and that kill the step at each request. Cases that cannot
 * differ are tried once:
 *
 * - A fault that passes hits every request of one run, each once, rather than one request in each of as many runs: to
 *   the step the others are requests like those, only harder. Where an answer is lost, the next request to its route
 *   does not repeat it but sends the next object, so that another run lets those fail that the first spared.
 * - A page instead of an answer ends the step. It hits the first request of each method and route, as the step cannot tell
 *   the others apart. That the step writes nothing more then leaves the organization as a kill at that request does, after
 *   which another try is tested. To the step, the page is the same whether the request had its effect or not.
 * - A killed step leaves nothing behind but what the organization has. That changes with each request that writes, and with
 *   each look of a wait, so that a kill anywhere else is the same as one of these, or as none.
 */
export function itConverges(what: string, scenario: DevopsScenario): void {
  let known: Promise<Undisturbed> | undefined;
  const undisturbedOnce = (): Promise<Undisturbed> => (known ??= undisturbed(scenario));

  it(`comes to the same end although each request fails once, with any fault that passes: ${what}`, async function () {
    this.timeout(timeoutMilliseconds);
    const { requests, endState } = await undisturbedOnce();
    const routes = routesOf(requests);
    const repeats = routesOf(requests.filter(isWrite)).length < requests.filter(isWrite).length;
    const cases = passing.flatMap((fault) => [
      { fault, first: 1 },
      ...(repeats && isAfter(fault) ? [{ fault, first: 2 }] : []),
    ]);
    for (const { fault, first } of cases)
      await onStage(scenario, async (stage) => {
        const { faults, requests: log } = stage.organization;
        const where = `${fault.name}, from request ${first} of each route`;
        failEachOnce(faults, routes, fault, first);
        const agent = await stage.run(scenario.task, scenario.inputs());
        assert.equal(agent.end.result, 'Succeeded', `${where}: ${agent.end.message}\n${agent.text()}`);
        const hits = routesOf(log.list().filter((request) => request.fault !== undefined));
        if (first === 1) assert.deepEqual(hits, routes, where);
        else assert.ok(hits.some(isWrite), where);
        faults.clear();
        assert.deepEqual(scenario.endState(stage), endState, where);
        await changesNothing(scenario, stage, where);
      });
    this.runnable().title += ` (${passing.length * requests.length} requests in ${cases.length} cases)`;
  });

  it(`ends when any request is answered by a sign-in page: ${what}`, async function () {
    this.timeout(timeoutMilliseconds);
    const { requests, endState } = await undisturbedOnce();
    const firsts = firstOfEachRoute(requests);
    let stage: DevopsStage | undefined;
    try {
      for (const from of firsts) {
        stage ??= await open(scenario);
        const where = `${signInPage.name} at request ${from}`;
        const { faults, requests: log } = stage.organization;
        faults.add({ ...signInPage, from });
        const agent = await stage.run(scenario.task, scenario.inputs());
        faults.clear();
        const answered = log.list();
        const hit = answered.findIndex((request) => request.fault !== undefined);
        assert.ok(hit >= 0, where);
        // It only wanted to know more, and has said so.
        if (agent.end.result !== 'Failed') assert.deepEqual(scenario.endState(stage), endState, where);
        else if (scenario.hasIndependentParts) await endsWell(scenario, stage, endState, where);
        else assert.deepEqual(answered.slice(hit + 1).filter(isWrite), [], where);
        log.clear();
        if (!answered.some(isWrite) && !scenario.hasIndependentParts) continue;
        await stage.close();
        stage = undefined;
      }
    } finally {
      await stage?.close();
    }
    this.runnable().title += ` (${firsts.length} cases)`;
  });

  it(`comes to the same end when it is killed at any request and run again: ${what}`, async function () {
    this.timeout(timeoutMilliseconds);
    const { requests, endState } = await undisturbedOnce();
    const stops = stopsAt(changesOf(requests));
    for (const stop of stops)
      await onStage(scenario, async (stage) => {
        await stage.runUntil(scenario.task, scenario.inputs(), stop);
        await endsWell(scenario, stage, endState, `killed ${stop.when} request ${stop.request}`);
      });
    this.runnable().title += ` (${stops.length} cases)`;
  });
}

/** The requests after which the organization may not be as it was before: their numbers, from 1. */
function changesOf(requests: readonly Route[]): readonly number[] {
  const isSame = (one: Route, other?: Route): boolean => one.method === other?.method && one.path === other.path;
  return requests.flatMap((request, index) => {
    const isLook = isSame(request, requests[index - 1]) || isSame(request, requests[index + 1]);
    return isWrite(request) || isLook ? [index + 1] : [];
  });
}

/** After each of these requests; the stop before the first stands for all before. */
function stopsAt(changing: readonly number[]): readonly Stop[] {
  const [first] = changing;
  return [
    ...(first === undefined ? [] : [{ request: first, when: 'before' } as const]),
    ...changing.map((request) => ({ request, when: 'after' }) as const),
  ];
}

/** Their numbers, from 1. */
function firstOfEachRoute(requests: readonly Route[]): readonly number[] {
  const routes = requests.map((request) => JSON.stringify(routesOf([request])));
  return routes.flatMap((route, index) => (routes.indexOf(route) === index ? [index + 1] : []));
}

/** Another try completes the work, and a further one sends nothing that writes. */
async function endsWell(scenario: DevopsScenario, stage: DevopsStage, endState: unknown, where: string): Promise<void> {
  const again = await stage.run(scenario.task, scenario.inputs());
  assert.equal(again.end.result, 'Succeeded', `${where}, then: ${again.end.message}\n${again.text()}`);
  assert.deepEqual(scenario.endState(stage), endState, where);
  await changesNothing(scenario, stage, where);
}

async function changesNothing(scenario: DevopsScenario, stage: DevopsStage, where: string): Promise<void> {
  stage.organization.requests.clear();
  const last = await stage.run(scenario.task, scenario.inputs());
  assert.equal(last.outputs['change'], 'unchanged', `${where}: ${last.end.message}`);
  assert.deepEqual(stage.writes(), [], where);
}

interface Undisturbed {
  /** What the step asks. */
  readonly requests: readonly Route[];
  readonly endState: unknown;
}

async function undisturbed(scenario: DevopsScenario): Promise<Undisturbed> {
  return onStage(scenario, async (stage) => {
    const agent = await stage.run(scenario.task, scenario.inputs());
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    const requests = stage.organization.requests.list().map(({ method, path }) => ({ method, path }));
    const endState = scenario.endState(stage);
    await endsWell(scenario, stage, endState, 'undisturbed');
    return { requests, endState };
  });
}

async function onStage<Result>(
  scenario: DevopsScenario,
  use: (stage: DevopsStage) => Promise<Result>,
): Promise<Result> {
  const stage = await open(scenario);
  try {
    return await use(stage);
  } finally {
    await stage.close();
  }
}

async function open(scenario: DevopsScenario): Promise<DevopsStage> {
  const stage = await scenario.open();
  stage.organization.requests.clear();
  return stage;
}
