import { join } from 'node:path';
import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { inParallel } from '../../inParallel';
import { makeFolder } from '../../files/writeFiles';
import { FilesApi, type VolumeEntry } from '../api/files';
import type { Workspace } from '../connect';

const downloadsAtOnce = 4;
/** More than models have; a listing that goes on is broken. */
const mostFiles = 20_000;

/**
 * Downloads all files of a version of a model in Unity Catalog into a folder, a part at a time. Clients of MLflow 3 read
 * them by this route, too (`databricks_sdk_models_artifact_repo.py`). Returns the number of files. Throws a TaskError when
 * the version has none.
 */
export async function downloadVersion(
  { http }: Workspace,
  model: string,
  version: string,
  folder: string,
  { agent }: Context,
): Promise<number> {
  const api = new FilesApi(http);
  const root = `/Models/${model.replaceAll('.', '/')}/${version}`;
  const files = await filesBelow(api, root);
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (files.length === 0)
    throw new TaskError(
      `Version ${version} of ${model} has no files that this identity may read. Grant it EXECUTE on the model.`,
    );
  agent.log(`Downloading version ${version} of ${model}: ${files.length} files, ${bytes} bytes.`);
  await inParallel(files, downloadsAtOnce, async ({ path, sizeBytes }) => {
    const parts = path.slice(root.length + 1).split('/');
    // The names come from another service: none may lead out of the folder.
    if (!path.startsWith(`${root}/`) || parts.some((part) => /^\.{0,2}$/.test(part) || part.includes('\\')))
      throw new TaskError(`Version ${version} of ${model} has a file with a name that cannot be used: ${path}`);
    await makeFolder(join(folder, ...parts.slice(0, -1)));
    const isThere = await api.downloadTo(join(folder, ...parts), path, sizeBytes);
    if (!isThere)
      throw new TaskError(`The file ${path} was deleted while the model was being downloaded. Run the step again.`);
  });
  return files.length;
}

async function filesBelow(api: FilesApi, root: string): Promise<readonly VolumeEntry[]> {
  const files: VolumeEntry[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of (await api.list(folder)) ?? []) {
      if (entry.isFolder) folders.push(entry.path);
      else files.push(entry);
      if (files.length + folders.length > mostFiles)
        throw new TaskError(`The folder ${root} has more than ${mostFiles} files and folders, which no model has.`);
    }
  }
  return files;
}
