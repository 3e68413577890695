import { task } from '../../tasks/ApplyBranchPolicies/task';
import { itConverges } from '../support/devopsFaults';
import { changedPolicies, openPolicyStage, policies, policyState } from '../tasks/branchPolicyStage';

describe('ApplyBranchPolicies, disturbed at any request', () => {
  const given = { repository: 'churn', policies };

  itConverges('new policies', { task, open: openPolicyStage, endState: policyState, inputs: () => given });
  itConverges('policies that differ, and others', {
    task,
    endState: policyState,
    inputs: () => ({ ...given, policies: changedPolicies.replace(/linkedWorkItems.*/, ''), removeOthers: 'true' }),
    async open() {
      const stage = await openPolicyStage();
      await stage.run(task, given);
      return stage;
    },
  });
});
