import { isMap } from '../../json';
import type { JobSettings } from '../api/jobs';

/** Marks the jobs that this product created and may change. */
export const ownerTag = { name: 'managed-by', value: 'model-pipeline-tasks' };

/** Databricks accepts no more tags. */
export const mostTags = 25;

/**
 * The tags of a job that this product creates. Jobs pass their tags on to their clusters and so to the cloud. Google
 * Cloud has the strictest rules for them: https://github.com/databricks/cli/pull/819.
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
