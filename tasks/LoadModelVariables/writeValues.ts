import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { dump } from 'js-yaml';
import { messageOf, TaskError } from '../../shared/errors';
import type { TaskAgent } from '../../shared/agent/agent';
import type { Plain } from '../../shared/variables/tree';

/**
 * Writes `resolved.json` and `resolved.yml` into a folder, by default a new temporary one that the agent deletes after
 * the job. Returns the path of `resolved.json`.
 */
export async function writeValues(
  values: Plain,
  folder: string | undefined,
  agent: Pick<TaskAgent, 'temporaryFolder' | 'workingFolder'>,
): Promise<string> {
  try {
    const target =
      folder === undefined
        ? await mkdtemp(join(agent.temporaryFolder, 'model-variables-'))
        : resolve(agent.workingFolder, folder);
    await mkdir(target, { recursive: true });
    const file = join(target, 'resolved.json');
    await writeFile(file, `${JSON.stringify(values, null, 2)}\n`);
    await writeFile(join(target, 'resolved.yml'), dump(values));
    return file;
  } catch (error) {
    throw new TaskError(`Could not write the resolved variables: ${messageOf(error)}`, { cause: error });
  }
}
