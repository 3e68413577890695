import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The folder of a repository for what runs on this machine leave. Git ignores it, and the sources of a pipeline do not have it. */
export function outputFolderOf(repository: string): string {
  return path.join(repository, '.mloccli');
}

/** @returns the folder */
export async function makeOutputFolder(repository: string): Promise<string> {
  const folder = outputFolderOf(repository);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, '.gitignore'), '*\n');
  return folder;
}
