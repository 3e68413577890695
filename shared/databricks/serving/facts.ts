import type { ServingEndpoint } from '../api/servingEndpoints';
import { recorded } from './record';
import type { EndpointFacts } from './request';
import type { Served } from './traffic/served';
import { previousOf } from './traffic/shares';

/** The version that most requests get. */
export function servedFacts(present: readonly Served[]): Partial<EndpointFacts> {
  const [most] = [...present].sort((a, b) => b.percent - a.percent);
  return most && most.percent > 0 ? { servedVersion: most.version } : {};
}

/** What is known of a deployment before it goes on: what serves, and what served before the new version. */
export function factsOf(
  endpoint: ServingEndpoint,
  present: readonly Served[],
  entryName: string,
): Partial<EndpointFacts> {
  const { deployed, previousVersion } = recorded(endpoint);
  const beside = previousOf(present, entryName, undefined)?.version;
  const before = beside ?? (deployed === entryName ? previousVersion : undefined);
  return {
    servedEntity: entryName,
    ...(before !== undefined && { previousVersion: before }),
    ...servedFacts(present),
  };
}
