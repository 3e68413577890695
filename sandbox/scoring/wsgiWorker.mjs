// The worker thread of a scoring service. It either gets the memory snapshot that later workers start from, or serves one.
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { URL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { sharedSnapshot, wakePython, writeFile } from '../python/snapshot.mjs';

const appFolder = '/app';

async function postSnapshot() {
  const content = await readFile(new URL('./wsgi_runtime.py', import.meta.url));
  parentPort.postMessage(await sharedSnapshot({ files: [['wsgi_runtime.py', content]], module: 'wsgi_runtime' }));
  process.exit();
}

async function serve({ snapshot, files, application, environment }) {
  const pyodide = await wakePython(snapshot);
  for (const [path, content] of files) writeFile(pyodide, `${appFolder}/${path}`, content);
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

await (workerData ? serve(workerData) : postSnapshot());
