// Python takes seconds to start but a fraction of one to wake from a snapshot of its memory.
import { loadPyodide } from 'pyodide';

/**
 * A snapshot of a Python that has imported a module. Memory is all that it holds: no files.
 * @param {object} runtime
 * @param {readonly (readonly [path: string, content: Uint8Array])[]} runtime.files Python files, for the import alone
 * @param {string} runtime.module one of them
 * @param {Record<string, string>} [runtime.environment] for later, only Python itself can change it
 * @param {string} [runtime.executable] what Python takes for its own path
 * @returns {Promise<Uint8Array>}
 */
export async function makeSnapshot({ files, module, environment, executable }) {
  const pyodide = await loadPyodide({
    env: { HOME: '/home/pyodide', ...environment },
    ...(executable !== undefined && { _sysExecutable: executable }),
    _makeSnapshot: true,
  });
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
export async function makeSharedSnapshot(runtime) {
  const snapshot = await makeSnapshot(runtime);
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
