import assert from 'node:assert/strict';
import type { Fault } from '../../sandbox/http/faults';
import type { Clock } from '../../shared/clock';
import type { FakeAgent } from '../support/fakeAgent';
import { openGate, type Stop } from '../support/gate';
import { routesOf, type Route } from '../support/routes';
import { AzureMlStage, registered, type Given } from '../tasks/deployAzureMlStage';

/** What there is before the step, and what the step is to do. */
interface Scenario {
  readonly before?: readonly Given[];
  readonly inputs: Given;
}

const second = { ...registered, modelVersion: '2' };
const canary = { ...second, strategy: 'canary' };
const ofFiles = {
  ...registered,
  modelVersion: '',
  modelPath: 'model',
  codeFolder: 'code',
  scoringScript: 'score.py',
  image: 'r.io/base:1',
  strategy: 'blueGreen',
};

const scenarios: Readonly<Record<string, Scenario>> = {
  created: { inputs: registered },
  'created from files': { inputs: ofFiles },
  replaced: { before: [registered], inputs: second },
  'given a canary': { before: [registered], inputs: { ...canary, mirrorPercent: '10' } },
  promoted: { before: [registered, canary], inputs: { action: 'promote' } },
  rejected: { before: [registered, canary], inputs: { action: 'reject' } },
  rolled: { before: [registered], inputs: { ...second, strategy: 'rolling' } },
  scaled: { before: [registered], inputs: { ...registered, replicas: '2' } },
  deleted: { before: [registered], inputs: { action: 'delete' } },
};

const faults: readonly (Fault & { readonly name: string })[] = [
  { name: '429', effect: 'status', status: 429, retryAfter: 20 },
  { name: '503', effect: 'status', status: 503, errorCode: 'ServerBusy' },
  { name: '500 after', effect: 'status', status: 500, errorCode: 'InternalServerError', when: 'after' },
  { name: 'reset before', effect: 'reset', when: 'before' },
  { name: 'reset after', effect: 'reset', when: 'after' },
];

/** Those that send all kinds of requests. */
const withFaults = ['created from files', 'replaced', 'given a canary', 'rolled'];

