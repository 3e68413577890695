// Makes the snapshot that python3.mjs wakes: node makePython3.mjs <snapshot>
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import { readOrMakeSnapshot } from './snapshot.mjs';

const [file] = process.argv.slice(2);
const snapshot = await readOrMakeSnapshot({
  files: [['python_start.py', readFileSync(new URL('./python_start.py', import.meta.url))]],
  module: 'python_start',
  // Pyodide's own choice is to stay interactive after a script.
  environment: { PYTHONINSPECT: '' },
});
writeFileSync(file, snapshot);
process.exit();
