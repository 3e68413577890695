import type { DocumentPath } from '../../finding';
import type { JsonMap } from '../../json';
import type {
  BranchPolicies,
  BuildValidation,
  IncludedReviewers,
  MergeType,
  MinimumReviewers,
  Requirement,
  StatusCheck,
} from './document';
import { policyKey, policyTypes, type PolicyType } from './policyTypes';

/** A policy as the service is to have it. */
export interface WantedPolicy {
  readonly type: PolicyType;
  /** As in a plan: `Build validation 'ci'`. */
  readonly title: string;
  /** What it means for a pull request, in a sentence. */
  readonly sentence: string;
  readonly isBlocking: boolean;
  /** Without the scope. */
  readonly settings: JsonMap;
  readonly key: string;
}

/** The ids of what a document names. */
export interface References {
  /** Without an id where it is going to be created. */
  readonly pipelineAt: (path: DocumentPath) => NamedPipeline;
  /** Words instead of an id where it is going to be created. */
  readonly identityAt: (path: DocumentPath) => { readonly id: string };
}

interface NamedPipeline {
  readonly id: number | undefined;
  readonly name: string;
}

/** The policies that a document describes. */
export function wantedPolicies(policies: BranchPolicies, references: References): readonly WantedPolicy[] {
  const { minimumReviewers, linkedWorkItems, commentResolution, mergeTypes } = policies;
  const { buildValidation = [], statusChecks = [], automaticallyIncludedReviewers = [] } = policies;
  return [
    ...(minimumReviewers ? [minimumReviewersPolicy(minimumReviewers)] : []),
    ...(linkedWorkItems ? [linkedWorkItemsPolicy(linkedWorkItems)] : []),
    ...(commentResolution ? [commentResolutionPolicy(commentResolution)] : []),
    ...(mergeTypes ? [mergeTypesPolicy(mergeTypes)] : []),
    ...buildValidation.map((build, index) =>
      buildPolicy(build, references.pipelineAt(['buildValidation', index, 'buildPipeline'])),
    ),
    ...statusChecks.map((status, index) => {
      const path = ['statusChecks', index, 'authorizedAccount'];
      return statusPolicy(status, status.authorizedAccount === undefined ? null : references.identityAt(path).id);
    }),
    ...automaticallyIncludedReviewers.map((included, index) => {
      const ids = included.reviewers.map(
        (_, at) => references.identityAt(['automaticallyIncludedReviewers', index, 'reviewers', at]).id,
      );
      return reviewersPolicy(included, ids);
    }),
  ];
}

type PolicyParts = Pick<WantedPolicy, 'isBlocking' | 'settings' | 'sentence'> & { readonly of?: string };

function policy(type: PolicyType, { of, ...parts }: PolicyParts): WantedPolicy {
  const title = of === undefined ? type.title : `${type.title} '${of}'`;
  return { type, title, ...parts, key: policyKey(type.id, parts.settings) };
}

const onPush = {
  keepVotes: 'votes are kept when new changes are pushed',
  requireApprovalOnEveryIteration: 'every iteration needs at least one approval',
  requireApprovalOnLastIteration: 'the last iteration needs at least one approval',
  resetApprovalVotes: 'approvals are reset when new changes are pushed, votes to wait or reject are not',
  resetAllVotes: 'all votes are reset when new changes are pushed',
};

function minimumReviewersPolicy(wanted: MinimumReviewers): WantedPolicy {
  const { minimumNumberOfReviewers: count, whenNewChangesArePushed: push = 'keepVotes' } = wanted;
  const creatorVoteCounts = wanted.allowRequestorsToApproveTheirOwnChanges ?? false;
  const blockLastPusherVote = wanted.prohibitMostRecentPusherFromApproving ?? false;
  const allowDownvotes = wanted.allowCompletionWithVotesToWaitOrReject ?? false;
  const approvals = count === 1 ? 'the approval of one reviewer' : `the approvals of ${count} reviewers`;
  const sentence = [
    `A pull request needs ${approvals}${creatorVoteCounts ? ', the requestor included' : ' other than its requestor'}`,
    blockLastPusherVote ? 'the approval of the most recent pusher does not apply' : '',
    allowDownvotes ? 'it can be completed despite votes to wait or reject' : 'a vote to wait or reject blocks it',
    onPush[push],
  ];
  return policy(policyTypes.minimumReviewers, {
    isBlocking: true,
    sentence: `${sentence.filter((part) => part !== '').join('; ')}.`,
    settings: {
      minimumApproverCount: count,
      creatorVoteCounts,
      allowDownvotes,
      // The one is a part of the other (resetRejectionsOnSourcePush in the provider of terraform).
      resetOnSourcePush: push === 'resetApprovalVotes' || push === 'resetAllVotes',
      resetRejectionsOnSourcePush: push === 'resetAllVotes',
      requireVoteOnLastIteration: push === 'requireApprovalOnLastIteration',
      requireVoteOnEachIteration: push === 'requireApprovalOnEveryIteration',
      blockLastPusherVote,
    },
  });
}

function linkedWorkItemsPolicy(requirement: Requirement): WantedPolicy {
  return policy(policyTypes.linkedWorkItems, {
    isBlocking: requirement === 'required',
    sentence:
      requirement === 'required'
        ? 'A pull request must be linked to a work item.'
        : 'A pull request without a linked work item shows a warning.',
    settings: {},
  });
}

