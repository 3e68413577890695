/** The page of a job in the workspace. On Azure the host has the workspace's id, which opens the right one for people with several workspaces. */
export function jobPage(workspaceUrl: string, jobId: string, workspaceId?: string): string {
  const id = workspaceId ?? /^https:\/\/adb-(\d+)\./.exec(workspaceUrl)?.[1];
  return `${workspaceUrl}/jobs/${jobId}${id === undefined ? '' : `?o=${id}`}`;
}
