import type { Devops } from '../devops';
import type { BitName } from '../permissions/namespaces';
import { describeMissing, missingPermissions, needed } from '../permissions/requirePermissions';
import { tokens } from '../permissions/tokens';

/** What permissions are for: all repositories of a project, one of them, or one of its branches. */
export interface GitScope {
  readonly projectId: string;
  readonly repositoryId?: string;
  /** `refs/heads/main`. */
  readonly refName?: string;
  /** As in a sentence: `the repository 'churn'`. */
  readonly name: string;
}

/** What the caller lacks of these permissions, in words that say what to grant to whom; undefined when it has all of them. */
export async function lackOfPermissions(
  devops: Devops,
  { projectId, repositoryId, refName, name }: GitScope,
  permissions: readonly BitName<'git'>[],
): Promise<string | undefined> {
  const token = tokens.git(projectId, repositoryId, refName);
  const missing = await missingPermissions(
    devops,
    permissions.map((permission) => needed('git', permission, token, name)),
  );
  return missing.length === 0 ? undefined : describeMissing(devops, missing);
}
