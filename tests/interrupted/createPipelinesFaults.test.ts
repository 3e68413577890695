import { task } from '../../tasks/CreatePipelines/task';
import { itConverges } from '../support/devopsFaults';
import type { DevopsStage } from '../support/devopsStage';
import { PipelineStage } from '../support/pipelineStage';
import { files } from '../tasks/createPipelinesStage';

const stages = new WeakMap<DevopsStage, PipelineStage>();
const small = { repository: 'churn', pipelines: 'pipelines: [{ name: churn-ci, yamlFile: pipelines/small.yml }]' };

describe('CreatePipelines, disturbed at any request', () => {
  itConverges('a new pipeline', {
    task,
    inputs: () => small,
    async open() {
      const stage = await PipelineStage.open(files);
      await stage.addGroup('churn-dev');
      stages.set(stage.stage, stage);
      return stage.stage;
    },
    endState: (stage) => stages.get(stage)?.endState(),
  });
});
