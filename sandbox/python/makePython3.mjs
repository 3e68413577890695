// Makes the snapshot that python3.mjs wakes: node makePython3.mjs <snapshot> <path of the command python3>
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import { makeSnapshot } from './snapshot.mjs';

const [file, executable] = process.argv.slice(2);
const snapshot = await makeSnapshot({
  files: [['python_start.py', readFileSync(new URL('./python_start.py', import.meta.url))]],
  module: 'python_start',
  // Pyodide's own choice is to stay interactive after a script.
  environment: { PYTHONINSPECT: '' },
  executable,
});
writeFileSync(file, snapshot);
process.exit();
