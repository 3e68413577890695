import type { Received } from '../http/httpServer';
import type { JobTokens } from './jobTokens';
import {
  connectionNotFound,
  connectionNotReferenced,
  jobNotFound,
  mediaTypeNotSupported,
  methodNotAllowed,
  notAGuid,
  notFound,
  unauthorized,
  versionInPreview,
  versionInvalid,
  versionMissing,
  versionTooHigh,
} from './organizationError';
import type { StartedJob } from './startedJob';

export interface OidcParts {
  readonly issuer: string;
  /** Whether a token is that of a job. */
  readonly isJobToken: (token: string) => boolean;
  readonly tokens: JobTokens;
  /** By the path of their `System.OidcRequestUri`, in lower case. */
  readonly jobs: ReadonlyMap<string, StartedJob>;
  /** Names by id; ids in lower case. */
  readonly connections: Pick<ReadonlyMap<string, string>, 'get'>;
}

export const isTokenPath = (path: string): boolean => tokenPath.test(path);

const tokenPath = /\/_apis\/distributedtask\/hubs\/[^/]+\/plans\/([^/]+)\/jobs\/[^/]+\/oidctoken$/i;

/** "Oidctoken - Create" of the Distributed Task REST API. @throws OrganizationError */
export async function issueToken(parts: OidcParts, received: Received, path: string): Promise<object> {
  const { method, url, headers, body } = received;
  if (!parts.isJobToken(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '')) throw unauthorized();
  const planId = tokenPath.exec(path)?.[1];
  if (planId === undefined) throw notFound(path);
  if (method !== 'POST') throw methodNotAllowed(method);
  checkVersion(url.searchParams.get('api-version'));
  const mediaType = headers['content-type']?.split(';')[0]?.trim();
  if (body.length > 0 && mediaType !== 'application/json') throw mediaTypeNotSupported(mediaType);
  const job = parts.jobs.get(path.toLowerCase());
  if (!job) throw jobNotFound(planId);
  const id = url.searchParams.get('serviceConnectionId');
  if (id === null) return { oidcToken: await parts.tokens.ofPipeline(parts.issuer, job) };
  return { oidcToken: await parts.tokens.ofConnection(parts.issuer, job, findConnection(parts, job, id)) };
}

const [releasedVersion, latestVersion] = [7.1, 7.2];

function checkVersion(version: string | null): void {
  if (version === null || version === '') throw versionMissing('POST');
  const [, number = '', preview] = /^(\d+\.\d+)(-preview(?:\.\d+)?)?$/i.exec(version) ?? [];
  if (number === '') throw versionInvalid(version);
  if (Number(number) > latestVersion) throw versionTooHigh(number, String(latestVersion));
  if (Number(number) > releasedVersion && preview === undefined) throw versionInPreview(number);
}

/** Its name. The connections of a job are those that inputs of its tasks name, run or not. */
function findConnection({ connections }: OidcParts, job: StartedJob, given: string): string {
  const id = given.toLowerCase();
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) throw notAGuid(given);
  const { variables, connectionIds } = job;
  if (connectionIds && !connectionIds.some((each) => each.toLowerCase() === id))
    throw connectionNotReferenced(id, variables.get('System.StageName') ?? '', variables.get('System.JobName') ?? '');
  const name = connections.get(id);
  if (name === undefined) throw connectionNotFound(id);
  return name;
}
