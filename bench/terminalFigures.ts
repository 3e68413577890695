import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtCli } from '../tests/support/builtCli';
import { type Figure, median } from './figures';

const rounds = 15;

const calls: Readonly<Record<string, readonly string[]>> = {
  '--help': ['--help'],
  'jobs run --help': ['jobs', 'run', '--help'],
  completion: ['complete', '--', 'jobs', 'run', '--job'],
};

/** Each process writes the microseconds of processor time that it has used to its fourth stream. */
const meter = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeSync(3, String(user + system));
});\n`;

/**
 * (o) The processor time of what the command line does without a task, compared with an empty Node process: unlike elapsed
 * time, it does not depend on what else the machine does. It is a stricter measure: the start and the end of the process, which
 * are the same for both, are not in it.
 */
export async function terminalFigures(): Promise<readonly Figure[]> {
  const main = join(await builtCli(), 'main.cjs');
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const hook = join(folder, 'meter.cjs');
    await writeFile(hook, meter);
    const bare: number[] = [];
    const used = new Map(Object.keys(calls).map((name): [string, number[]] => [name, []]));
    for (let round = 0; round < rounds; round++) {
      bare.push(microseconds(hook, ['-e', '0']));
      for (const [name, args] of Object.entries(calls)) used.get(name)?.push(microseconds(hook, [main, ...args]));
    }
    return [...used].map(([name, times]) => ({
      name: `(o) mloccli ${name} ÷ bare Node, processor time`,
      value: median(times) / median(bare),
      unit: '×',
      ...(name === '--help' && { limit: 1.3 }),
    }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function microseconds(hook: string, args: readonly string[]): number {
  const { status, output } = spawnSync(process.execPath, ['--require', hook, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status ?? 'a signal'}.`);
  return Number(output[3]);
}
