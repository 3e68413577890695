import { Caller } from '../../../identities/caller';
import type { OrganizationState } from '../../../organizationState';
import { attemptMerge, isOutdated } from './attemptMerge';
import { complete, satisfiesPolicies } from './complete';
import type { PullRequest } from '../pullRequest';

/**
 * Does what the service does in the background: merges again after a push, asks the policies (which queues the builds
 * that they need), and completes what is to complete itself.
 */
export async function settle(organization: OrganizationState, pullRequest: PullRequest): Promise<void> {
  if (pullRequest.status !== 'active') return;
  if (pullRequest.merge.status === 'queued' || isOutdated(pullRequest)) attemptMerge(organization, pullRequest);
  const isSatisfied = satisfiesPolicies(organization, pullRequest);
  const identity = organization.identities.byId(pullRequest.autoCompleteById ?? '');
  if (!identity || !isSatisfied || pullRequest.isDraft || pullRequest.merge.status === 'conflicts') return;
  const caller = new Caller(organization.security, {
    identity,
    kind: 'personal',
    scopes: undefined,
    repositories: undefined,
  });
  await complete(organization, pullRequest, caller);
}
