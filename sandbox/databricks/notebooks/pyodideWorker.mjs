// The worker thread of the Pyodide runner. It either gets the memory snapshot that later workers start from, or runs one notebook.
import { readFile, readdir } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { URL } from 'node:url';
import { MessageChannel, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { sharedSnapshot, wakePython, writeFile } from '../../python/snapshot.mjs';

const runtimeFolder = new URL('./notebook_runtime/', import.meta.url);

async function postSnapshot() {
  const names = (await readdir(runtimeFolder)).filter((name) => name.endsWith('.py')).sort();
  const files = names.map(async (name) => [`notebook_runtime/${name}`, await readFile(new URL(name, runtimeFolder))]);
  const runtime = { files: await Promise.all(files), module: 'notebook_runtime.job' };
  parentPort.postMessage(await sharedSnapshot({ ...runtime, environment: { PYTHONHASHSEED: '0' } }));
}

/** Python waits for the answer: the thread sleeps until the host has posted it. */
function ask(request) {
  const { port1, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  parentPort.postMessage({ request, reply: port2, bell }, [port2]);
  Atomics.wait(bell, 0, 0);
  const { message } = receiveMessageOnPort(port1);
  port1.close();
  return message;
}

async function runNotebook({ snapshot, request, files, alarm }) {
  const pyodide = await wakePython(snapshot);
  for (const { path, content } of files) writeFile(pyodide, path, content);
  const write = (bytes) => {
    parentPort.postMessage({ printed: bytes.slice() });
    return bytes.length;
  };
  pyodide.setStdin({ stdin: () => null });
  pyodide.setStdout({ write });
  pyodide.setStderr({ write });
  // Pyodide reads the signal and then sets it to 0: one that came in between would be lost.
  pyodide.setInterruptBuffer({
    get 0() {
      return Atomics.load(alarm, 0) === 0 ? 0 : Atomics.exchange(alarm, 0, 0);
    },
    set 0(_) {},
  });
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
    ask,
  );
}

await (workerData ? runNotebook(workerData) : postSnapshot());
// Tasks that a notebook left on the event loop would keep the thread alive.
process.exit();
