import { fieldsOf, numberIn, optionalTextIn, textIn, type Fields } from './answer';
import { shortName } from './branchName';
import type { Repository } from './repository';

export type PullRequestStatus = 'active' | 'completed' | 'abandoned';

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly status: PullRequestStatus;
  /** Of the source, without `refs/heads/`. */
  readonly branch: string;
  readonly createdBy: string;
  /** ISO 8601. */
  readonly createdOn: string;
  /** The page of the pull request. */
  readonly url: string;
}

/** Undefined for a status that is not known. @throws RestError */
export function pullRequestOf({ webUrl }: Repository, fields: Fields): PullRequest | undefined {
  const status = (['active', 'completed', 'abandoned'] as const).find((each) => each === fields['status']);
  if (status === undefined) return undefined;
  const number = numberIn(fields, 'pullRequestId');
  return {
    number,
    title: textIn(fields, 'title'),
    status,
    branch: shortName(textIn(fields, 'sourceRefName')),
    createdBy: optionalTextIn(fieldsOf(fields['createdBy'], 'author'), 'displayName') ?? '',
    createdOn: textIn(fields, 'creationDate'),
    url: `${webUrl}/pullrequest/${number}`,
  };
}
