import { errorAt, type Finding } from '../../finding';
import type { Json } from '../../json';
import { documentSchema, type JsonSchema } from '../documentSchema';
import schema from './branch_policies.schema.json';

export type Requirement = 'required' | 'optional';

export interface MinimumReviewers {
  readonly minimumNumberOfReviewers: number;
  readonly allowRequestorsToApproveTheirOwnChanges?: boolean;
  readonly prohibitMostRecentPusherFromApproving?: boolean;
  readonly allowCompletionWithVotesToWaitOrReject?: boolean;
  readonly whenNewChangesArePushed?:
    | 'keepVotes'
    | 'requireApprovalOnEveryIteration'
    | 'requireApprovalOnLastIteration'
    | 'resetApprovalVotes'
    | 'resetAllVotes';
}

export interface BuildValidation {
  /** A name, a path, or an id. */
  readonly buildPipeline: string | number;
  readonly displayName?: string;
  readonly trigger?: 'automatic' | 'manual';
  readonly policyRequirement?: Requirement;
  /** Or hours. */
  readonly buildExpiration?: 'immediately' | 'never' | number;
  readonly pathFilter?: readonly string[];
}

export interface StatusCheck {
  readonly statusName: string;
  readonly statusGenre?: string;
  readonly policyRequirement?: Requirement;
  readonly authorizedAccount?: string;
  readonly resetStatusWheneverThereAreNewChanges?: boolean;
  readonly policyApplicability?: 'applyByDefault' | 'conditional';
  readonly defaultDisplayName?: string;
  readonly pathFilter?: readonly string[];
}

export interface IncludedReviewers {
  readonly reviewers: readonly string[];
  readonly policyRequirement?: Requirement;
  readonly minimumNumberOfReviewers?: number;
  readonly allowRequestorsToApproveTheirOwnChanges?: boolean;
  readonly pathFilter?: readonly string[];
  readonly activityFeedMessage?: string;
}

export type MergeType = 'basicMerge' | 'rebaseAndFastForward' | 'squashMerge' | 'rebaseWithMergeCommit';

/** The policies that a branch is to have, named as on the page of branch policies. */
export interface BranchPolicies {
  readonly minimumReviewers?: MinimumReviewers;
  readonly linkedWorkItems?: Requirement;
  readonly commentResolution?: Requirement;
  readonly mergeTypes?: readonly MergeType[];
  readonly buildValidation?: readonly BuildValidation[];
  readonly statusChecks?: readonly StatusCheck[];
  readonly automaticallyIncludedReviewers?: readonly IncludedReviewers[];
}

const written = documentSchema('document of branch policies', schema as JsonSchema);

/** The kind of document that holds BranchPolicies. */
export const policySchema = {
  ...written,
  check(document: Json): readonly Finding[] {
    const found = written.check(document);
    return found.length > 0 ? found : ruleFindings(document as unknown as BranchPolicies);
  },
};

/** What no schema can say. */
function ruleFindings(policies: BranchPolicies): readonly Finding[] {
  const { buildValidation = [], statusChecks = [], automaticallyIncludedReviewers: included = [] } = policies;
  return [
    ...repeated('buildValidation', buildValidation, ({ buildPipeline }) => [buildPipeline], 'buildPipeline'),
    ...repeated(
      'statusChecks',
      statusChecks,
      ({ statusName, statusGenre = '', authorizedAccount = '' }) => [statusName, statusGenre, authorizedAccount],
      'statusName, statusGenre and authorizedAccount',
    ),
    ...repeated(
      'automaticallyIncludedReviewers',
      included,
      ({ pathFilter = [], activityFeedMessage = '' }) => [...pathFilter, '', activityFeedMessage],
      'pathFilter and activityFeedMessage',
    ),
    ...included.flatMap((each, index) => {
      const { reviewers, policyRequirement, minimumNumberOfReviewers: minimum } = each;
      const path = ['automaticallyIncludedReviewers', index, 'minimumNumberOfReviewers'];
      if (minimum === undefined) return [];
      if (policyRequirement === 'optional') return [errorAt(path, 'applies only to reviewers that are required.')];
      return reviewers.length > 1 && minimum > 1 ? [errorAt(path, 'can be more than 1 only for one team.')] : [];
    }),
  ];
}

/** The service knows policies of one kind apart by these values alone: two entries would be the same policy. */
function repeated<Entry>(
  name: string,
  entries: readonly Entry[],
  keyOf: (entry: Entry) => readonly (string | number)[],
  fields: string,
): readonly Finding[] {
  const keys = entries.map((entry) => keyOf(entry).map(String).join('\n').toLowerCase());
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    return first === index ? [] : [errorAt([name, index], `has the same ${fields} as ${name}[${first}].`)];
  });
}
