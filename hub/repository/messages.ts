import type { PullRequestStatus } from './git/pullRequest';
import type { FileState } from './state/fileState';

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
  absent: (branch: string) =>
    `The branch ${branch} does not have this file. A pull request can add it, with the text of the model.`,
  file: 'File in the repository',
  place: (repository: string, branch: string) => `${repository}, branch ${branch}`,
  newestCommit: (commit: string, author: string) => `Newest commit: ${commit.slice(0, 8)} by ${author},`,
  lastTogether: (rev: number, commit: string) =>
    `They last had the same values with revision ${rev} and commit ${commit.slice(0, 8)},`,
  draftNotProposed: 'Your changes that are not saved are not part of a pull request. Save them first.',
  change: 'Change file',
  readAgain: 'Refresh',
  notReadAgain: 'The file could not be read again. What is shown here was read earlier.',

  // The link
  notLinked: 'This model is not linked to a file',
  notLinkedHelp:
    'Link it to the model_variables.yml of its repository to compare both, to take over values, and to open pull requests.',
  selectFile: 'Select a file',
  linkedTo: (path: string, branch: string) => `The model is linked to ${path} on the branch ${branch}.`,
  linkTitle: 'File of the model',
  linkHelp: 'Select the variable file that the pipelines of this model read.',
  linkFile: 'Link the file',
  unlink: 'Remove the link',
  linkComment: (path: string) => `Link the model to ${path}`,
  unlinkComment: 'Remove the link to the repository',

  // Taking values and opening pull requests
  take: 'Take from repository',
  takeHelp: 'The values become a new revision of the model after you have reviewed them.',
  takeWhole: 'You can review and save the whole text of the file instead; it replaces the text of the model.',
  review: 'Review',
  openPullRequest: 'Open pull request',
  opening: 'Opening the pull request',
  proposeHelp: (path: string, branch: string) => `One commit changes ${path}; the pull request is into ${branch}.`,
  proposeByHand: 'Change the file in the repository.',
  comment: 'Comment',
  commentHelp: 'Why the values change. The first line is the title of the pull request.',
  changesOfFile: 'Changes of the file',
  changesOfModel: 'Changes of the model',
  nothingChanges: 'With these values, nothing changes.',
  opened: (number: number) => `Pull request ${number} was opened.`,
  wasOpen: (number: number) => `Pull request ${number} with these values is open already.`,
  show: 'Show',
  contested: (count: number) =>
    count === 1
      ? 'One value was changed in the hub and in the file. Select which one to use.'
      : `${count} values were changed in the hub and in the file. Select which ones to use.`,
  unrelatedValues: (count: number) =>
    count === 1
      ? 'One value differs, and it is not known which side is newer. Select which one to use.'
      : `${count} values differ, and it is not known which side is newer. Select which ones to use.`,
  allOf: { hub: 'Use all values of the hub', file: 'Use all values of the file' },
  sides: { hub: 'Hub', file: 'File' },
  nameIn: (name: string, environment: string | undefined) =>
    environment === undefined ? name : `${name} in ${environment}`,

  // Pull requests and differences
  pullRequests: 'Pull requests',
  pullRequest: (number: number, title: string) => `${number}: ${title}`,
  openedBy: (status: string, person: string) => `${status}, opened by ${person}`,
  differences: 'Differences',
  variable: 'Variable',
  differencesHelp: 'The text is compared from the file in the repository to the newest revision in the hub.',
  onlyText: 'All values are the same. The texts differ in comments, order or notation.',
};
