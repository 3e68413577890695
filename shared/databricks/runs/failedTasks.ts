import { stripVTControlCharacters } from 'node:util';
import type { Agent } from '../../agent/agent';
import type { Run } from '../api/jobs';
import { endedTasks, runVerdict } from './verdict';
import type { TaskOutputs } from './taskOutputs';

/** The agent keeps 10 errors a step, and the result is one of them. */
const mostErrors = 9;

/** Says why the tasks of a run failed: an error for each, and the whole of it in a folded group. */
export function explainFailedTasks(
  run: Run,
  outputs: TaskOutputs,
  report: Pick<Agent, 'error' | 'group' | 'log'>,
): void {
  const failed = endedTasks(run.tasks).filter((task) => runVerdict(task).outcome === 'failed');
  for (const task of failed.slice(0, mostErrors)) {
    const { word, message } = runVerdict(task);
    const { error, errorTrace } = outputs.get(task.id) ?? {};
    const why = stripVTControlCharacters(error ?? message ?? '').trim();
    const [firstLine = ''] = why.split('\n');
    report.error(`Task ${task.taskKey} ended as ${word}${firstLine && `: ${firstLine}`}`);
    const whole = [why.includes('\n') ? why : '', stripVTControlCharacters(errorTrace ?? '').trim()].filter(Boolean);
    if (whole.length > 0) report.group(`What task ${task.taskKey} left behind`, whole.join('\n\n'));
  }
  const more = failed.slice(mostErrors).map((task) => task.taskKey);
  if (more.length > 0) report.log(`More failed tasks: ${more.join(', ')}`);
}
