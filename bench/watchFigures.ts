import { startDatabricks } from '../sandbox/databricks/databricks';
import { runTask } from '../shared/task/runTask';
import { task } from '../tasks/RunJob/task';
import { FakeAgent } from '../tests/support/fakeAgent';
import type { Figure } from './figures';

/** (g) How soon RunJob notices the end of a run, and how often it polls; in the simulated time of the sandbox. */
export async function watchFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [name, durationSeconds] of [
    ['2 s', 2],
    ['60 s', 60],
    ['1 h', 3600],
  ] as const) {
    const databricks = await startDatabricks({ timeScale: 0, hasLimits: false });
    try {
      databricks.scriptRun({ durationSeconds });
      const clock = {
        now: () => databricks.clock.now(),
        date: () => databricks.clock.now(),
        sleep: (milliseconds: number) => databricks.clock.advance(milliseconds),
      };
      const agent = new FakeAgent(
        { connection: 'c', runSource: 'notebook', notebookPath: '/Shared/training' },
        { c: databricks },
      );
      await runTask(task, { agent, clock, signal: new AbortController().signal });
      if (agent.end.result !== 'Succeeded') throw new Error(agent.end.message);
      const ended = Math.max(...databricks.runs.list().map((run) => run.endTime));
      figures.push(
        { name: `(g) run of ${name}: from its end to the result`, value: (clock.now() - ended) / 1000, unit: 's' },
        {
          name: `(g) run of ${name}: number of polls`,
          value: databricks.requests.list('/runs/get').length,
          unit: 'polls',
        },
      );
    } finally {
      await databricks.close();
    }
  }
  return figures;
}
