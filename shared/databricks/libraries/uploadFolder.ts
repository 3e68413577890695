/**
 * The one form of a folder of the workspace or of a volume, as libraries name what is in it: `/Workspace/Shared/x`,
 * `/Volumes/catalog/schema/volume/x`. Undefined for a path that is neither.
 */
export function normalUploadFolder(given: string): string | undefined {
  const parts = given.split('/').filter((part) => part !== '');
  if (!given.startsWith('/') || parts.some((part) => part === '.' || part === '..')) return undefined;
  if (parts[0] === 'Volumes') return parts.length < 4 ? undefined : `/${parts.join('/')}`;
  if (parts[0] === 'Workspace') parts.shift();
  return parts.length === 0 || parts[0] === 'dbfs' ? undefined : `/Workspace/${parts.join('/')}`;
}
