import assert from 'node:assert/strict';
import type { Fault } from '../../sandbox/http/faults';
import { task } from '../../tasks/SyncModelVariables/task';
import type { DevopsStage } from '../support/devopsStage';
import { itConverges } from '../support/devopsFaults';
import { failEachOnce, routesOf, type Route } from '../support/routes';
import { syncInputs, syncScenarios, syncState, type SyncScenario } from '../support/syncStage';

const forGood = 1_000_000;

/** The step must fail with one of these, and say what came back. */
const lasting: readonly (Fault & { readonly name: string; readonly cause: RegExp })[] = [
  { name: '503', effect: 'status', status: 503, times: forGood, cause: /503/ },
  { name: 'reset after', effect: 'reset', when: 'after', times: forGood, cause: /ECONNRESET/ },
  { name: 'truncated', effect: 'truncated', times: forGood, cause: /not valid JSON|answered 4\d\d|gave no answer/ },
  { name: '403', effect: 'status', status: 403, times: forGood, cause: /answered 403/ },
];

/** What the step asks before anything disturbs it. */
async function routesOfStep({ open, mode }: SyncScenario): Promise<{ routes: readonly Route[]; endState: unknown }> {
  return onStage(open, async (stage) => {
    const agent = await stage.run(task, syncInputs(mode));
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    return { routes: routesOf(stage.organization.requests.list()), endState: syncState(stage) };
  });
}

async function onStage<Result>(
  open: () => Promise<DevopsStage>,
  use: (stage: DevopsStage) => Promise<Result>,
): Promise<Result> {
  const stage = await open();
  try {
    stage.organization.requests.clear();
    return await use(stage);
  } finally {
    await stage.close();
  }
}

describe('SyncModelVariables, disturbed at any request', () => {
  for (const { what, mode, open } of syncScenarios)
    itConverges(`${mode}, ${what}`, { task, inputs: () => syncInputs(mode), open, endState: syncState });

  for (const scenario of syncScenarios)
    it(`fails while a request always fails, and completes the work afterwards: ${scenario.mode}, ${scenario.what}`, async function () {
      this.timeout(300_000);
      const { mode, open } = scenario;
      const { routes, endState } = await routesOfStep(scenario);
      for (const route of routes)
        for (const { name, cause, ...fault } of lasting)
          await onStage(open, async (stage) => {
            const where = `${name} at ${route.method} ${route.path}`;
            const { faults, requests } = stage.organization;
            failEachOnce(faults, [route], fault);
            const { end } = await stage.run(task, syncInputs(mode));
            assert.ok(
              requests.list().some((request) => request.fault !== undefined),
              where,
            );
            faults.clear();
            // A refusal says the same by its status when its end is missing, and some requests only want to know more.
            if (end.result === 'Failed') assert.ok(cause.test(end.message), `${where}: ${end.message}`);
            else assert.deepEqual(syncState(stage), endState, where);
            const again = await stage.run(task, syncInputs(mode));
            assert.equal(again.end.result, 'Succeeded', `${where}, then: ${again.end.message}`);
            assert.deepEqual(syncState(stage), endState, where);
          });
      this.runnable().title += ` (${routes.length * lasting.length} cases)`;
    });
});
