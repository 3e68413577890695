import {
  account,
  addCheck,
  addEnvironment,
  approvalOf,
  openEnvironmentStage,
  environmentState,
} from '../shared/devops/environments/environmentStage';
import { itConverges } from '../support/devopsFaults';
import { resourcesTask } from '../support/resourceTasks';

const document = `
environments:
  - name: churn-prod
    description: In production
    approvals: { approvers: [${account}] }
    exclusiveLock: true
`;

describe('planEnvironments, disturbed at any request', () => {
  itConverges('a new environment', {
    task: resourcesTask,
    open: openEnvironmentStage,
    endState: environmentState,
    inputs: () => ({ document }),
  });
  itConverges('an environment that differs', {
    task: resourcesTask,
    endState: environmentState,
    inputs: () => ({ document }),
    async open() {
      const opened = await openEnvironmentStage();
      const { administrator } = opened.organization;
      addCheck(opened, addEnvironment(opened, 'churn-prod', 'Before'), 'approval', approvalOf([administrator]));
      return opened;
    },
  });
});
