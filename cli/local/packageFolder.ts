import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that has something that belongs to the program, such as `template`: that of the installed package, or in
 * development the project's. Throws an Error where a file of the installation is missing.
 */
export function packageFolder(name: string, start = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = join(folder, name);
    if (existsSync(found)) return found;
    if (dirname(folder) === folder) throw new Error(`The installation of mloccli has no ${name}. Install it again.`);
  }
}
