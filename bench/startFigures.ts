import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { type Databricks, startDatabricks } from '../sandbox/databricks/databricks';
import { bundleOf } from '../tests/support/builtTasks';
import { databricksEnvironment } from '../tests/support/databricksEnvironment';
import { startTaskProcess } from '../tests/support/taskProcess';
import { type Figure, median } from './figures';

const rounds = 15;

/** (f) The time from the start of a task's process to its first request, compared with an empty Node process. */
export async function startFigures(): Promise<readonly Figure[]> {
  const databricks = await startDatabricks();
  try {
    const bundle = await bundleOf('RunJob');
    const [bare, task]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      bare.push(bareNode());
      task.push(await untilFirstRequest(databricks, bundle));
    }
    return [
      { name: '(f) bare Node', value: median(bare), unit: 'ms' },
      { name: '(f) RunJob, process start to first request', value: median(task), unit: 'ms' },
      { name: '(f) RunJob ÷ bare Node (target: 1.6)', value: median(task) / median(bare), unit: '×' },
      { name: '(f) RunJob minus bare Node', value: median(task) - median(bare), unit: 'ms' },
      { name: '(f) size of the RunJob bundle', value: (await stat(bundle)).size, unit: 'bytes' },
    ];
  } finally {
    await databricks.close();
  }
}

function bareNode(): number {
  const started = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - started;
}

async function untilFirstRequest(databricks: Databricks, bundle: string): Promise<number> {
  databricks.requests.clear();
  const started = Date.now();
  const task = await startTaskProcess(bundle, {
    ...databricksEnvironment(databricks),
    INPUT_RUNSOURCE: 'job',
    INPUT_JOB: 'no such job',
  });
  await task.end;
  const first = databricks.requests.list()[0];
  if (!first) throw new Error('RunJob made no request.');
  return first.time - started;
}
