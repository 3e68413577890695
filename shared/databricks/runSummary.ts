import type { Run } from './api/jobs';
import { formatDuration } from './formatDuration';
import { runPage } from './runPage';
import { lastAttempts, runVerdict } from './runVerdict';

/** The run as Markdown: a line on how it ended, and a table of its tasks. Of parameters only the names: values may be secret. */
export function runSummary(workspaceUrl: string, run: Run, parameterNames: readonly string[]): string {
  const { outcome, word } = runVerdict(run);
  const ended = outcome === 'active' ? 'is still' : 'ended as';
  const rows = lastAttempts(run.tasks).map((task) => {
    const page = runPage(workspaceUrl, run, task.id);
    return `| [${plain(task.taskKey)}](${page}) | ${plain(runVerdict(task).word)} | ${duration(task)} | ${task.attemptNumber + 1} |`;
  });
  return [
    `**${plain(run.name)}**: [run ${run.id}](${runPage(workspaceUrl, run)}) ${ended} **${plain(word)}** after ${duration(run)}.`,
    ...(parameterNames.length > 0 ? [`Parameters: ${parameterNames.map(plain).join(', ')}.`] : []),
    ...(run.repairIds.length > 0 ? [`Repairs: ${run.repairIds.length}.`] : []),
    ['| Task | State | Duration | Attempts |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

function duration({ startTime, endTime }: { readonly startTime: number; readonly endTime: number }): string {
  return endTime > startTime && startTime > 0 ? formatDuration(endTime - startTime) : '–';
}

/** Text from elsewhere, without what Markdown or HTML would take for its own. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]()#|<>~]/g, '\\$&');
}
