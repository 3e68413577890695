import { join, resolve } from 'node:path';
import type { TaskAgent } from '../agent/agent';
import { TaskError } from '../errors';
import { FileError } from './fileError';
import { outputFolder, temporaryFolder, writeWhole } from './writeFiles';

export interface OutputFiles {
  /** As in a sentence: `the plan`. */
  readonly what: string;
  /** That of an input; a new temporary one, which the agent deletes after the job, where it is undefined. */
  readonly folder: string | undefined;
  /** With which the name of a temporary folder begins. */
  readonly prefix: string;
  /** Their contents by name. */
  readonly files: ReadonlyMap<string, string>;
}

/** Writes the files of a step into a folder, and resolves with its path. Throws a TaskError where they cannot be written. */
export async function writeOutputFiles(
  { what, folder, prefix, files }: OutputFiles,
  agent: Pick<TaskAgent, 'temporaryFolder' | 'workingFolder' | 'readableFolders'>,
): Promise<string> {
  try {
    const named =
      folder === undefined
        ? await temporaryFolder(agent.temporaryFolder, prefix)
        : resolve(agent.workingFolder, folder);
    const target = await outputFolder(named, agent.readableFolders);
    for (const [name, content] of files) await writeWhole(join(target, name), content);
    return named;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new TaskError(`Could not write ${what}: ${error.message}`, { cause: error });
  }
}
