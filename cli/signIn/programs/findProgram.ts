import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, win32 } from 'node:path';
import type { Environment } from '../request';

/**
 * The absolute path of a program in the folders of PATH; undefined where it is not installed. Folders that are relative
 * are left out: whoever works in a repository must not run programs of it by accident.
 */
export function findProgram(name: string, environment: Environment, platform: NodeJS.Platform): string | undefined {
  const isWindows = platform === 'win32';
  // The names of variables have no case on Windows; a copy of them does.
  const variable = (wanted: string): string =>
    Object.entries(environment).find(([each]) => each.toUpperCase() === wanted)?.[1] ?? '';
  const path = isWindows ? variable('PATH') : (environment.PATH ?? '');
  const folders = path.split(isWindows ? win32.delimiter : delimiter);
  const endings = isWindows ? (variable('PATHEXT') || '.COM;.EXE;.BAT;.CMD').split(';') : [''];
  return folders
    .filter((folder) => (isWindows ? win32.isAbsolute(folder) : isAbsolute(folder)))
    .flatMap((folder) => endings.map((ending) => join(folder, `${name}${ending}`)))
    .find(isRunnable);
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
