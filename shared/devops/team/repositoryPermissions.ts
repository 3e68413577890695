import type { BitName } from '../permissions/namespaces';

/** The permissions of a Git repository, by the words of the Security page of Azure Repos. */
export const repositoryPermissions = {
  read: 'GenericRead',
  contribute: 'GenericContribute',
  forcePush: 'ForcePush',
  createBranch: 'CreateBranch',
  createTag: 'CreateTag',
  manageNotes: 'ManageNote',
  bypassPoliciesWhenPushing: 'PolicyExempt',
  deleteOrDisableRepository: 'DeleteRepository',
  renameRepository: 'RenameRepository',
  editPolicies: 'EditPolicies',
  removeOthersLocks: 'RemoveOthersLocks',
  managePermissions: 'ManagePermissions',
  contributeToPullRequests: 'PullRequestContribute',
  bypassPoliciesWhenCompletingPullRequests: 'PullRequestBypassPolicy',
} as const satisfies Readonly<Record<string, BitName<'git'>>>;

export type RepositoryPermission = keyof typeof repositoryPermissions;
