// Python takes seconds to start but a fraction of one to wake from a snapshot of its memory.
import v8 from 'node:v8';
import { loadPyodide } from 'pyodide';
import { cachedSnapshot } from './snapshotCache.mjs';

// V8's optimizing compiler makes Python slower: its code for the interpreter's one large loop is worse, and costs each start
// half a second to compile. A loop of 30 million rounds took 31 s of processor time with it and 17 s without (Node.js 20).
v8.setFlagsFromString('--liftoff-only');

/**
 * A snapshot of a Python that has imported a module. Memory is all that it holds: no files.
 * @param {object} runtime
 * @param {readonly (readonly [path: string, content: Uint8Array])[]} runtime.files Python files, for the import alone
 * @param {string} runtime.module one of them
 * @param {Record<string, string>} [runtime.environment] for later, only Python itself can change it
 * @returns {Promise<Uint8Array>}
 */
export function readOrMakeSnapshot(runtime) {
  const { files, module, environment } = runtime;
  const ingredients = [module, JSON.stringify(environment ?? {}), ...files.flat()];
  return cachedSnapshot(module, ingredients, () => makeSnapshot(runtime));
}

async function makeSnapshot({ files, module, environment }) {
  const pyodide = await loadPyodide({ env: { HOME: '/home/pyodide', ...environment }, _makeSnapshot: true });
  for (const [path, content] of files) writeFile(pyodide, `/runtime/${path}`, content);
  const code = `
import sys
sys.path.insert(0, "/runtime")
import ${module}
sys.path.remove("/runtime")
`;
  // What runs later has a clean __main__.
  pyodide.runPython(code, { globals: pyodide.toPy({}) });
  return pyodide.makeMemorySnapshot();
}

/** The same in memory that worker threads share. */
export async function sharedSnapshot(runtime) {
  const snapshot = await readOrMakeSnapshot(runtime);
  const shared = new Uint8Array(new SharedArrayBuffer(snapshot.length));
  shared.set(snapshot);
  return shared;
}

/** A Python that goes on where the snapshot was taken. */
export function wakePython(snapshot) {
  return loadPyodide({ _loadSnapshot: snapshot });
}

/** Makes the folders that it needs. */
export function writeFile(pyodide, path, content) {
  pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf('/')));
  pyodide.FS.writeFile(path, content);
}
