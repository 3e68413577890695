import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Tells of each file that is opened and of each folder that is listed in this process, before it happens, until the
 * function that is returned is called. Whoever imports these functions from `node:fs` by name uses them too.
 */
export function onFileUse(tell: (path: string) => void): () => void {
  const { openSync } = fs;
  const { readdir } = promises;
  fs.openSync = (path, ...rest) => {
    tell(String(path));
    return openSync(path, ...rest);
  };
  promises.readdir = ((path: string, ...rest: []) => {
    tell(path);
    return readdir(path, ...rest);
  }) as typeof readdir;
  syncBuiltinESMExports();
  return () => {
    fs.openSync = openSync;
    promises.readdir = readdir;
    syncBuiltinESMExports();
  };
}
