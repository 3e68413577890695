import { ownerTag } from '../jobs/ownership';
import type { ServingEndpoint } from '../api/servingEndpoints';
import type { Served } from './traffic/served';

/** The tags in which an endpoint records what was deployed to it, and what served before. */
export const recordTags = {
  deployed: 'deployed-entity',
  previous: 'previous-entity',
  previousVersion: 'previous-version',
} as const;

/** Tags that a specification must not have. */
export const reservedTags: readonly string[] = [ownerTag.name, ...Object.values(recordTags)];

export interface DeploymentTags {
  /** The name of the entry that was deployed last. */
  readonly deployed: string | undefined;
  /** The name of the entry that served before it. */
  readonly previous: string | undefined;
  readonly previousVersion: string | undefined;
}

/** An empty value is not accepted everywhere. */
const none = 'none';

/** What is recorded of the last deployment. */
export function recorded({ tags }: ServingEndpoint): DeploymentTags {
  const read = (name: string): string | undefined => {
    const value = tags.get(name);
    return value === undefined || value === '' || value === none ? undefined : value;
  };
  const { deployed, previous, previousVersion } = recordTags;
  return { deployed: read(deployed), previous: read(previous), previousVersion: read(previousVersion) };
}

/** The tags that record a deployment. */
export function deploymentTags(
  entry: Pick<Served, 'name'>,
  previous: Served | undefined,
): Readonly<Record<string, string>> {
  return {
    ...ownerTags,
    [recordTags.deployed]: entry.name,
    [recordTags.previous]: previous?.name ?? none,
    [recordTags.previousVersion]: previous?.version ?? none,
  };
}

/** Marks the endpoints that this product created and may change. */
export const ownerTags: Readonly<Record<string, string>> = { [ownerTag.name]: ownerTag.value };

export function isOurs({ tags }: ServingEndpoint): boolean {
  return tags.get(ownerTag.name) === ownerTag.value;
}

/** Those of the tags that an endpoint does not have with these values. */
export function missingTags(
  { tags }: ServingEndpoint,
  wanted: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => tags.get(name) !== value));
}
