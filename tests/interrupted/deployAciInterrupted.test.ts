import assert from 'node:assert/strict';
import type { ContainerGroup } from '../../sandbox/azure/containerGroups/containerGroup';
import type { Fault } from '../../sandbox/http/faults';
import type { Clock } from '../../shared/clock';
import { CancelledError } from '../../shared/errors';
import { openGate, type Stop } from '../support/gate';
import { routesOf } from '../support/routes';
import { DeployAciAzure } from '../tasks/deployAciAzure';

type Inputs = Readonly<Record<string, string>>;

const apiVersion = '2023-05-01';

/** What there is before the step, and what the step is to do. */
interface Scenario {
  /** What this task deployed. */
  readonly before?: Inputs;
  /** Whether it was another tool. */
  readonly isForeign?: true;
  readonly inputs: Inputs;
}

const scenarios: Readonly<Record<string, Scenario>> = {
  created: { inputs: {} },
  updated: { before: {}, inputs: { image: 'models.azurecr.io/score:2', secrets: 'KEY=secret' } },
  replaced: { before: {}, inputs: { cpu: '2' } },
  'replaced side by side': { before: {}, inputs: { cpu: '2', onImmutableChange: 'sideBySide' } },
  'taken over': { before: {}, isForeign: true, inputs: { adopt: 'true', cpu: '2' } },
  deleted: { before: {}, inputs: { containerGroupName: 'score', action: 'delete' } },
};

const faults: readonly (Fault & { readonly name: string })[] = [
  { name: '429', effect: 'status', status: 429, retryAfter: 20 },
  { name: '503', effect: 'status', status: 503, errorCode: 'ServerBusy' },
  { name: '500 after', effect: 'status', status: 500, errorCode: 'InternalServerError', when: 'after' },
  { name: 'reset before', effect: 'reset', when: 'before' },
  { name: 'reset after', effect: 'reset', when: 'after' },
  { name: 'truncated', effect: 'truncated' },
];

describe('DeployAci with faults', function () {
  this.timeout(60_000);
  let azure: DeployAciAzure;
  before(async () => {
    azure = await DeployAciAzure.open();
    azure.azure.containerInstances.shapes.delete = 'asyncOperation';
  });
  after(() => azure.close());

  type Groups = readonly Pick<ContainerGroup, 'id' | 'body'>[];

  /** Has there be these groups, which have run for a while, and no others. */
  async function stage(groups: Groups): Promise<void> {
    const { containerInstances, faults, requests } = azure.azure;
    faults.clear();
    for (const group of containerInstances.groups) await containerInstances.delete(group);
    azure.clock.advance(60_000);
    for (const { id, body } of groups) await containerInstances.put(id, body, apiVersion);
    azure.clock.advance(600_000);
    requests.clear();
  }

  /** What a step makes of nothing. */
  async function madeBy({ before: inputs, isForeign }: Scenario): Promise<Groups> {
    await stage([]);
    if (inputs) await succeeds(inputs, 'before');
    const groups = azure.azure.containerInstances.groups;
    return groups.map(({ id, body: { tags, ...body } }) => ({
      id,
      body: { ...body, ...(!isForeign && tags && { tags }) },
    }));
  }

  /**
   * The places where Azure is not as it was before: after each write, and before the first. A step that is killed at a look,
   * or between two, leaves what the last write left, as its operation goes on by itself.
   */
  function differentStops(): readonly Stop[] {
    const writes = azure.azure.requests.list().flatMap(({ method }, index) => (method === 'GET' ? [] : [index + 1]));
    const [first] = writes;
    assert.ok(first);
    return [{ request: first, when: 'before' }, ...writes.map((request) => ({ request, when: 'after' }) as const)];
  }

  async function succeeds(inputs: Inputs, where: string): Promise<void> {
    const agent = await azure.run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${where}: ${agent.end.message}\n${agent.text()}`);
  }

  async function runUntil(inputs: Inputs, stop: Stop): Promise<void> {
    const gate = await openGate(azure.azure.url, stop);
    const kill = new AbortController();
    const clock: Clock = {
      now: () => azure.clock.now(),
      date: () => azure.clock.now(),
      sleep: async (milliseconds, signal) => {
        kill.signal.throwIfAborted();
        await azure.clock.sleep(milliseconds, signal);
      },
    };
    const running = azure.run(inputs, { url: gate.url, clock, signal: kill.signal });
    await Promise.race([gate.reached, running]);
    kill.abort(new Error('killed'));
    await gate.close();
    await running;
  }

  for (const [change, scenario] of Object.entries(scenarios)) {
    const { inputs } = scenario;
    it(`reaches the same end when it is killed at any request and run again: ${change}`, async () => {
      const groups = await madeBy(scenario);
      await stage(groups);
      await succeeds(inputs, 'undisturbed');
      const [endState, stops] = [azure.endState(), differentStops()];
      for (const stop of stops) {
        const where = `killed ${stop.when} request ${stop.request}`;
        await stage(groups);
        await runUntil(inputs, stop);
        await succeeds(inputs, where);
        assert.deepEqual(azure.endState(), endState, where);
      }
    });

    if (change === 'replaced side by side')
      for (const { name, ...fault } of faults)
        it(`has the same result although the first request of each kind fails: ${change}, ${name}`, async () => {
          const groups = await madeBy(scenario);
          await stage(groups);
          await succeeds(inputs, 'undisturbed');
          const endState = azure.endState();
          const routes = routesOf(azure.azure.requests.list());
          await stage(groups);
          for (const route of routes) azure.azure.faults.add({ ...fault, ...route });
          await succeeds(inputs, name);
          const hits = azure.azure.requests.list().filter((request) => request.fault !== undefined);
          assert.deepEqual(routesOf(hits), routes);
          assert.deepEqual(azure.endState(), endState);
        });
  }

  it('stops when the run is cancelled, and says that Azure continues', async () => {
    await stage([]);
    const cancel = new AbortController();
    const clock: Clock = {
      now: () => azure.clock.now(),
      date: () => azure.clock.now(),
      sleep: async (milliseconds, signal) => {
        cancel.abort(new CancelledError());
        await azure.clock.sleep(milliseconds, signal);
      },
    };
    const agent = await azure.run({}, { clock, signal: cancel.signal });
    assert.equal(agent.end.result, 'Canceled');
    assert.match(agent.end.message, /Azure continues with it \(operation [\w-]+\)\./);
    assert.doesNotMatch(agent.text(), /[?&]s=/);
  });
});
