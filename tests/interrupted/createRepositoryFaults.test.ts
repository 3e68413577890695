import assert from 'node:assert/strict';
import { task } from '../../tasks/CreateRepository/task';
import { itConverges } from '../support/devopsFaults';
import { DevopsStage } from '../support/devopsStage';
import { TemplateFolder } from '../tasks/templateFolder';

describe('CreateRepository, disturbed at any request', () => {
  let folder: TemplateFolder;
  before(async () => (folder = await TemplateFolder.create()));
  after(() => folder.remove());

  const endState = (stage: DevopsStage): unknown => stage.repositories();
  itConverges('a template', { task, open: () => DevopsStage.open(), endState, inputs: () => folder.inputs() });
  itConverges('a template with another default branch', {
    task,
    open: () => DevopsStage.open(),
    endState,
    inputs: () => ({ ...folder.inputs(), defaultBranch: 'trunk' }),
  });
  const source = 'https://example.com/source';
  itConverges('an import', {
    task,
    endState,
    inputs: () => ({ repositoryName: 'copy', importUrl: source }),
    async open() {
      const stage = await DevopsStage.open();
      await stage.run(task, folder.inputs());
      stage.git.importable.set(source, stage.git.find(stage.projectId, 'churn') ?? assert.fail());
      return stage;
    },
  });
});
