import path from 'node:path';
import { buildExtension } from './build';
import { projectRoot } from './commandLine';

/** Builds the extension into a folder. @returns the folder of its tasks */
export async function buildTasks(outputFolder: string): Promise<string> {
  const { folder } = await buildExtension({ root: projectRoot, outputFolder });
  return path.join(folder, 'tasks');
}
