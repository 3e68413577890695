import { TaskError } from '../../errors';
import type { HttpClient } from '../../http/httpClient';
import { FilesApi } from '../api/files';

/**
 * The normal form of the path of a volume or of a folder in it: no slash at the end, no doubled slashes, and without the
 * scheme `dbfs:`, with which Spark names the same folder. Undefined for any other path.
 */
export function normalVolumeFolder(given: string): string | undefined {
  const path = given.replace(/^dbfs:(?=\/)/, '');
  const parts = path.split('/').filter((part) => part !== '');
  if (!path.startsWith('/') || parts.some((part) => part === '.' || part === '..')) return undefined;
  return parts[0] === 'Volumes' && parts.length >= 4 ? `/${parts.join('/')}` : undefined;
}

/** The path of the volume that a folder is in. */
export function volumeOf(folder: string): string {
  return folder.split('/').slice(0, 5).join('/');
}

/** Throws a TaskError for a volume that does not exist, or that this identity may not see. */
export async function refuseMissingVolume(http: HttpClient, folder: string): Promise<void> {
  const volume = volumeOf(folder);
  if (await new FilesApi(http).list(volume)) return;
  const [catalog = '', schema = '', name = ''] = volume.split('/').slice(2);
  throw new TaskError(
    `Could not upload to ${folder}, and nothing was uploaded: Databricks finds no volume ${volume}. Check its name. ` +
      `The identity of the service connection needs USE CATALOG on ${catalog}, USE SCHEMA on ${catalog}.${schema}, and READ VOLUME and WRITE VOLUME on ${catalog}.${schema}.${name}.`,
  );
}
