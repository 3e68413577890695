import assert from 'node:assert/strict';
import type { Clock } from '../../shared/clock';
import { task } from '../../tasks/DeployServingEndpoint/task';
import { itSurvivesFaults, itSurvivesKills, type Stage } from '../support/faultMatrix';
import { sample, ServingWorkspace } from '../support/servingStage';

type Inputs = Readonly<Record<string, string>>;

/** An endpoint that earlier steps have deployed to, and a step that is under way, or was. */
function open(earlier: readonly Inputs[], inputs: Inputs) {
  return async (): Promise<Stage> => {
    const workspace = await ServingWorkspace.open();
    for (const each of earlier) {
      const agent = await workspace.run(each);
      assert.equal(agent.end.result, 'Succeeded', agent.text());
    }
    return {
      databricks: workspace.databricks,
      clock: workspace.clock,
      inputs: workspace.inputs(inputs),
      endState: async () => {
        await workspace.databricks.clock.advance(60_000);
        const tags = workspace.found?.tags.map(({ key, value }) => `${key}=${value}`);
        const { aiGateway, notifications } = workspace.found ?? {};
        return { served: workspace.served(), tags, aiGateway, notifications };
      },
      close: () => workspace.close(),
    };
  };
}

const deploy = (version: number, more: Inputs = {}): Inputs => ({ modelVersion: String(version), ...sample, ...more });
const extras = [
  'tags: [{key: team, value: ml}]',
  'description: Flowers',
  'ai_gateway: {usage_tracking_config: {enabled: true}}',
  'email_notifications: {on_update_failure: [ml@example.com]}',
].join('\n');

describe('DeployServingEndpoint with faults', () => {
  for (const [what, scenario] of Object.entries({
    'a new endpoint': { task, open: open([], deploy(1, { spec: extras })) },
    'a version that replaces another': { task, open: open([deploy(1)], deploy(2)) },
    'a version beside another': {
      task,
      open: open([deploy(1)], deploy(2, { strategy: 'blueGreen', spec: extras })),
    },
    'a canary': { task, open: open([deploy(1)], deploy(2, { strategy: 'canary' })) },
    'a promotion': {
      task,
      open: open([deploy(1), deploy(2, { strategy: 'canary' })], { action: 'promote', ...sample }),
    },
    'a rejection': { task, open: open([deploy(1), deploy(2, { strategy: 'blueGreen' })], { action: 'reject' }) },
    'a deletion': { task, open: open([deploy(1)], { action: 'delete' }) },
  })) {
    itSurvivesFaults(what, scenario);
    itSurvivesKills(what, scenario);
  }
});

describe('DeployServingEndpoint in two pipelines at once', () => {
  let workspace: ServingWorkspace;
  beforeEach(async () => (workspace = await ServingWorkspace.open()));
  afterEach(() => workspace.close());

  for (const [what, first] of [
    ['a new endpoint', false],
    ['an endpoint that serves', true],
  ] as const)
    for (const strategy of ['replace', 'blueGreen', 'canary'])
      it(`deploys one version once: ${what}, ${strategy}`, async () => {
        if (first) await workspace.deploy(1);
        workspace.hasUsers = first;
        const agents = await Promise.all([workspace.deploy(2, { strategy }), workspace.deploy(2, { strategy })]);
        for (const agent of agents) assert.equal(agent.end.result, 'Succeeded', agent.text());
        const shares = { replace: '2:100', blueGreen: '1:0 2:100', canary: '1:90 2:10' }[strategy];
        assert.equal(workspace.served(), first ? shares : '2:100');
        assert.ok(workspace.answers.every(({ status }) => status === 200));
      });

  for (const waits of [0, 1, 2, 3, 5, 8])
    it(`lets one of two versions serve, alone, and says so: the second begins after ${waits} waits`, async () => {
      await workspace.deploy(1);
      workspace.hasUsers = true;
      let left = waits;
      let begin: () => void = () => undefined;
      const begun = new Promise<void>((resolve) => (begin = resolve));
      if (left === 0) begin();
      const clock: Clock = {
        ...workspace.userClock,
        sleep: async (milliseconds, signal) => {
          if (--left === 0) begin();
          await workspace.userClock.sleep(milliseconds, signal);
        },
      };
      const first = workspace.deploy(2, {}, { clock }).finally(() => begin());
      await begun;
      const agents = await Promise.all([first, workspace.deploy(3)]);
      const states = agents.map(({ outputs }) => outputs['resultState']);
      for (const agent of agents)
        assert.match(agent.end.message, /^(Version [23] of main\.demo\.iris was deployed|Superseded: )/, agent.text());
      assert.ok(states.includes('Deployed'), states.join());
      assert.match(workspace.served(), /^[23]:100$/);
      assert.ok(workspace.answers.every(({ status }) => status === 200));
    });
});
