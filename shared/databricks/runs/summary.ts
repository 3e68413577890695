import { plainMarkdown } from '../../markdown';
import type { Run } from '../api/runs';
import { formatDuration } from './formatDuration';
import { runPage } from './page';
import { lastAttempts, runVerdict } from './verdict';

/** The run as Markdown: a line on how it ended, and a table of its tasks. Names of parameters only: values may be secret. */
export function runSummary(workspaceUrl: string, run: Run, parameterNames: readonly string[]): string {
  const { outcome, word } = runVerdict(run);
  const ended = outcome === 'active' ? 'is still' : 'ended as';
  const rows = lastAttempts(run.tasks).map((task) => {
    const page = runPage(workspaceUrl, run, task.id);
    return `| [${plainMarkdown(task.taskKey)}](${page}) | ${plainMarkdown(runVerdict(task).word)} | ${duration(task)} | ${task.attemptNumber + 1} |`;
  });
  return [
    `**${plainMarkdown(run.name)}**: [run ${run.id}](${runPage(workspaceUrl, run)}) ${ended} **${plainMarkdown(word)}** after ${duration(run)}.`,
    ...(parameterNames.length > 0 ? [`Parameters: ${parameterNames.map(plainMarkdown).join(', ')}.`] : []),
    ...(run.repairIds.length > 0 ? [`Repairs: ${run.repairIds.length}.`] : []),
    ['| Task | State | Duration | Attempts |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

function duration({ startTime, endTime }: { readonly startTime: number; readonly endTime: number }): string {
  return endTime > startTime && startTime > 0 ? formatDuration(endTime - startTime) : '–';
}
