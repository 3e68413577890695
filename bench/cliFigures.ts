import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../sandbox/databricks/databricks';
import { builtExtension } from '../tests/support/builtTasks';
import { databricksCli } from '../tests/support/databricksCli';
import type { Figure } from './figures';
import { notebook, writeNotebooks } from './notebooks';
import { runBuiltTask } from './runBuiltTask';

const files = 60;
const phases = ['first import', 'unchanged', 'one changed'] as const;

/** Imports a folder into the workspace. */
type Import = (source: string, target: string) => Promise<unknown>;

/**
 * (i) ImportNotebooks next to `import-dir` and `sync` of the Databricks CLI, whose binary `DATABRICKS_CLI` names; with a
 * latency of 100 ms and rate limits. `sync` stores its snapshot next to the source; a fresh agent does not have it.
 */
export async function cliFigures(): Promise<readonly Figure[]> {
  const cli = process.env['DATABRICKS_CLI'];
  if (!cli) {
    console.error(
      'SKIPPED: (i), the comparison with the Databricks CLI. To run it: DATABRICKS_CLI=/path/to/databricks npm run bench',
    );
    return [];
  }
  const home = await mkdtemp(join(tmpdir(), 'bench-'));
  const databricks = await startDatabricks({ latencyMilliseconds: 100 });
  try {
    const call = databricksCli(cli, databricks, home);
    const sync: Import = (source, target) => call('sync', source, target);
    const others: Readonly<Record<string, Import>> = {
      'workspace import-dir': (source, target) => call('workspace', 'import-dir', source, target, '--overwrite'),
      sync,
      'sync on a fresh agent': async (source, target) => {
        await rm(join(source, '.databricks'), { recursive: true, force: true });
        await sync(source, target);
      },
    };
    await builtExtension(); // before the measurement
    const ours = await secondsOf(databricks, home, 'ours', (sourceFolder, workspaceFolder) =>
      runBuiltTask(databricks, 'ImportNotebooks', { sourceFolder, workspaceFolder, mode: 'mirror' }),
    );
    const figures: Figure[] = [];
    for (const [name, bring] of Object.entries(others)) {
      const theirs = await secondsOf(databricks, home, name, bring);
      for (const phase of phases)
        figures.push({
          name: `(i) ${files} notebooks, ${phase}: time of databricks ${name} ÷ ours`,
          value: theirs[phase] / ours[phase],
          unit: '×',
        });
    }
    return figures;
  } finally {
    await databricks.close();
    await rm(home, { recursive: true });
  }
}

/** The seconds of each phase, in a folder and a target of its own. @throws Error when the workspace lacks a notebook. */
async function secondsOf(databricks: Databricks, home: string, name: string, bring: Import) {
  const folder = name.replaceAll(' ', '-');
  const source = join(home, folder);
  const target = `/Users/${databricks.users[0]?.userName ?? ''}/${folder}`;
  await writeNotebooks(source, files, 6, 2_000);
  const seconds = { 'first import': 0, unchanged: 0, 'one changed': 0 };
  for (const phase of phases) {
    const isChanged = phase === 'one changed';
    if (isChanged) await writeFile(join(source, 'folder3', 'notebook3.py'), notebook(files, 2_000));
    const started = performance.now();
    await bring(source, target);
    seconds[phase] = (performance.now() - started) / 1000;

    const notebooks = databricks.workspace.below(target).filter((node) => node.type === 'NOTEBOOK');
    const isThere = notebooks.some(({ commands }) => commands[0]?.startsWith(`print(${files})`));
    if (notebooks.length !== files || isThere !== isChanged)
      throw new Error(`${name}, ${phase}: the workspace does not contain the notebooks of the folder.`);
  }
  return seconds;
}
