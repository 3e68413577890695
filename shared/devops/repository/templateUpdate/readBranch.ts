import { TaskError } from '../../../errors';
import type { Repository } from '../../api/git';
import { isAbsentOrNotPermitted } from '../../api/refusal';
import type { Devops } from '../../devops';
import { treesOf, type TreeEntry } from '../git/objects';
import { readBlob } from '../git/readBlob';
import { markerPath, readMarker, type Marker } from '../marker';

/** A branch with all its files. */
export interface BranchState {
  /** `refs/heads/main`. */
  readonly ref: string;
  /** The id of its newest commit. */
  readonly tip: string;
  /** Without the marker. */
  readonly files: ReadonlyMap<string, TreeEntry>;
  /** Undefined where the branch has no record of a template. */
  readonly marker: Marker | undefined;
}

/** Reads a branch; undefined when there is none. Throws a TaskError if the listing of its files is not complete. */
export async function readBranch(
  devops: Devops,
  repository: Pick<Repository, 'id' | 'name' | 'project'>,
  ref: string,
): Promise<BranchState | undefined> {
  const { id, name, project } = repository;
  const branch = await devops.git.branch(project.id, id, ref);
  if (!branch) return undefined;
  const { treeId } = await devops.git.commit(project.id, id, branch.objectId);
  const items = await devops.git.tree(project.id, id, treeId);
  const files = new Map<string, TreeEntry>();
  for (const { gitObjectType, relativePath, mode, objectId } of items)
    if (gitObjectType !== 'tree') files.set(relativePath, { mode, id: objectId });
  // The ids of git say whether anything is missing: an incomplete list would delete files.
  if (treesOf(files).at(-1)?.id !== treeId)
    throw new TaskError(
      `The list of the files of ${ref} in the repository '${name}' is not complete. Run this step again.`,
    );
  const own = files.get(markerPath);
  files.delete(markerPath);
  const marker = own && readMarker(await readBlob(devops, repository, own.id));
  return { ref, tip: branch.objectId, files, marker };
}

/** The content of a file by its id; undefined when the repository does not have it any more. */
export async function readContent(
  devops: Devops,
  repository: Pick<Repository, 'id' | 'name' | 'project'>,
  objectId: string,
): Promise<Uint8Array | undefined> {
  try {
    return await readBlob(devops, repository, objectId);
  } catch (error) {
    if (isAbsentOrNotPermitted(error)) return undefined;
    throw error;
  }
}
