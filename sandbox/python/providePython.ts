import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Writes the commands `python3` and `python` to a folder of their own, for the steps of pipelines on a machine that needs
 * no Python: see the README beside this. The first time takes some seconds, for it makes the snapshot that every start of them
 * wakes from.
 * They are shell scripts, so not for Windows, and work as long as this project stays where it is.
 * @param folder absolute; made when there is none
 * @returns what to put first on the PATH
 */
export async function providePython(folder: string): Promise<{ readonly pathEntry: string }> {
  const pathEntry = join(folder, 'bin');
  const snapshot = join(folder, 'python.snapshot');
  await mkdir(pathEntry, { recursive: true });
  await promisify(execFile)(process.execPath, [script('makePython3.mjs'), snapshot], { env: {} });
  const command = [process.execPath, script('python3.mjs'), snapshot, join(pathEntry, 'python3')].map(quote).join(' ');
  for (const name of ['python3', 'python']) {
    const file = join(pathEntry, name);
    // It may be a link, as in a virtual environment: what that leads to is not ours to write.
    await rm(file, { force: true });
    await writeFile(file, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755, flag: 'wx' });
  }
  return { pathEntry };
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** A text as a shell reads it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
