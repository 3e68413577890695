/** The page of a job in the workspace. On Azure the host names the workspace's id, by which people with several get there. */
export function jobPage(workspaceUrl: string, jobId: string): string {
  const workspaceId = /^https:\/\/adb-(\d+)\./.exec(workspaceUrl)?.[1];
  return `${workspaceUrl}/jobs/${jobId}${workspaceId === undefined ? '' : `?o=${workspaceId}`}`;
}
