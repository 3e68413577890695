// The `python3` of pipelines: node python3.mjs <snapshot> <path of the command> [argument]…
import { Buffer } from 'node:buffer';
import { readFileSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import { wakePython, writeFile } from './snapshot.mjs';

/** Top-level folders that Python has of its own. */
const ownFolders = ['dev', 'lib', 'proc', 'sys'];
/** Modules that people run to get packages. */
const missingModules = ['ensurepip', 'pip', 'venv', 'virtualenv'];

const [snapshot, executable, ...args] = process.argv.slice(2);
const pyodide = await wakePython(readFileSync(snapshot));
const missing = readFileSync(new URL('./missing.py', import.meta.url));
for (const name of missingModules) writeFile(pyodide, `/runtime/missing/${name}.py`, missing);
mountMachine(pyodide.FS);
pyodide.FS.chdir(process.cwd());
pyodide.setStdin();
pyodide.setStdout({ write: (bytes) => write(1, bytes) });
pyodide.setStderr({ write: (bytes) => write(2, bytes) });
pyodide.pyimport('python_start').start(executable, JSON.stringify(process.env));
process.exit(runMain(pyodide._module, ['python3', ...args]));

/** The folders of the machine stand where they are, so that every path means the same. */
function mountMachine(FS) {
  for (const entry of readdirSync('/', { withFileTypes: true })) {
    const path = `/${entry.name}`;
    if (ownFolders.includes(entry.name)) continue;
    if (entry.isDirectory()) {
      FS.mkdirTree(path);
      FS.mount(FS.filesystems.NODEFS, { root: path }, path);
    } else if (entry.isSymbolicLink()) {
      if (FS.analyzePath(path).exists) FS.rmdir(path);
      FS.symlink(readlinkSync(path), path);
    }
  }
}

function write(descriptor, bytes) {
  for (;;) {
    try {
      return writeSync(descriptor, bytes);
    } catch (error) {
      // A reader that is slower than Python, where the pipe doesn't block.
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

/** Python's own command line; CPython lets it follow on an initialisation (bpo-34008). Gives the exit code. */
function runMain(python, command) {
  const texts = command.map((text) => place(python, Buffer.from(`${text}\0`)));
  const argv = place(python, Buffer.from(new Uint32Array([...texts, 0]).buffer));
  try {
    return python._Py_BytesMain(command.length, argv);
  } catch (error) {
    if (error.name === 'ExitStatus') return error.status;
    throw error;
  }
}

function place(python, bytes) {
  const address = python._malloc(bytes.length);
  python.HEAPU8.set(bytes, address);
  return address;
}