function commentResolutionPolicy(requirement: Requirement): WantedPolicy {
  return policy(policyTypes.commentResolution, {
    isBlocking: requirement === 'required',
    sentence:
      requirement === 'required'
        ? 'All comments of a pull request must be resolved.'
        : 'A pull request with active comments shows a warning.',
    settings: {},
  });
}

const mergeWords: Readonly<Record<MergeType, string>> = {
  basicMerge: 'basic merge (no fast-forward)',
  rebaseAndFastForward: 'rebase and fast-forward',
  squashMerge: 'squash merge',
  rebaseWithMergeCommit: 'rebase with merge commit',
};

function mergeTypesPolicy(allowed: readonly MergeType[]): WantedPolicy {
  return policy(policyTypes.mergeTypes, {
    isBlocking: true,
    sentence: `A pull request can be completed by: ${allowed.map((type) => mergeWords[type]).join(', ')}.`,
    settings: {
      allowNoFastForward: allowed.includes('basicMerge'),
      allowRebase: allowed.includes('rebaseAndFastForward'),
      allowSquash: allowed.includes('squashMerge'),
      allowRebaseMerge: allowed.includes('rebaseWithMergeCommit'),
    },
  });
}

/** The form of the page of branch policies begins with it. */
const defaultHours = 12;

function buildPolicy(wanted: BuildValidation, pipeline: NamedPipeline): WantedPolicy {
  const { displayName, trigger = 'automatic', policyRequirement = 'required', pathFilter = [] } = wanted;
  const { buildExpiration: expiration = defaultHours } = wanted;
  const expires = {
    immediately: 'it expires as soon as the branch is updated',
    never: 'it does not expire',
  };
  return policy(policyTypes.buildValidation, {
    of: displayName ?? pipeline.name,
    isBlocking: policyRequirement === 'required',
    sentence: [
      `The pipeline '${pipeline.name}' (${pipeline.id ?? 'to be created'}) ${trigger === 'automatic' ? 'is queued' : 'can be queued by hand'} for a pull request${ofPaths(pathFilter)}`,
      policyRequirement === 'required' ? 'it must succeed' : 'it may fail',
      `${typeof expiration === 'number' ? `it expires ${expiration} h after the branch was updated` : expires[expiration]}.`,
    ].join('; '),
    settings: {
      // No pipeline has this id: the policy of one that is going to be created is a new one.
      buildDefinitionId: pipeline.id ?? 0,
      ...(displayName !== undefined && { displayName }),
      manualQueueOnly: trigger === 'manual',
      queueOnSourceUpdateOnly: expiration !== 'immediately',
      // In minutes; 0 is without an end.
      validDuration: typeof expiration === 'number' ? expiration * 60 : 0,
      filenamePatterns: pathFilter,
    },
  });
}

function statusPolicy(wanted: StatusCheck, authorId: string | null): WantedPolicy {
  const { statusName, statusGenre = '', policyRequirement = 'required', pathFilter = [] } = wanted;
  const { policyApplicability = 'applyByDefault', defaultDisplayName = '', authorizedAccount } = wanted;
  const isReset = wanted.resetStatusWheneverThereAreNewChanges ?? false;
  const name = statusGenre === '' ? statusName : `${statusGenre}/${statusName}`;
  return policy(policyTypes.statusChecks, {
    of: name,
    isBlocking: policyRequirement === 'required',
    sentence: [
      `The status '${name}'${authorizedAccount === undefined ? '' : ` of ${authorizedAccount}`} ${policyRequirement === 'required' ? 'must' : 'should'} be succeeded on a pull request${ofPaths(pathFilter)}`,
      ...(policyApplicability === 'conditional' ? ['only once it has been posted'] : []),
      `${isReset ? 'new changes reset it' : 'new changes keep it'}.`,
    ].join('; '),
    settings: {
      statusName,
      statusGenre,
      authorId,
      defaultDisplayName,
      invalidateOnSourceUpdate: isReset,
      policyApplicability: policyApplicability === 'conditional' ? 1 : null,
      filenamePatterns: pathFilter,
    },
  });
}

function reviewersPolicy(wanted: IncludedReviewers, ids: readonly string[]): WantedPolicy {
  const { reviewers, policyRequirement = 'required', pathFilter = [], activityFeedMessage: message = '' } = wanted;
  const { minimumNumberOfReviewers: minimum = 1, allowRequestorsToApproveTheirOwnChanges: own = false } = wanted;
  const isRequired = policyRequirement === 'required';
  return policy(policyTypes.automaticallyIncludedReviewers, {
    of: reviewers.join(', '),
    isBlocking: isRequired,
    sentence: [
      `${reviewers.join(', ')} ${reviewers.length === 1 ? 'is' : 'are'} added to a pull request${ofPaths(pathFilter)}`,
      isRequired ? `${minimum === 1 ? 'an approval' : `${minimum} approvals`} of each is required` : 'as optional',
      `${own ? 'requestors can approve their own changes' : 'requestors cannot approve their own changes'}.`,
    ].join('; '),
    settings: {
      requiredReviewerIds: ids.map((id) => id.toLowerCase()),
      ...(isRequired && reviewers.length === 1 && { minimumApproverCount: minimum }),
      creatorVoteCounts: own,
      addedFilesOnly: false,
      filenamePatterns: pathFilter,
      message,
    },
  });
}

function ofPaths(pathFilter: readonly string[]): string {
  return pathFilter.length === 0 ? '' : ` that changes ${pathFilter.join('; ')}`;
}
