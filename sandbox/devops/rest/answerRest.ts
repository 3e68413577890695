import type { Answer, Received, Trace } from '../../http/httpServer';
import type { Caller } from '../identities/caller';
import type { EntraTokens } from '../identities/entraTokens';
import {
  controllerNotFound,
  methodNotAllowed,
  OrganizationError,
  tokenUnusable,
  unexpected,
} from '../organizationError';
import type { OrganizationState } from '../organizationState';
import { teamNotFound } from '../projects/errors';
import { findProject } from '../projects/findProject';
import type { Project } from '../projects/project';
import type { Team } from '../projects/teams';
import { negotiateVersion } from './apiVersion';
import { authenticate, notSignedIn } from './authenticate';
import type { Host } from './host';
import { readBody } from './requestBody';
import type { DevopsRequest, Method, Reply } from './route';
import type { Match, Router } from './router';
import { page, redirectToSignIn, signInPage } from './signIn';

export interface RestParts {
  readonly state: OrganizationState;
  readonly router: Router;
  /** Whose tokens are accepted besides those of the organisation; can change at any time. */
  readonly entra: () => EntraTokens | undefined;
}

type Headers = Readonly<Record<string, string>>;

interface Place {
  readonly host: Host;
  readonly organization: string;
  /** Below the organisation, still encoded. */
  readonly segments: readonly string[];
}

/** What the REST API, and all that is beside it below the organisation, answers. */
export async function answerRest(
  { state, router, entra }: RestParts,
  received: Received,
  trace: Trace,
  ids: Headers,
): Promise<Answer> {
  const place = placeOf(received.url.pathname);
  if (place?.organization.toLowerCase() !== state.name.toLowerCase())
    return page(404, ids, '<title>404 - Page not found</title>');
  const { host, segments } = place;
  let headers = ids;
  try {
    const caller = await authenticate(state, entra(), received.headers);
    if (caller !== notSignedIn) {
      const { id, principalName } = caller.identity;
      trace.user = principalName;
      headers = { ...ids, 'x-vss-userdata': `${id}:${encodeURIComponent(principalName)}` };
    }
    if (received.method === 'OPTIONS') return options(router, host, segments, received.url.searchParams, headers);
    const matches = router.find(host, segments);
    if (caller === notSignedIn) return refuse(state, received, matches[0]?.isChallenging ?? false, ids);
    return toAnswer(await perform(state, { matches, segments, caller, received }), headers);
  } catch (thrown) {
    return toErrorAnswer(thrown instanceof OrganizationError ? thrown : unexpected(thrown), headers);
  }
}

/** `/{organization}/…` is the first host, the others come before the organisation. */
function placeOf(path: string): Place | undefined {
  const [first = '', ...others] = path.split('/').filter((segment) => segment !== '');
  const host = otherHosts.find((each) => each === first.toLowerCase());
  const [organization, segments] = host === undefined ? [first, others] : [others[0] ?? '', others.slice(1)];
  if (![organization, ...segments].every(isDecodable)) return undefined;
  return { host: host ?? 'dev', organization: decodeURIComponent(organization), segments };
}

const otherHosts: readonly Host[] = ['vssps', 'vsaex', 'extmgmt'];

function isDecodable(segment: string): boolean {
  try {
    decodeURIComponent(segment);
    return true;
  } catch {
    return false;
  }
}

/** The table of the resources of a host, to everybody. */
function options(
  router: Router,
  host: Host,
  [first, area]: readonly string[],
  query: URLSearchParams,
  ids: Headers,
): Answer {
  if (first?.toLowerCase() !== '_apis') return { status: 200, headers: ids, body: Buffer.alloc(0) };
  const hosts: readonly Host[] = query.get('allHostTypes')?.toLowerCase() === 'true' ? ['dev', ...otherHosts] : [host];
  const rows = hosts.flatMap((each) =>
    router.locations(each, area === undefined ? undefined : decodeURIComponent(area)),
  );
  return toAnswer({ status: 200, body: { count: rows.length, value: rows } }, ids);
}

/** What a client without a credential, or with an unknown one, gets. */
function refuse(
  { origin }: OrganizationState,
  { url, headers: { 'x-tfs-fedauthredirect': redirect } }: Received,
  isChallenging: boolean,
  ids: Headers,
): Answer {
  if (isChallenging)
    return {
      status: 401,
      headers: { ...ids, 'www-authenticate': `Basic realm="${origin}/"` },
      body: Buffer.alloc(0),
      errorCode: 'Unauthorized',
    };
  if (redirect?.toString().toLowerCase() !== 'suppress') return redirectToSignIn(origin, url.pathname, ids);
  return signInPage(203, ids);
}

interface Work {
  readonly matches: readonly Match[];
  readonly segments: readonly string[];
  readonly caller: Caller;
  readonly received: Received;
}

/** @throws OrganizationError */
async function perform(state: OrganizationState, { matches, segments, caller, received }: Work): Promise<Reply> {
  const method = (
    received.method === 'HEAD' && !matches.some(({ handlers }) => handlers.HEAD) ? 'GET' : received.method
  ) as Method;
  if (matches.length === 0) throw controllerNotFound(`/${segments.map(decodeURIComponent).join('/')}`);
  const match = matches.find(({ handlers }) => handlers[method]);
  const handler = match?.handlers[method];
  if (!match || !handler) throw methodNotAllowed(received.method);
  const { route, parameters } = match;
  const { searchParams: query } = received.url;
  const apiVersion = route ? negotiateVersion(route.location, method, query, received.headers) : '';
  const scope = route?.scopes?.[method];
  if (scope !== undefined && !caller.hasScope(scope)) throw tokenUnusable(state.origin);
  const project = parameters['project'] === undefined ? undefined : findProject(state, caller, parameters['project']);
  const request: DevopsRequest = {
    caller,
    project,
    team: project && findTeam(state, project, match),
    parameters,
    query,
    body: route ? readBody(received) : undefined,
    apiVersion,
    organization: state,
    received,
  };
  return withVersion(await handler(request), apiVersion);
}

/** That of the path, or the default team where the path can name one. */
function findTeam(state: OrganizationState, project: Project, { route, parameters }: Match): Team | undefined {
  if (!route?.location.routeTemplate.includes('{team}')) return undefined;
  const name = parameters['team'] ?? project.defaultTeamId;
  const team = state.teams.find(project, name);
  if (!team) throw teamNotFound(name);
  return team;
}

/** Successes name their version in the content type, errors do not. */
function withVersion(reply: Reply, apiVersion: string): Reply {
  if (reply.body === undefined || apiVersion === '' || reply.status >= 400) return reply;
  const type = `application/json; charset=utf-8; api-version=${apiVersion}`;
  return { ...reply, headers: { 'content-type': type, ...reply.headers } };
}

function toAnswer({ status, body, headers, raw }: Reply, common: Headers): Answer {
  if (raw) return { status, headers: { ...common, 'content-type': raw.contentType, ...headers }, body: raw.bytes };
  if (body === undefined) return { status, headers: { ...common, ...headers }, body: Buffer.alloc(0) };
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers: { ...common, ...type, ...headers }, body: Buffer.from(JSON.stringify(body)) };
}

function toErrorAnswer({ status, errorCode, body, face }: OrganizationError, common: Headers): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { contentType = 'application/json; charset=utf-8', hasByteOrderMark = false, headers } = face;
  return {
    status,
    headers: { ...common, ...(contentType !== '' && { 'content-type': contentType }), ...headers },
    body: Buffer.from(hasByteOrderMark ? `\uFEFF${text}` : text),
    errorCode,
  };
}
