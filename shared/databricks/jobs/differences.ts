import { differences, type Difference } from '../../comparison/difference';
import {
  digestIn,
  digestOf,
  digestTag,
  isUnconfirmed,
  secretLeftOut,
  unreturned,
  withUnreturned,
} from '../../comparison/unreturned';
import { isMap, type JsonMap } from '../../json';
import { jobBehaviors } from './knownBehavior';

/** A job compared with its definition. */
export interface JobComparison {
  /** Why it has to be updated. */
  readonly differences: readonly Difference[];
  /** Where Databricks returns another value than was written. */
  readonly other: readonly Difference[];
  /** Where Databricks returns nothing of what was written, or something that was not. */
  readonly unconfirmed: readonly Difference[];
  /** Of what cannot be compared, as it is now; undefined when all can. */
  readonly digest: string | undefined;
  /** The digest after the last update. */
  readonly remembered: string | undefined;
}

/**
 * Where a job differs from its settings as they were written. What somebody has added to the job by hand, and a reset
 * would remove, is a difference too: all that is there beyond what was written and what Databricks fills in.
 */
export function jobDifferences(wanted: JsonMap, found: JsonMap): readonly Difference[] {
  return differences(wanted, found, jobBehaviors);
}

/**
 * Compares a job with its settings as they were written. What Databricks does not return, or adds, is a difference only
 * if it is not the same as after the last update, which a tag of the job remembers. A job without that tag, such as one
 * of an earlier version, has to be updated if it has such settings, because nobody knows whether Databricks has them;
 * otherwise it needs no tag.
 */
export function compareJob(wanted: JsonMap, job: JsonMap): JobComparison {
  const remembered = digestIn(job['tags']);
  const tags = isMap(job['tags']) ? { ...job['tags'], [digestTag]: undefined } : job['tags'];
  const all = jobDifferences(wanted, { ...job, tags });
  const other = all.filter((difference) => !isUnconfirmed(difference));
  const unconfirmed = all.filter(isUnconfirmed);
  const invisible = unreturned(wanted, jobBehaviors);
  const digest = digestOf([...invisible, ...unconfirmed]);
  const isForgotten = digest === undefined && remembered !== undefined;
  const left = isForgotten ? [{ path: ['tags', digestTag], wanted: undefined, found: remembered }] : [];
  return {
    differences: digest === remembered ? other : [...withUnreturned(all, invisible), ...left],
    other,
    unconfirmed,
    digest,
    remembered,
  };
}

/** The digest of a definition whose settings Databricks returns as far as is known. */
export function expectedDigest(wanted: JsonMap): string | undefined {
  return digestOf(unreturned(wanted, jobBehaviors));
}

/** What to know about secrets of a definition whose change is not noticed. */
export function secretNotice(wanted: JsonMap): string | undefined {
  return secretLeftOut(unreturned(wanted, jobBehaviors));
}
