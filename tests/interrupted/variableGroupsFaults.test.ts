import { addGroup, variableGroupState } from '../shared/devops/variableGroups/variableGroupStage';
import { itConverges } from '../support/devopsFaults';
import { DevopsStage } from '../support/devopsStage';
import { resourcesTask } from '../support/resourceTasks';

describe('planVariableGroups, disturbed at any request', () => {
  itConverges('a new variable group', {
    task: resourcesTask,
    open: () => DevopsStage.open(),
    endState: variableGroupState,
    inputs: () => ({
      document: 'variableGroups: [{ name: churn, variables: { TOKEN: { isSecret: true } } }]',
      secretVariables: 'churn/TOKEN=first-secret-value',
    }),
  });
  itConverges('a variable group that differs', {
    task: resourcesTask,
    endState: variableGroupState,
    inputs: () => ({
      document:
        'variableGroups: [{ name: churn, removeOtherVariables: true, variables: { A: 2, NEW: { isSecret: true }, OLD: { isSecret: true } } }]',
      secretVariables: 'churn/NEW=first-secret-value\nchurn/OLD=second-secret-value',
    }),
    async open() {
      const opened = await DevopsStage.open();
      const old = { value: 'old-secret-value', isSecret: true };
      addGroup(opened, 'churn', { A: { value: '1' }, OLD: old, GONE: { value: 'x' } });
      return opened;
    },
  });
});
