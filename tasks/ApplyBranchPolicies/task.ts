import { changeTable, changeText, isWrite, throwIfStuck } from '../../shared/devops/change';
import { policySchema, type BranchPolicies } from '../../shared/devops/policies/document';
import { planBranchPolicies } from '../../shared/devops/policies/planBranchPolicies';
import { UnresolvedError } from '../../shared/devops/unresolvedError';
import { InputError } from '../../shared/errors';
import { documentProblem } from '../../shared/task/checkDocument';
import { devopsConnection, openOrganization, projectOf } from '../../shared/task/devopsConnection';
import { sourceOfDocument } from '../../shared/task/document';
import { document, documentFile, flag, text } from '../../shared/task/inputs';
import { exactlyOneOf } from '../../shared/task/relations';
import { defineTask } from '../../shared/task/task';

const branchName = {
  matches: /^[^\s*?]+$/,
  rule: 'must be the name of one branch, such as main or release/1: patterns are not supported.',
};

/** Creates and updates the policies of a branch to match a document. */
export const task = defineTask({
  inputs: {
    ...devopsConnection,
    repository: text({ required: true }),
    branch: text({ pattern: branchName }),
    policies: document({ schema: policySchema }),
    policiesFile: documentFile({ schema: policySchema }),
    removeOthers: flag({ default: false }),
    dryRun: flag({ default: false }),
  },
  relations: [exactlyOneOf('policies', 'policiesFile')],
  outputs: ['repositoryId', 'branch', 'change'],

  async run({ inputs, agent, context, setOutput }) {
    const { repository, branch, removeOthers, dryRun } = inputs;
    const given = inputs.policies ?? inputs.policiesFile ?? {};
    const devops = openOrganization(inputs, context);
    const wanted = {
      project: projectOf(inputs, context),
      repository,
      branch,
      policies: given as unknown as BranchPolicies,
      removeOthers,
    };
    const plan = await planBranchPolicies(devops, wanted, context).catch((error: unknown) => {
      if (!(error instanceof UnresolvedError)) throw error;
      const problem = documentProblem(policySchema.name, error.findings, sourceOfDocument(given));
      throw new InputError([{ input: inputs.policies ? 'policies' : 'policiesFile', problem }]);
    });
    setOutput('repositoryId', plan.repository.id ?? '');
    setOutput('branch', plan.refName);
    for (const change of plan.changes) agent.log(changeText(change));
    throwIfStuck(plan.changes);
    if (!dryRun) await plan.apply();
    const writes = plan.changes.filter(isWrite);
    setOutput('change', writes.length > 0 ? 'updated' : 'unchanged');
    if (writes.length > 0) await agent.summary('Branch policies', changeTable(plan.changes, dryRun));
    const where = `The policies of ${plan.refName} in the repository '${plan.repository.name}' of the project '${plan.repository.project.name}'`;
    if (writes.length === 0) return `${where} are as defined.`;
    return `${where} ${dryRun ? 'would be' : 'were'} updated: ${countText(writes.map(({ kind }) => kind))}.`;
  },
});

function countText(kinds: readonly string[]): string {
  return ['create', 'update', 'delete']
    .map((kind) => ({ kind, count: kinds.filter((each) => each === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}d`)
    .join(', ');
}