describe('DeployAzureMl, interrupted', function () {
  this.timeout(300_000);

  async function open({ before = [] }: Scenario): Promise<AzureMlStage> {
    const stage = await AzureMlStage.open();
    stage.addModel('churn', '2');
    await stage.write({ 'model/MLmodel': 'flavors: {python_function: {}}', 'model/a.bin': 'a', 'code/score.py': '' });
    for (const inputs of before) await succeeds(stage, inputs, 'before');
    stage.clock.advance(60_000);
    stage.clearRequests();
    return stage;
  }

  async function succeeds(stage: AzureMlStage, inputs: Given, where: string): Promise<FakeAgent> {
    const agent = await stage.run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${where}: ${agent.end.message}\n${agent.text('log', 'error')}`);
    return agent;
  }

  const known = new Map<string, Promise<Undisturbed>>();

  /** What comes of a scenario in which nothing goes wrong. */
  function undisturbed(change: string, scenario: Scenario): Promise<Undisturbed> {
    const run = async (): Promise<Undisturbed> => {
      const stage = await open(scenario);
      await succeeds(stage, scenario.inputs, 'undisturbed');
      const routes = hostsOf(stage).map(({ requests }) => routesOf(requests.list()));
      const found = { endState: stage.endState(), places: placesOf(stage), routes };
      await stage.close();
      return found;
    };
    const result = known.get(change) ?? run();
    known.set(change, result);
    return result;
  }

  async function killed(stage: AzureMlStage, inputs: Given, place: Place): Promise<void> {
    const gate = place.host === 'arm' ? await openGate(stage.azure.url, place) : undefined;
    const reached = gate?.reached ?? stage.hosts.holdAt(place);
    const kill = new AbortController();
    const clock: Clock = {
      now: () => stage.clock.now(),
      date: () => stage.clock.now(),
      sleep: async (milliseconds, signal) => {
        kill.signal.throwIfAborted();
        await stage.clock.sleep(milliseconds, signal);
      },
    };
    const running = stage.run(inputs, { url: gate?.url ?? stage.azure.url, clock, signal: kill.signal });
    await Promise.race([reached, running]);
    kill.abort(new Error('killed'));
    await gate?.close();
    stage.hosts.release();
    await running;
  }

  for (const [change, scenario] of Object.entries(scenarios)) {
    const { inputs } = scenario;
    it(`comes to the same end when it is killed and run again: ${change}`, async function () {
      const { endState, places } = await undisturbed(change, scenario);
      assert.ok(places.length > 1, change);
      this.runnable().title += ` (${places.length} places)`;
      for (const place of places) {
        const where = `killed ${place.when} request ${place.request} to ${place.host}`;
        const stage = await open(scenario);
        await killed(stage, inputs, place);
        await succeeds(stage, inputs, where);
        assert.deepEqual(stage.endState(), endState, where);
        stage.clearRequests();
        await succeeds(stage, inputs, `${where}, again`);
        assert.deepEqual(stage.writes(), [], where);
        await stage.close();
      }
    });

    if (!withFaults.includes(change)) continue;
    for (const { name, ...fault } of faults)
      it(`has the same result although the first request of each kind fails: ${change}, ${name}`, async function () {
        const { endState, routes } = await undisturbed(change, scenario);
        this.runnable().title += ` (${routes.flat().length} kinds)`;
        const stage = await open(scenario);
        for (const [index, each] of routes.entries())
          for (const route of each) hostsOf(stage)[index]?.faults.add({ ...fault, ...route });
        await succeeds(stage, inputs, name);
        for (const [index, { requests }] of hostsOf(stage).entries()) {
          const sent = requests.list();
          const hits = routesOf(sent.filter((each) => each.fault !== undefined));
          const planned = new Set(routes[index]?.map(({ method, path }) => `${method} ${path}`));
          // After some faults, the task finds out in another way what there is, such as without the operation.
          assert.deepEqual(
            hits,
            routesOf(sent).filter(({ method, path }) => planned.has(`${method} ${path}`)),
          );
        }
        assert.deepEqual(stage.endState(), endState);
        await stage.close();
      });
  }

  for (const seconds of [0, 1, 60, 95, 300, 690, 700, 712, 730])
    it(`comes to one end when the same pipeline runs twice, the second ${seconds} s later`, async () => {
      const { endState } = await undisturbed('created from files', { inputs: ofFiles });
      const stage = await open({ inputs: ofFiles });
      const later = async (): Promise<FakeAgent> => {
        if (seconds > 0) await stage.clock.sleep(seconds * 1000);
        return succeeds(stage, ofFiles, 'the second');
      };
      await Promise.all([succeeds(stage, ofFiles, 'the first'), later()]);
      assert.deepEqual(stage.endState(), endState);
      await stage.close();
    });

  for (const seconds of [0, 60, 300, 605, 625])
    it(`serves one of two versions, and leaves no other, when they are deployed at once, the second ${seconds} s later`, async () => {
      const stage = await open({ before: [registered], inputs: second });
      stage.addModel('churn', '3');
      const later = async (): Promise<FakeAgent> => {
        if (seconds > 0) await stage.clock.sleep(seconds * 1000);
        return stage.run({ ...registered, modelVersion: '3' });
      };
      const agents = await Promise.all([stage.run(second), later()]);
      for (const { end } of agents.filter(({ end }) => end.result !== 'Succeeded'))
        assert.match(
          end.message,
          /Another run has replaced the deployment of this run|changed by somebody else meanwhile/,
        );
      assert.ok(
        agents.some(({ end }) => end.result === 'Succeeded'),
        agents.map(({ end }) => end.message).join('\n'),
      );
      await succeeds(stage, { ...registered, modelVersion: '3' }, 'at last');
      const { deployments = [], traffic = {} } = stage.endpoint ?? {};
      assert.deepEqual(
        deployments.map(({ body }) => body.model?.split('/').at(-1)),
        ['3'],
      );
      assert.deepEqual(
        Object.values(traffic).filter((percent) => percent > 0),
        [100],
      );
      await stage.close();
    });
});

interface Undisturbed {
  readonly endState: unknown;
  readonly places: readonly Place[];
  /** By host. */
  readonly routes: readonly (readonly Route[])[];
}

interface Place extends Stop {
  readonly host: 'arm' | 'others';
}

/** Resource Manager, the storage, and what scores. */
function hostsOf({ azure, ml }: AzureMlStage) {
  return [azure, ml.blobs, ml.scoring];
}

/**
 * The places where Azure is not as it was before: after each request that changes something, and before the first; and each
 * request to the other hosts.
 */
function placesOf(stage: AzureMlStage): readonly Place[] {
  const writes = stage.azure.requests.list().flatMap(({ method }, index) => (method === 'GET' ? [] : [index + 1]));
  const others = [...stage.ml.blobs.requests.list(), ...stage.ml.scoring.requests.list()].map((_, index) => index + 1);
  return [
    ...writes.slice(0, 1).map((request) => ({ host: 'arm', request, when: 'before' }) as const),
    ...writes.map((request) => ({ host: 'arm', request, when: 'after' }) as const),
    ...others.map((request) => ({ host: 'others', request, when: 'after' }) as const),
  ];
}
