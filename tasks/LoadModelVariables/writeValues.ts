import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { TaskAgent } from '../../shared/agent/agent';
import { writeOutputFiles } from '../../shared/files/writeOutputFiles';
import type { Plain } from '../../shared/variables/tree';

/**
 * Writes `resolved.json` and `resolved.yml` into a folder, by default a new temporary one that the agent deletes after
 * the job. Returns the path of `resolved.json`.
 */
export async function writeValues(
  values: Plain,
  folder: string | undefined,
  agent: Pick<TaskAgent, 'temporaryFolder' | 'workingFolder' | 'readableFolders'>,
): Promise<string> {
  const files = new Map([
    ['resolved.json', `${JSON.stringify(values, null, 2)}\n`],
    ['resolved.yml', dump(values)],
  ]);
  const wanted = { what: 'the resolved variables', folder, prefix: 'model-variables-', files };
  return join(await writeOutputFiles(wanted, agent), 'resolved.json');
}
