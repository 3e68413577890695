import type { OrganizationState } from '../../organizationState';
import { identityReference } from '../../policy/identityReference';
import { projectReference } from '../../projects/projectViews';
import { type Signature, signatureDate } from '../objects/commit';
import type { Push, Repository } from '../repositories/repository';

/** As lists and other resources show a repository. */
export function repositoryReference(organization: OrganizationState, repository: Repository): Record<string, unknown> {
  const { id, name, defaultBranch, isDisabled, objects } = repository;
  const project = projectOf(organization, repository);
  const web = webUrl(organization, repository);
  return {
    id,
    name,
    url: repositoryUrl(organization, repository),
    project: projectReference(organization, project),
    ...(defaultBranch !== undefined && { defaultBranch }),
    size: objects.bytes,
    // The service puts the organisation in front as the user.
    remoteUrl: web.replace('://', `://${encodeURIComponent(organization.name)}@`),
    sshUrl: sshUrl(organization, repository),
    webUrl: web,
    isDisabled,
    isInMaintenance: false,
  };
}

/** As a read of one repository shows it. */
export function repositoryView(organization: OrganizationState, repository: Repository): Record<string, unknown> {
  const self = repositoryUrl(organization, repository);
  const { isDisabled, isInMaintenance, ...reference } = repositoryReference(organization, repository);
  return {
    ...reference,
    _links: {
      self: { href: self },
      project: { href: `vstfs:///Classification/TeamProject/${repository.projectId}` },
      web: { href: webUrl(organization, repository) },
      ssh: { href: sshUrl(organization, repository) },
      commits: { href: `${self}/commits` },
      refs: { href: `${self}/refs` },
      pullRequests: { href: `${self}/pullRequests` },
      items: { href: `${self}/items` },
      pushes: { href: `${self}/pushes` },
    },
    isDisabled,
    isInMaintenance,
  };
}

export function projectOf(organization: OrganizationState, { projectId }: Repository) {
  const project = organization.projects.find(projectId);
  if (!project) throw new Error(`There is no project ${projectId}.`);
  return project;
}

export const repositoryUrl = (organization: OrganizationState, { projectId, id }: Repository) =>
  organization.url(`${projectId}/_apis/git/repositories/${id}`);

export const webUrl = (organization: OrganizationState, repository: Repository) =>
  organization.url(
    `${encodeURIComponent(projectOf(organization, repository).name)}/_git/${encodeURIComponent(repository.name)}`,
  );

const sshUrl = (organization: OrganizationState, repository: Repository) =>
  `git@ssh.dev.azure.com:v3/${[organization.name, projectOf(organization, repository).name, repository.name].map(encodeURIComponent).join('/')}`;

export const commitUrl = (organization: OrganizationState, repository: Repository, oid: string) =>
  `${repositoryUrl(organization, repository)}/commits/${oid}`;

/** A commit as other resources show it. */
export function commitReference(organization: OrganizationState, repository: Repository, oid: string) {
  const { author, committer, message } = repository.objects.readCommit(oid);
  return {
    commitId: oid,
    author: signatureView(author),
    committer: signatureView(committer),
    comment: message.replace(/\n$/, ''),
    url: commitUrl(organization, repository, oid),
  };
}

/** A commit as lists show it. */
export const listedCommit = (organization: OrganizationState, repository: Repository, oid: string) => ({
  ...commitReference(organization, repository, oid),
  remoteUrl: commitWebUrl(organization, repository, oid),
});

const commitWebUrl = (organization: OrganizationState, repository: Repository, oid: string) =>
  `${webUrl(organization, repository)}/commit/${oid}`;

const signatureView = (signature: Signature) => ({
  name: signature.name,
  email: signature.email,
  date: signatureDate(signature),
});

/** A commit as a read of one shows it. */
export function commitView(organization: OrganizationState, repository: Repository, oid: string) {
  const { tree, parents } = repository.objects.readCommit(oid);
  const self = commitUrl(organization, repository, oid);
  const push = repository.pushes.find(({ refUpdates }) => refUpdates.some(({ newObjectId }) => newObjectId === oid));
  return {
    treeId: tree,
    ...(push && { push: pushReference(organization, push) }),
    ...listedCommit(organization, repository, oid),
    parents,
    _links: {
      self: { href: self },
      repository: { href: repositoryUrl(organization, repository) },
      web: { href: commitWebUrl(organization, repository, oid) },
      changes: { href: `${self}/changes` },
      tree: { href: `${repositoryUrl(organization, repository)}/trees/${tree}` },
    },
  };
}

export const pushReference = (organization: OrganizationState, { id, date, pushedById }: Push) => ({
  pushedBy: identityReference(organization, pushedById),
  pushId: id,
  date: organization.time(date),
});
