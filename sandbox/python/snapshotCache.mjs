// Snapshots are kept between runs: making one takes seconds, reading one takes a moment.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const packageFolder = new URL('.', import.meta.resolve('pyodide/package.json'));
/** In the folder of packages that Pyodide is in. */
const cacheFolder = new URL('../.cache/model-pipelines-python/', packageFolder);
const keptMilliseconds = 14 * 24 * 60 * 60 * 1000;

/**
 * The snapshot of these ingredients: the kept one, else a new one. Programs may do this at the same time.
 * @param {string} name
 * @param {readonly (string | Uint8Array)[]} ingredients all that the snapshot depends on, besides Pyodide and Node.js
 * @param {() => Promise<Uint8Array>} make
 * @returns {Promise<Uint8Array>}
 */
export async function cachedSnapshot(name, ingredients, make) {
  const file = new URL(`${name}-${await keyOf(ingredients)}.snapshot`, cacheFolder);
  const kept = await unlessMissing(readFile(file));
  if (kept) {
    // Its age counts from its last use.
    await unlessMissing(utimes(file, new Date(), new Date()));
    return kept;
  }
  const snapshot = await make();
  try {
    await keep(file, snapshot);
  } catch (error) {
    // Where nothing can be written, or there is no room, each run makes its own.
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(error.code)) throw error;
  }
  return snapshot;
}

async function keyOf(ingredients) {
  const hash = createHash('sha256');
  const add = (part) => hash.update(`${part.length}:`).update(part);
  add(`${process.version} ${process.platform} ${process.arch}`);
  add(await readFile(new URL('./snapshot.mjs', import.meta.url)));
  add(await readFile(new URL('package.json', packageFolder)));
  for (const name of ['pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip'])
    add(`${name} ${(await stat(new URL(name, packageFolder))).size}`);
  for (const ingredient of ingredients) add(ingredient);
  return hash.digest('hex').slice(0, 32);
}

/** Whoever reads finds all of it or nothing. */
async function keep(file, snapshot) {
  await mkdir(cacheFolder, { recursive: true });
  const temporary = new URL(`${randomUUID()}.tmp`, cacheFolder);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(snapshot);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await removeOld();
}

async function removeOld() {
  for (const name of await readdir(cacheFolder)) {
    const file = fileURLToPath(new URL(name, cacheFolder));
    const found = await unlessMissing(stat(file));
    if (found && Date.now() - found.mtimeMs > keptMilliseconds) await rm(file, { force: true });
  }
}

async function unlessMissing(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
