import { percentDecoded } from '../../../shared/percentDecoded';

/** Where a Git repository of Azure DevOps is. */
export interface RepositoryPlace {
  /** The organization, without a slash at its end. */
  readonly url: string;
  readonly project: string;
}

/** A path of the forms that clone URLs have; the repository that has the name of its project may be alone. */
const inProject = /^\/?(?:DefaultCollection\/)?(?:([^/]+)\/)?_(?:git|ssh)\/(?:_(?:full|optimized)\/)?([^/?#]+)\/?$/i;

/**
 * Reads the URL of a Git remote: https and SSH, of `dev.azure.com` and `visualstudio.com`
 * (https://learn.microsoft.com/azure/devops/repos/git/use-ssh-keys-to-authenticate). Undefined for other servers. What it
 * contains as a user name or password is not used.
 */
export function repositoryOf(remote: string): RepositoryPlace | undefined {
  const [, user = '', host = '', path = ''] =
    /^(?:https?|ssh):\/\/(?:([^@/]*)@)?([^/:]+)(?::\d+)?\/(.*)$/i.exec(remote.trim()) ??
    /^(?:([^@/:]+)@)?([^/:@]+):(?!\/\/)\/?(.*)$/.exec(remote.trim()) ??
    [];
  const server = host.toLowerCase();
  const [, organization, project] = /^v3\/([^/]+)\/([^/]+)\/[^/]+\/?$/.exec(path) ?? [];
  if (server === 'ssh.dev.azure.com') return placeOf(organization, project);
  if (server === 'vs-ssh.visualstudio.com' && organization !== undefined) return placeOf(organization, project);
  if (server === 'dev.azure.com') {
    const [, name, rest = ''] = /^([^/]+)\/(.*)$/.exec(path) ?? [];
    return placeOf(name, projectIn(rest));
  }
  if (server === 'vs-ssh.visualstudio.com') return placeOf(user.split(':')[0], projectIn(path));
  const [, older] = /^([\w-]+)\.visualstudio\.com$/.exec(server) ?? [];
  return placeOf(older, projectIn(path));
}

function projectIn(path: string): string | undefined {
  const [, project, repository] = inProject.exec(path) ?? [];
  return project ?? repository;
}

function placeOf(organization: string | undefined, project: string | undefined): RepositoryPlace | undefined {
  if (!organization || !project) return undefined;
  return { url: `https://dev.azure.com/${organization}`, project: percentDecoded(project) };
}
