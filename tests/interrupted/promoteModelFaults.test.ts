import { startDatabricks } from '../../sandbox/databricks/databricks';
import { task } from '../../tasks/PromoteModel/task';
import { clockOf } from '../support/databricksStage';
import { itSurvivesFaults, itSurvivesKills, type Stage } from '../support/faultMatrix';

const model = 'main.demo.churn';

/** Two versions, of which the first has the alias; the second is being promoted, or was. */
function open(inputs: Readonly<Record<string, string>>, holder: number) {
  return async (): Promise<Stage> => {
    const databricks = await startDatabricks({ timeScale: 0, hasLimits: false });
    const { catalogModels, volumes } = databricks;
    const { aliases } = catalogModels.create(model, 'someone@example.com');
    aliases['champion'] = holder;
    for (const runId of ['a', 'b']) {
      const { version, tags } = catalogModels.addVersion(model, runId);
      const folder = `/Models/main/demo/churn/${version}`;
      volumes.addRoot(folder);
      volumes.put(`${folder}/MLmodel`, Buffer.from('signature: {inputs: "[]", outputs: "[]"}'), true);
      if (version === 2 && holder === 2) tags['previous_champion'] = '1';
    }
    return {
      databricks,
      clock: clockOf(databricks),
      inputs: { catalogModel: model, ...inputs },
      endState: () => {
        const { versions } = catalogModels.get(model);
        return { aliases: { ...aliases }, tags: versions.map(({ tags }) => ({ ...tags })) };
      },
      close: () => databricks.close(),
    };
  };
}

describe('PromoteModel with faults', () => {
  for (const [what, scenario] of Object.entries({
    'a promotion by its run': { task, open: open({ versionSource: 'run', mlflowRunId: 'b', verdict: 'passed' }, 1) },
    'a roll back': { task, open: open({ action: 'rollBack' }, 2) },
  })) {
    itSurvivesFaults(what, scenario);
    itSurvivesKills(what, scenario);
  }
});
