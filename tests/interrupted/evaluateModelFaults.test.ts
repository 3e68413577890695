import assert from 'node:assert/strict';
import { startDatabricks } from '../../sandbox/databricks/databricks';
import { task } from '../../tasks/EvaluateModel/task';
import { clockOf } from '../support/databricksStage';
import { itSurvivesFaults, itSurvivesKills, type Scenario, type Stage } from '../support/faultMatrix';

const model = 'main.ml.demo';
const inputs = {
  metricsSource: 'mlflow',
  championSource: 'unityCatalog',
  catalogModel: model,
  rules: 'accuracy > baseline\naccuracy >= 0.9',
  setAlias: 'true',
};

/** A workspace with two versions of a model, each made by a run; the second is better. */
async function open(own: (runId: string) => Stage['inputs'], champion?: number): Promise<Stage> {
  const databricks = await startDatabricks({ timeScale: 0, hasLimits: false });
  const { tracking, catalogModels } = databricks;
  const experiment = tracking.createExperiment('/Shared/demo');
  const { aliases } = catalogModels.create(model, 'someone@example.com');
  const [, newest = ''] = ['0.9', '0.95'].map((value, index) => {
    const run = tracking.createRun(experiment.id, 'someone', { startTime: index });
    tracking.logMetric(run, { key: 'accuracy', value, timestamp: 1, step: 0 });
    tracking.updateRun(run, { status: 'FINISHED' });
    catalogModels.addVersion(model, run.id);
    return run.id;
  });
  aliases['champion'] = champion;
  return {
    databricks,
    clock: clockOf(databricks),
    inputs: { ...inputs, ...own(newest) },
    endState: () => ({ ...aliases }),
    close: () => databricks.close(),
  };
}

const scenarios: Readonly<Record<string, () => Promise<Stage>>> = {
  'a new champion, by an experiment': () => open(() => ({ experiment: '/Shared/demo' }), 1),
  'the first champion, by a run': () => open((mlflowRunId) => ({ mlflowRunId })),
  'a version that is named, by a text': () =>
    open(() => ({ metricsSource: 'text', metrics: '{"accuracy": 0.95}', modelVersion: '2' }), 1),
};

describe('EvaluateModel with faults', () => {
  for (const [what, open] of Object.entries(scenarios)) {
    const scenario: Scenario = {
      task,
      open,
      check(agent, stage, where) {
        const { verdict, failedCount } = agent.outputs;
        if (agent.end.result !== 'Succeeded') return;
        assert.deepEqual({ verdict, failedCount }, { verdict: 'passed', failedCount: '0' }, where);
        assert.deepEqual(stage.endState(), { champion: 2 }, where);
      },
    };
    itSurvivesKills(what, scenario);
    if (what.startsWith('a new champion')) itSurvivesFaults(what, scenario);
  }
});
