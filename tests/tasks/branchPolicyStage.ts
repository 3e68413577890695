import { PolicyStore } from '../../sandbox/devops/policy/policyStore';
import { DevopsStage } from '../support/devopsStage';

export const policies = `
minimumReviewers:
  minimumNumberOfReviewers: 2
  whenNewChangesArePushed: resetApprovalVotes
linkedWorkItems: optional
commentResolution: required
mergeTypes: [squashMerge]
statusChecks:
  - statusName: quality
    statusGenre: models
automaticallyIncludedReviewers:
  - reviewers: [admin@sandbox.example]
    pathFilter: [/data/*]
`;
/** Other numbers, and other types of merges. */
export const changedPolicies = policies
  .replace('Reviewers: 2', 'Reviewers: 1')
  .replace('[squashMerge]', '[basicMerge]');

/** With the repository that the policies apply to. */
export async function openPolicyStage(): Promise<DevopsStage> {
  const stage = await DevopsStage.open();
  stage.addRepository('churn');
  return stage;
}

/** All policies, in values that are the same in another stage. */
export function policyState(stage: DevopsStage): unknown {
  const repositories = new Map(stage.git.list(stage.projectId).map(({ id, name }) => [id, name]));
  const { identities } = stage.organization.state;
  const people = new Map(identities.all().map(({ id, displayName }) => [id, displayName]));
  const named = (text: string): string =>
    text.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, (id) => repositories.get(id) ?? people.get(id) ?? id);
  return stage.organization.state
    .of(PolicyStore)
    .list(stage.projectId)
    .map(({ type, isEnabled, isBlocking, settings }) =>
      named(JSON.stringify([type.id, isEnabled, isBlocking, settings])),
    )
    .sort();
}
