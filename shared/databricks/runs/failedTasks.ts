import { stripVTControlCharacters } from 'node:util';
import type { TaskAgent } from '../../agent/agent';
import type { Run } from '../api/runs';
import { endedTasks, runVerdict } from './verdict';
import type { TaskOutputs } from './taskOutputs';

/** The agent keeps 10 errors per step, and the result is one of them. */
const mostErrors = 9;

/** Reports why the tasks of a run failed: an error for each, and all of its output in a folded group. */
export function explainFailedTasks(run: Run, outputs: TaskOutputs, agent: TaskAgent): void {
  const failed = endedTasks(run.tasks).filter((task) => runVerdict(task).outcome === 'failed');
  for (const task of failed.slice(0, mostErrors)) {
    const { word, message } = runVerdict(task);
    const { error, errorTrace } = outputs.get(task.id) ?? {};
    const why = stripVTControlCharacters(error ?? message ?? '').trim();
    const [firstLine = ''] = why.split('\n');
    agent.error(`Task ${task.taskKey} ended as ${word}${firstLine && `: ${firstLine}`}`);
    const whole = [why.includes('\n') ? why : '', stripVTControlCharacters(errorTrace ?? '').trim()].filter(Boolean);
    if (whole.length > 0) agent.group(`Output of task ${task.taskKey}`, whole.join('\n\n'));
  }
  const more = failed.slice(mostErrors).map((task) => task.taskKey);
  if (more.length > 0) agent.log(`More failed tasks: ${more.join(', ')}`);
}
