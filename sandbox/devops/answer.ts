import { randomUUID } from 'node:crypto';
import { type Answer, jsonType, type Received } from '../http/httpServer';
import type { JobTokens } from './jobTokens';
import {
  connectionNotFound,
  connectionNotReferenced,
  exceptionBody,
  jobNotFound,
  mediaTypeNotSupported,
  methodNotAllowed,
  notAGuid,
  notFound,
  OrganizationError,
  unauthorized,
  versionInPreview,
  versionInvalid,
  versionMissing,
  versionTooHigh,
} from './organizationError';
import type { StartedJob } from './startedJob';

export interface OrganizationParts {
  /** Of the server, without the organisation. */
  readonly origin: string;
  readonly issuer: string;
  readonly accessToken: string;
  readonly tokens: JobTokens;
  /** By the path of their `System.OidcRequestUri`, in lower case. */
  readonly jobs: ReadonlyMap<string, StartedJob>;
  /** Names by id; ids in lower case. */
  readonly connections: ReadonlyMap<string, string>;
}

/** What the organisation answers to a request. */
export async function answerRequest(parts: OrganizationParts, received: Received): Promise<Answer> {
  const path = received.url.pathname;
  const headers = { 'x-vss-e2eid': randomUUID(), activityid: randomUUID() };
  if (path === signInPath)
    return page(200, headers, '<title>Azure DevOps Services | Sign In</title><form>Sign in</form>');
  try {
    const result = publicDocument(parts, path) ?? (await issueToken(parts, received, path));
    return { status: 200, headers: { ...headers, ...jsonType }, body: Buffer.from(JSON.stringify(result)) };
  } catch (thrown) {
    const error = thrown instanceof OrganizationError ? thrown : unexpected(thrown);
    if (error.status === 401 && received.headers['x-tfs-fedauthredirect']?.toString().toLowerCase() !== 'suppress')
      return redirectToSignIn(parts.origin, path, headers);
    return {
      status: error.status,
      headers: {
        ...headers,
        ...jsonType,
        ...(error.status === 401 && { 'www-authenticate': `Bearer, Basic realm="${parts.origin}/", TFS-Federated` }),
      },
      body: Buffer.from(JSON.stringify(error.body)),
      errorCode: error.errorCode,
    };
  }
}

/** What the issuer of tokens says of itself, to everybody; undefined for any other path. */
function publicDocument({ origin, issuer, tokens }: OrganizationParts, path: string): object | undefined {
  const keys = `${issuer}/.well-known/jwks`;
  switch (origin + path) {
    case `${issuer}/.well-known/openid-configuration`:
      return {
        issuer,
        jwks_uri: keys,
        subject_types_supported: ['public', 'pairwise'],
        response_types_supported: ['id_token'],
        claims_supported: ['sub', 'aud', 'exp', 'iat', 'iss', 'nbf', 'jti', 'org_id', 'prj_id', 'def_id', 'run_id'],
        id_token_signing_alg_values_supported: ['RS256'],
        scopes_supported: ['openid'],
      };
    case keys:
      return { keys: [tokens.publicKey] };
    default:
      return undefined;
  }
}

const tokenPath = /\/_apis\/distributedtask\/hubs\/[^/]+\/plans\/([^/]+)\/jobs\/[^/]+\/oidctoken$/i;

/** "Oidctoken - Create" of the Distributed Task REST API. @throws OrganizationError */
async function issueToken(parts: OrganizationParts, received: Received, path: string): Promise<object> {
  const { method, url, headers, body } = received;
  if (headers.authorization !== `Bearer ${parts.accessToken}`) throw unauthorized();
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
  if (version === null || version === '') throw versionMissing();
  const [, number = '', preview] = /^(\d+\.\d+)(-preview(?:\.\d+)?)?$/i.exec(version) ?? [];
  if (number === '') throw versionInvalid(version);
  if (Number(number) > latestVersion) throw versionTooHigh(number, String(latestVersion));
  if (Number(number) > releasedVersion && preview === undefined) throw versionInPreview(number);
}

/** Its name. The connections of a job are those that inputs of its tasks name, run or not. */
function findConnection({ connections }: OrganizationParts, job: StartedJob, given: string): string {
  const id = given.toLowerCase();
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) throw notAGuid(given);
  const { variables, connectionIds } = job;
  if (connectionIds && !connectionIds.some((each) => each.toLowerCase() === id))
    throw connectionNotReferenced(id, variables.get('System.StageName') ?? '', variables.get('System.JobName') ?? '');
  const name = connections.get(id);
  if (name === undefined) throw connectionNotFound(id);
  return name;
}

const signInPath = '/_signin';

/** What whoever is not signed in gets, unless the request forbids it. */
function redirectToSignIn(origin: string, path: string, headers: Readonly<Record<string, string>>): Answer {
  const location = `${origin}${signInPath}?realm=dev.azure.com&reply_to=${encodeURIComponent(origin + path)}`;
  const link = `<h2>Object moved to <a href="${location.replaceAll('&', '&amp;')}">here</a>.</h2>`;
  return page(302, { ...headers, location }, `<title>Object moved</title>${link}`);
}

function page(status: number, headers: Readonly<Record<string, string>>, content: string): Answer {
  const body = Buffer.from(`<!DOCTYPE html><html>${content}</html>\r\n`);
  return { status, headers: { ...headers, 'content-type': 'text/html; charset=utf-8' }, body };
}

/** A defect of the stand-in itself: on its console, and as Azure DevOps would say it. */
function unexpected(thrown: unknown): OrganizationError {
  console.error(thrown);
  const message = `Internal error of the sandbox: ${String(thrown)}`;
  return new OrganizationError(500, 'Exception', message, exceptionBody('System.Exception', message));
}
