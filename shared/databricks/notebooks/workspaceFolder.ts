const roots = ['/', '/Users', '/Shared', '/Repos'];

/**
 * The normal form of a workspace folder's path: no slash at the end, no doubled slashes, and without the prefix
 * `/Workspace`, which names the same folder however often it is repeated. Undefined when the path is not absolute, or goes
 * through `.` or `..`.
 */
export function normalWorkspaceFolder(given: string): string | undefined {
  const parts = given.split('/').filter((part) => part !== '');
  if (!given.startsWith('/') || parts.some((part) => part === '.' || part === '..')) return undefined;
  while (parts[0] === 'Workspace') parts.shift();
  return `/${parts.join('/')}`;
}

/** Whether a folder belongs to everybody or is somebody's home folder, which must not be mirrored to. */
function isProtected(folder: string): boolean {
  return roots.includes(folder) || /^\/Users\/[^/]+$/.test(folder);
}

/** What is wrong with a workspace folder as a target, in the words that follow its name. */
export function workspaceFolderProblem(given: string, isMirrored: boolean): string | undefined {
  const folder = normalWorkspaceFolder(given);
  if (folder === undefined) return 'must be an absolute workspace path without . or .., such as /Shared/model.';
  if (isMirrored && isProtected(folder))
    return 'must be a separate folder in mirror mode, not one that others share: add a name, such as /Shared/model.';
  return undefined;
}

/** A path below a folder; an empty relative path is the folder itself. */
export function below(folder: string, relativePath: string): string {
  return relativePath === '' ? folder : `${folder === '/' ? '' : folder}/${relativePath}`;
}

/** The folder of a relative path; empty for the top. */
export function folderOf(relativePath: string): string {
  return relativePath.slice(0, Math.max(0, relativePath.lastIndexOf('/')));
}

/** The folders above a relative path, the topmost first, without the top itself. */
export function foldersAbove(relativePath: string): readonly string[] {
  const folder = folderOf(relativePath);
  return folder === '' ? [] : [...foldersAbove(folder), folder];
}
