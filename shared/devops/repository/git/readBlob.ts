import { TaskError } from '../../../errors';
import type { Repository } from '../../api/git';
import type { Devops } from '../../devops';
import { blobObject } from './objects';

/** The content of a file by its id, which tells a part of it from the whole. Throws a TaskError when it is not the whole. */
export async function readBlob(
  devops: Devops,
  { id, name, project }: Pick<Repository, 'id' | 'name' | 'project'>,
  objectId: string,
): Promise<Uint8Array> {
  const content = await devops.git.blob(project.id, id, objectId);
  if (blobObject(content).id === objectId) return content;
  throw new TaskError(
    `Could not read the object ${objectId} of the repository '${name}': the ${content.length} bytes that came are not its content. Run this step again.`,
  );
}
