// The worker thread of a scoring service. It either makes the memory snapshot that later workers start from, or serves one.
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { URL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { loadPyodide } from 'pyodide';

const appFolder = '/app';
const options = { env: { HOME: '/home/pyodide' } };

async function makeSnapshot() {
  const pyodide = await loadPyodide({ ...options, _makeSnapshot: true });
  pyodide.FS.mkdirTree('/runtime');
  pyodide.FS.writeFile('/runtime/wsgi_runtime.py', await readFile(new URL('./wsgi_runtime.py', import.meta.url)));
  pyodide.runPython(`
import sys
sys.path.insert(0, "/runtime")
import json, wsgi_runtime
sys.path.remove("/runtime")
`);
  const snapshot = pyodide.makeMemorySnapshot();
  const shared = new Uint8Array(new SharedArrayBuffer(snapshot.length));
  shared.set(snapshot);
  parentPort.postMessage(shared);
  process.exit();
}

async function serve({ snapshot, files, application, environment }) {
  const pyodide = await loadPyodide({ ...options, _loadSnapshot: snapshot });
  for (const [path, content] of files) {
    const file = `${appFolder}/${path}`;
    pyodide.FS.mkdirTree(file.slice(0, file.lastIndexOf('/')));
    pyodide.FS.writeFile(file, content);
  }
  const batched = (line) => parentPort.postMessage({ kind: 'line', line });
  pyodide.setStdout({ batched });
  pyodide.setStderr({ batched });
  const runtime = pyodide.pyimport('wsgi_runtime');
  if (!runtime.start(appFolder, application, environment)) process.exit(1);
  parentPort.postMessage({ kind: 'ready' });
  parentPort.on('message', ({ id, method, path, headers, body }) => {
    const answer = runtime.answer(method, path, headers, body);
    const [status, responseHeaders, content] = answer.toJs();
    answer.destroy();
    parentPort.postMessage({ kind: 'answer', id, answer: { status, headers: responseHeaders, body: content } });
  });
}

await (workerData ? serve(workerData) : makeSnapshot());
