import { RestError } from '../../host/host';
import { ExplainedError } from '../../kit/faults/explainedError';

/** What a request was about, for the sentences of its errors. */
export interface RequestSubject {
  /** What the request was for, such as `read the file`. */
  readonly purpose: string;
  /** The name or the id of the repository. */
  readonly repository?: string;
  /** Without `refs/heads/`. */
  readonly branch?: string;
  /** The name of the pipeline. */
  readonly pipeline?: string;
}

/** Whether Azure DevOps refused a request with this kind of error, or with this number where there is no kind. */
export function isRefusedAs(error: unknown, typeKey: string, number: string): error is RestError {
  return error instanceof RestError && (error.typeKey === typeKey || error.message.startsWith(`${number}:`));
}

export const isFileMissing = (error: unknown): boolean => isRefusedAs(error, 'GitItemNotFoundException', 'TF401174');

/** A branch that does not exist, or a repository without any. */
export const isBranchMissing = (error: unknown): boolean =>
  isRefusedAs(error, 'GitUnresolvableToCommitException', 'TF401175') ||
  isRefusedAs(error, 'GitRepositoryEmptyException', 'VS403403');

export const isStaleReference = (error: unknown): boolean =>
  isRefusedAs(error, 'GitReferenceStaleException', 'TF401028');

export const isDuplicate = (error: unknown): boolean => isRefusedAs(error, 'GitPullRequestExistsException', 'TF401179');

/** The permissions of repositories, as the page Project settings > Repositories > Security shows them. */
const gitPermissions: Readonly<Record<string, string>> = {
  GenericRead: 'Read',
  GenericContribute: 'Contribute',
  CreateBranch: 'Create branch',
  PullRequestContribute: 'Contribute to pull requests',
};

/**
 * The error as a sentence that says what happened and what to do. What callers decide by (a missing file, a branch or a pull
 * request that exists) and what is not known stay as they are.
 * Sources of the kinds and numbers: recorded answers of the service, and issues of its clients.
 */
export function explained(error: unknown, subject: RequestSubject): unknown {
  if (!(error instanceof RestError)) return error;
  const sentence = sentenceFor(error, subject);
  return sentence === undefined ? error : new ExplainedError(sentence, { detail: error.message });
}

function sentenceFor(error: RestError, { purpose, repository = '', branch = '', pipeline = '' }: RequestSubject) {
  if (isFileMissing(error) || isStaleReference(error) || isDuplicate(error)) return undefined;
  const { status, message } = error;
  const permission = /Git '(\w+)' permission/.exec(message)?.[1];
  if (isRefusedAs(error, 'GitRefUpdateRejectedByPolicyException', 'TF402455'))
    return `A policy of the repository ${repository} does not permit a push to the branch ${branch}. Ask an administrator of the repository to exclude the branches model-variables/* from the policy.`;
  if (permission !== undefined)
    return `You do not have the permission ${gitPermissions[permission] ?? permission} in the repository ${repository}. An administrator can grant it under Project settings > Repositories > Security.`;
  if (message.startsWith('TF215106:'))
    return `You do not have the permission Queue builds for the pipeline ${pipeline}. An administrator can grant it in the pipeline's menu, under Manage security.`;
  if (isBranchMissing(error))
    return branch === ''
      ? `The repository ${repository} has no branch yet.`
      : `The branch ${branch} does not exist in the repository ${repository}.`;
  if (isRefusedAs(error, 'GitRepositoryNotFoundException', 'TF401019'))
    return `The repository ${repository} does not exist, or you do not have permission to read it.`;
  if (status === 401)
    return `Azure DevOps does not permit this page to ${purpose}. Reload the page; if this does not help, ask an administrator to review the permissions of the extension under Organization settings > Extensions.`;
  if (status === 403) return `You do not have permission to ${purpose}. Ask a project administrator.`;
  if (status === 404) return `Azure DevOps could not ${purpose}: it does not exist, or you do not have permission.`;
  return undefined;
}
