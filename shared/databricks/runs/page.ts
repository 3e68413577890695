import type { Run } from '../api/runs';

/**
 * The page of a run in the workspace, or of one of its tasks by the task's own run id.
 * The address that the API returns (`/?o=1#job/2/run/3`) opens the home page for users without admin rights
 * (https://github.com/databricks/cli/issues/5142), so only the workspace's id is taken from it. A run whose job is not
 * known has that address nevertheless, or else the list of all runs.
 */
export function runPage(workspaceUrl: string, run: Pick<Run, 'id' | 'jobId' | 'pageUrl'>, taskRunId = run.id): string {
  const workspaceId = /[?&]o=(\d+)/.exec(run.pageUrl)?.[1] ?? /^https:\/\/adb-(\d+)\./.exec(workspaceUrl)?.[1];
  const query = workspaceId === undefined ? '' : `?o=${workspaceId}`;
  if (run.jobId === '') return run.pageUrl || `${workspaceUrl}/jobs/runs${query}`;
  return `${workspaceUrl}/jobs/${run.jobId}/runs/${taskRunId}${query}`;
}
