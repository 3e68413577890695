import { isMap } from '../../json';
import type { JobSettings } from '../api/jobs';

/** Marks the jobs that are ours to change. */
export const ownerTag = { name: 'managed-by', value: 'model-pipeline-tasks' };

/**
 * The tags of a job that is ours. Jobs hand their tags on to their clusters and so to the cloud, of which Google's is
 * the strictest in what a tag may hold: https://github.com/databricks/cli/pull/819.
 */
export function ownerTags(repository: string | undefined): Readonly<Record<string, string>> {
  const value = (repository ?? '')
    .replaceAll(/[^A-Za-z0-9_.-]/g, '-')
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return { [ownerTag.name]: ownerTag.value, ...(value && { repository: value }) };
}

export function isOurs({ tags }: JobSettings): boolean {
  return isMap(tags) && tags[ownerTag.name] === ownerTag.value;
}
