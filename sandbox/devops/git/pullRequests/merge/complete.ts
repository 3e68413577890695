import type { Caller } from '../../../identities/caller';
import type { OrganizationState } from '../../../organizationState';
import { evaluations } from '../../../policy/evaluate';
import { PolicyStore } from '../../../policy/policyStore';
import { policyTypeIds } from '../../../policy/policyTypes';
import { noObject } from '../../objects/objectStore';
import { notePush } from '../../repositories/applyUpdates';
import type { RefUpdate } from '../../repositories/repository';
import { carryOutUpdate } from '../../repositories/updateRefs';
import { mayIgnorePolicies } from '../../rest/repositoryAccess';
import { mergeForGood } from './mergeForGood';
import { policyFacts } from '../policyFacts';
import type { CompletionOptions, MergeStrategy, PullRequest } from '../pullRequest';

/** `squashMerge` is the old form of a merge strategy. */
export const strategyOf = (options: CompletionOptions | undefined): MergeStrategy =>
  options?.mergeStrategy ?? (options?.squashMerge ? 'squash' : 'noFastForward');

/** Whether all required policies are content with a pull request and its merge strategy. */
export function satisfiesPolicies(organization: OrganizationState, pullRequest: PullRequest): boolean {
  const applying = organization.of(PolicyStore).applying(pullRequest.repository, pullRequest.targetRefName);
  const required = evaluations(organization, applying, policyFacts(pullRequest)).filter(
    ({ configuration }) => configuration.isBlocking,
  );
  return required.every(({ configuration, status }) =>
    configuration.type.id === policyTypeIds.mergeStrategy
      ? allowsStrategy(configuration.settings.values, strategyOf(pullRequest.completionOptions))
      : status === 'approved' || status === 'notApplicable',
  );
}

const settingOfStrategy: Readonly<Record<MergeStrategy, string>> = {
  squash: 'allowSquash',
  noFastForward: 'allowNoFastForward',
  rebase: 'allowRebase',
  rebaseMerge: 'allowRebaseMerge',
};

/** The old form allows either squash or everything. */
function allowsStrategy(values: Readonly<Record<string, unknown>>, strategy: MergeStrategy): boolean {
  const isOld = !Object.values(settingOfStrategy).some((name) => name in values);
  if (isOld) return values['useSquashMerge'] !== true || strategy === 'squash';
  return values[settingOfStrategy[strategy]] === true;
}

/** Completes a pull request, or notes why it cannot be: conflicts, or a policy. */
export async function complete(
  organization: OrganizationState,
  pullRequest: PullRequest,
  caller: Caller,
): Promise<void> {
  const { repository, targetRefName, sourceRefName, completionOptions } = pullRequest;
  const bypasses =
    completionOptions?.bypassPolicy === true &&
    mayIgnorePolicies(organization, caller, repository, 'PullRequestBypassPolicy', targetRefName);
  if (!bypasses && !satisfiesPolicies(organization, pullRequest)) {
    pullRequest.merge = { ...pullRequest.merge, status: 'rejectedByPolicy' };
    return;
  }
  const strategy = strategyOf(completionOptions);
  const commit = mergeForGood(organization, pullRequest, strategy, caller.identity.id);
  if (commit === undefined) return;
  const { source } = pullRequest.merge;
  const updates: RefUpdate[] = [
    { name: targetRefName, oldObjectId: repository.tipOf(targetRefName), newObjectId: commit },
    ...(completionOptions?.deleteSourceBranch
      ? [{ name: sourceRefName, oldObjectId: source, newObjectId: noObject }]
      : []),
  ];
  // Closed before the branches move: the push must not be taken for a change of an active pull request.
  pullRequest.status = 'completed';
  pullRequest.merge = { ...pullRequest.merge, status: 'succeeded', commit };
  pullRequest.closedAt = organization.clock.now();
  pullRequest.closedById = caller.identity.id;
  pullRequest.completionOptions = { ...completionOptions, mergeStrategy: strategy };
  repository.refs.delete(`refs/pull/${pullRequest.id}/merge`);
  for (const update of updates) carryOutUpdate(repository, update, caller.identity.id);
  await notePush(organization, caller, repository, updates);
}
