/** The security namespace "Git Repositories". */
export const gitNamespace = '2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87';

/** Its bits, by the names that TF401027 uses. */
export const gitBits = {
  Administer: 1,
  GenericRead: 2,
  GenericContribute: 4,
  ForcePush: 8,
  CreateBranch: 16,
  CreateTag: 32,
  ManageNote: 64,
  PolicyExempt: 128,
  CreateRepository: 256,
  DeleteRepository: 512,
  RenameRepository: 1024,
  EditPolicies: 2048,
  RemoveOthersLocks: 4096,
  ManagePermissions: 8192,
  PullRequestContribute: 16_384,
  PullRequestBypassPolicy: 32_768,
} as const;

export type GitPermission = keyof typeof gitBits;

/**
 * The security token of a project, a repository or a branch: each segment of the branch as hexadecimal UTF-16LE
 * (terraform-provider-azuredevops, utils/securityhelper).
 */
export function gitToken(projectId: string, repositoryId?: string, refName?: string): string {
  const repository = repositoryId === undefined ? '' : `/${repositoryId}`;
  const [, kind = '', rest = ''] = /^refs\/([^/]+)\/(.+)$/.exec(refName ?? '') ?? [];
  const ref = rest && `/refs/${kind}/${rest.split('/').map(hexName).join('/')}`;
  return `repoV2/${projectId}${repository}${ref}`;
}

const hexName = (segment: string) => Buffer.from(segment, 'utf16le').toString('hex');
