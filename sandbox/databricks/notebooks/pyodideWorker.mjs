// The worker thread of the Pyodide runner. It either makes the memory snapshot that later workers start from, or runs one notebook.
import { readFile, readdir } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { URL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { loadPyodide } from 'pyodide';

const runtimeFolder = new URL('./notebook_runtime/', import.meta.url);
const options = { env: { HOME: '/home/pyodide', PYTHONHASHSEED: '0' } };

async function makeSnapshot() {
  const pyodide = await loadPyodide({ ...options, _makeSnapshot: true });
  pyodide.FS.mkdirTree('/runtime/notebook_runtime');
  for (const name of (await readdir(runtimeFolder)).filter((entry) => entry.endsWith('.py'))) {
    pyodide.FS.writeFile(`/runtime/notebook_runtime/${name}`, await readFile(new URL(name, runtimeFolder)));
  }
  pyodide.runPython(`
import sys
sys.path.insert(0, "/runtime")
import notebook_runtime.job
sys.path.remove("/runtime")
`);
  const snapshot = pyodide.makeMemorySnapshot();
  const shared = new Uint8Array(new SharedArrayBuffer(snapshot.length));
  shared.set(snapshot);
  parentPort.postMessage(shared);
}

async function runNotebook({ snapshot, request, files, alarm }) {
  const pyodide = await loadPyodide({ ...options, _loadSnapshot: snapshot });
  for (const { path, content } of files) {
    pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf('/')));
    pyodide.FS.writeFile(path, content);
  }
  const write = (bytes) => {
    parentPort.postMessage({ printed: bytes.slice() });
    return bytes.length;
  };
  pyodide.setStdin({ stdin: () => null });
  pyodide.setStdout({ write });
  pyodide.setStderr({ write });
  pyodide.setInterruptBuffer(alarm);
  // Pyodide's own sleep keeps the processor busy and hears no alarm.
  pyodide.pyimport('time').sleep = (seconds) => {
    const end = performance.now() + seconds * 1000;
    for (let left = seconds * 1000; left > 0; left = end - performance.now()) {
      Atomics.wait(alarm, 0, 0, left);
      pyodide.checkInterrupt();
    }
  };
  await pyodide.pyimport('notebook_runtime.job').run_job(
    request,
    (message) => parentPort.postMessage({ message }),
    (seconds) => parentPort.postMessage({ alarmSeconds: seconds }),
  );
}

await (workerData ? runNotebook(workerData) : makeSnapshot());
// Tasks that a notebook left on the event loop would keep the thread alive.
process.exit();
