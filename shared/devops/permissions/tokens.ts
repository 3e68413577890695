/**
 * What a permission is about: a token for each namespace, from the whole project down to one object, which inherits.
 * Sources: https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference, and the tokens that
 * microsoft/terraform-provider-azuredevops writes (`azuredevops/internal/service/permissions`).
 */
export const tokens = {
  project: (projectId: string): string => `$PROJECT:vstfs:///Classification/TeamProject/${projectId}`,

  /** A project, a repository, or a branch (`refs/heads/main`) of it. */
  git(projectId: string, repositoryId?: string, refName?: string): string {
    const repository = repositoryId === undefined ? '' : `/${repositoryId}`;
    return `repoV2/${projectId}${repository}${refName === undefined ? '' : `/${refToken(refName)}`}`;
  },

  /** A project, a folder (`\models\m1`), or a pipeline in it. */
  build(projectId: string, folder = '\\', definitionId?: number): string {
    const folders = folder.split('\\').filter((name) => name !== '');
    return [projectId, ...folders, ...(definitionId === undefined ? [] : [definitionId])].join('/');
  },

  library: (projectId: string, variableGroupId?: number): string =>
    `Library/${projectId}${variableGroupId === undefined ? '' : `/VariableGroup/${variableGroupId}`}`,

  environment: (projectId: string, environmentId?: number): string =>
    `Environments/${projectId}${environmentId === undefined ? '' : `/${environmentId}`}`,

  serviceEndpoints: (projectId: string, endpointId?: string): string =>
    `endpoints/${projectId}${endpointId === undefined ? '' : `/${endpointId}`}`,

  /** A project, or a team of it. */
  identity: (projectId: string, teamId?: string): string =>
    teamId === undefined ? projectId : `${projectId}\\${teamId}`,

  /** An area, by the identifiers of the areas from the root to it. */
  areas: (...identifiers: readonly string[]): string =>
    identifiers.map((identifier) => `vstfs:///Classification/Node/${identifier}`).join(':'),
} as const;

/** Branch names are compared by case: each part after `refs/heads` is the hexadecimal form of its UTF-16LE bytes. */
function refToken(refName: string): string {
  const [refs = '', kind = '', ...names] = refName.split('/');
  return [refs, kind, ...names.map((name) => Buffer.from(name, 'utf16le').toString('hex'))].join('/');
}
