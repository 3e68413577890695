import { exception, type OrganizationError } from '../../organizationError';

const gitServer = 'Microsoft.TeamFoundation.Git.Server';

export const repositoryNotFound = (nameOrId: string): OrganizationError =>
  exception(
    404,
    `${gitServer}.GitRepositoryNotFoundException`,
    `TF401019: The Git repository with name or identifier ${nameOrId} does not exist or you do not have permissions for the operation you are attempting.`,
  );

export const nameTaken = (name: string) =>
  exception(
    409,
    `${gitServer}.GitRepositoryNameAlreadyExistsException`,
    `TF400948: A Git repository with the name ${name} already exists.`,
  );

export const staleReference = (ref: string) =>
  exception(
    409,
    `${gitServer}.GitReferenceStaleException`,
    `TF401028: The reference '${ref}' has already been updated by another client, so you cannot update it. Please try again.`,
  );

/** A branch that needs a pull request, unless another policy says why. */
export const rejectedByPolicy = (message = blockedByPolicyText) =>
  exception(403, `${gitServer}.GitRefUpdateRejectedByPolicyException`, message);

export const blockedByPolicyText =
  'TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.';

/** The status is from memory; the text from terraform-provider-azuredevops issue 1260. */
export const refNotFound = (ref: string, nameOrId: string) =>
  exception(
    404,
    `${gitServer}.GitRefNotFoundException`,
    `TF401020: The Git ref with name ${ref} does not exist in the repository with name or identifier ${nameOrId}.`,
  );

export const itemNotFound = (path: string, repository: string, version: string, commit: string) =>
  exception(
    404,
    `${gitServer}.GitItemNotFoundException`,
    `TF401174: The item '${path}' could not be found in the repository '${repository}' at the version specified by '${version}' (resolved to commit '${commit}')`,
  );

/** For a branch, tag or commit that a request names. */
export const versionNotFound = (version: string) =>
  exception(
    404,
    `${gitServer}.GitUnresolvableToCommitException`,
    `TF401175: The version descriptor <${version} > could not be resolved to a version in the repository.`,
  );

export const objectNotFound = (oid: string, repository: string) =>
  exception(
    404,
    `${gitServer}.GitObjectDoesNotExistException`,
    `TF401035: The object '${oid}' does not exist in repository '${repository}'.`,
  );

/** What else can be wrong with a push; the service documents no texts. */
export const pushInvalid = (message: string) => exception(400, `${gitServer}.InvalidArgumentValueException`, message);

export const changeConflict = (message: string) => exception(409, `${gitServer}.GitObjectRejectedException`, message);

/** As reported in paklo issue 2069. */
export const pushTooLarge = () =>
  exception(
    400,
    'Microsoft.TeamFoundation.SourceControl.WebServer.InvalidArgumentValueException',
    'The maximum request size of 26214400 bytes was exceeded.\r\nParameter name: contentStream',
    { eventId: 0 },
  );

export const importNotPossible = (message: string) =>
  exception(400, `${gitServer}.GitImportForbiddenOnNonEmptyRepository`, message);

export const importNotFound = (id: string) =>
  exception(404, `${gitServer}.GitImportRequestNotFoundException`, `The import request ${id} was not found.`);

export const pullRequestNotFound = () =>
  exception(404, `${gitServer}.GitPullRequestNotFoundException`, 'TF401180: The requested pull request was not found.');

export const pullRequestExists = () =>
  exception(
    409,
    `${gitServer}.GitPullRequestExistsException`,
    'TF401179: An active pull request for the source and target branch already exists.',
  );

export const pullRequestNotPossible = () =>
  exception(
    400,
    `${gitServer}.GitPullRequestCannotBeActivated`,
    'TF401398: The pull request cannot be activated because the source and/or the target branch no longer exists, or the requested number of reviewers is too large.',
  );

export const pullRequestNotEditable = () =>
  exception(
    400,
    `${gitServer}.GitPullRequestNotEditableException`,
    'TF401181: The pull request cannot be edited due to its state.',
  );

/** The source branch has commits that whoever completes the pull request has not seen. */
export const pullRequestStale = () =>
  exception(
    409,
    `${gitServer}.GitPullRequestStaleException`,
    'TF401192: The source branch has been modified since the last merge attempt.',
  );

/** The number is from memory. */
export const repositoryNameInvalid = (name: string) =>
  exception(
    400,
    `${gitServer}.InvalidGitRepositoryNameException`,
    `TF401025: '${name}' is not a valid name for a Git repository.`,
  );

/** There is nothing that a version could name. */
export const repositoryEmpty = (name: string) =>
  exception(
    404,
    `${gitServer}.GitRepositoryEmptyException`,
    `VS403403: Cannot find any branches for the ${name} repository.`,
  );
