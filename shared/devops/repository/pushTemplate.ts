import type { Context } from '../../agent/context';
import type { Repository } from '../api/git';
import type { Devops } from '../devops';
import { noObject, treeObjects, type TreeFile } from './git/objects';
import { pushCommit } from './pushCommit';

/**
 * Pushes files as the first commit of an empty repository, all or nothing. Throws an OvertakenError if the repository is not
 * empty any more.
 */
export async function pushTemplate(
  devops: Devops,
  repository: Pick<Repository, 'name' | 'project'>,
  { ref, files, message }: { readonly ref: string; readonly files: readonly TreeFile[]; readonly message: string },
  context: Context,
): Promise<void> {
  const objects = treeObjects(files);
  await pushCommit(
    devops,
    repository,
    {
      ref,
      oldId: noObject,
      objects,
      commit: { tree: objects.at(-1)?.id ?? '', message },
      isOvertaken: (refs) => [...refs.keys()].some((name) => name.startsWith('refs/heads/')),
      what: `${files.length} files, with the record of the template,`,
    },
    context,
  );
}
