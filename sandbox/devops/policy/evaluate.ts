import type { OrganizationState } from '../organizationState';
import type { EvaluatedPullRequest } from './evaluatedPullRequest';
import { matchesPatterns } from './filePatterns';
import { patternsOf } from './policySettings';
import type { PolicyConfiguration } from './policyStore';
import { policyTypeIds } from './policyTypes';

/** PolicyEvaluationStatus of the REST API. */
export type EvaluationStatus = 'queued' | 'running' | 'approved' | 'rejected' | 'notApplicable';

/** Whether a policy is content with a pull request. */
export function evaluate(
  organization: OrganizationState,
  configuration: PolicyConfiguration,
  pullRequest: EvaluatedPullRequest,
): EvaluationStatus {
  const { settings, type } = configuration;
  const { addedFilesOnly } = settings.values;
  const paths = addedFilesOnly === true ? pullRequest.addedPaths : pullRequest.changedPaths;
  if (!matchesPatterns(patternsOf(settings), paths)) return 'notApplicable';
  switch (type.id) {
    case policyTypeIds.minimumReviewers:
      return minimumReviewers(organization, configuration, pullRequest);
    case policyTypeIds.requiredReviewers:
      return requiredReviewers(organization, configuration, pullRequest);
    case policyTypeIds.build: {
      const { buildDefinitionId, manualQueueOnly, queueOnSourceUpdateOnly, validDuration } = settings.values;
      const rules = {
        isManual: manualQueueOnly === true,
        isForSourceOnly: queueOnSourceUpdateOnly === true,
        validMinutes: Number(validDuration ?? 0),
      };
      return organization.hooks.buildPolicyState(pullRequest, Number(buildDefinitionId), rules) ?? 'queued';
    }
    case policyTypeIds.comments:
      return pullRequest.hasActiveComments ? 'rejected' : 'approved';
    case policyTypeIds.workItems:
      return pullRequest.hasWorkItems ? 'approved' : 'rejected';
    case policyTypeIds.status:
      return postedStatus(configuration, pullRequest);
    default:
      return 'approved';
  }
}

/** Votes: 10 approved, 5 approved with suggestions, 0 none, -5 waiting for the author, -10 rejected. */
const isApproval = ({ vote }: { readonly vote: number }) => vote >= 5;

function minimumReviewers(
  organization: OrganizationState,
  { settings: { values } }: PolicyConfiguration,
  { reviewers, createdById, lastPusherId }: EvaluatedPullRequest,
): EvaluationStatus {
  if (values['allowDownvotes'] !== true && reviewers.some(({ vote }) => vote < 0)) return 'rejected';
  const counted = reviewers.filter(
    (reviewer) =>
      isApproval(reviewer) &&
      organization.identities.byId(reviewer.id)?.kind !== 'group' &&
      (values['creatorVoteCounts'] === true || reviewer.id !== createdById) &&
      (values['blockLastPusherVote'] !== true || reviewer.id !== lastPusherId),
  );
  return counted.length >= Number(values['minimumApproverCount']) ? 'approved' : 'running';
}

/** Every person must approve; of a group, so many of its members as the policy says. */
function requiredReviewers(
  { identities }: OrganizationState,
  { settings: { values } }: PolicyConfiguration,
  { reviewers, createdById }: EvaluatedPullRequest,
): EvaluationStatus {
  const approvers = reviewers
    .filter((reviewer) => isApproval(reviewer) && (values['creatorVoteCounts'] === true || reviewer.id !== createdById))
    .map(({ id }) => id);
  const ids = (values['requiredReviewerIds'] as readonly string[]).map((id) => id.toLowerCase());
  if (reviewers.some(({ id, vote }) => vote < 0 && ids.includes(id))) return 'rejected';
  const minimum = Number(values['minimumApproverCount'] ?? 1);
  const isContent = ids.every((required) => {
    const counted = approvers.filter((id) => {
      const approver = identities.byId(id);
      return approver && identities.closureOf(approver).some((each) => each.id === required);
    });
    return counted.length >= (identities.byId(required)?.kind === 'group' ? minimum : 1);
  });
  return isContent ? 'approved' : 'running';
}

const nobody = '00000000-0000-0000-0000-000000000000';

function postedStatus(
  { settings: { values } }: PolicyConfiguration,
  { statuses }: EvaluatedPullRequest,
): EvaluationStatus {
  const { statusGenre, statusName, authorId, invalidateOnSourceUpdate, policyApplicability } = values;
  const isAuthor = (id: string) =>
    [undefined, '', nobody].includes(authorId as string | undefined) || String(authorId).toLowerCase() === id;
  const newest = statuses.findLast(
    ({ genre, name, createdById, isOutdated }) =>
      genre === (statusGenre ?? '') &&
      name === statusName &&
      isAuthor(createdById) &&
      !(isOutdated && invalidateOnSourceUpdate === true),
  );
  // Conditional: it applies only once a status is posted.
  if (!newest && policyApplicability === 1) return 'notApplicable';
  switch (newest?.state) {
    case 'succeeded':
      return 'approved';
    case 'notApplicable':
      return 'notApplicable';
    case 'failed':
    case 'error':
      return 'rejected';
    default:
      return 'queued';
  }
}

/** The enabled branch policies of the target branch, and what each says. */
export function evaluations(
  organization: OrganizationState,
  applying: readonly PolicyConfiguration[],
  pullRequest: EvaluatedPullRequest,
): { readonly configuration: PolicyConfiguration; readonly status: EvaluationStatus }[] {
  return applying
    .filter(({ type, isEnabled }) => type.appliesTo === 'branch' && isEnabled)
    .map((configuration) => ({ configuration, status: evaluate(organization, configuration, pullRequest) }));
}
