import type { PullRequestStatus } from './gitRequests';
import type { FileState } from './fileState';

/** The texts of the tab Repository and of pull requests. */
export const repositoryMessages = {
  // Pull requests
  defaultComment: 'Update model variables',
  pullRequestTitle: (model: string, title: string) => `${model}: ${title === '' ? 'Update model variables' : title}`,
  pullRequestDescription: (model: string, rest: string) =>
    `${rest === '' ? '' : `${rest}\n\n`}The values are those of the model ${model} on the page Models.`,
  noLinkForPullRequest:
    'The model is not linked to a file of a repository. Select the file in the tab Repository, and open the pull request again.',
  fileNotText: (path: string) => `The file ${path} is not text in UTF-8. Change it in the repository.`,
  nothingToPropose: (branch: string) =>
    `The file on the branch ${branch} already has these values. There is nothing to propose.`,
  noBranch: (branch: string, repository: string) =>
    `The branch ${branch} does not exist in the repository ${repository}. Select another branch in the tab Repository.`,
  tooManyBranches: (model: string, rev: number) =>
    `There are too many branches with the name model-variables/${model}-r${rev}. Delete those that are not in use.`,
  cannotCombine: (problem: string) => `The values cannot be set in the file. ${problem}`,
  statuses: { active: 'Open', completed: 'Completed', abandoned: 'Abandoned' } satisfies Record<
    PullRequestStatus,
    string
  >,

  // The state of the file
  states: {
    same: 'The hub and the file have the same values.',
    hubNewer: 'The hub has newer values than the file.',
    repositoryNewer: 'The file has newer values than the hub.',
    bothNewer: 'The hub and the file have both been changed.',
    unrelated: 'The hub and the file have different values, and were never the same.',
    hubUnreadable: 'The text in the hub is not a variable file. Correct it in the tab File.',
    fileUnreadable: 'The file is not a variable file.',
  } satisfies Record<FileState, string>,
};
