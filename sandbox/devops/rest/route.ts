import type { Received } from '../../http/httpServer';
import type { Caller } from '../identities/caller';
import type { OrganizationState } from '../organizationState';
import type { Project } from '../projects/project';
import type { Team } from '../projects/teams';
import type { Host } from './host';

/** A row of the table that `OPTIONS _apis` answers, as the service has it. */
export interface Location {
  readonly id: string;
  readonly area: string;
  readonly resourceName: string;
  readonly routeTemplate: string;
  readonly resourceVersion: number;
  readonly minVersion: string;
  readonly maxVersion: string;
  /** `0.0` when the resource is in preview only. */
  readonly releasedVersion: string;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';

/** What a request asks for, after its sign-in, its api-version and its body were found to be good. */
export interface DevopsRequest {
  readonly caller: Caller;
  /** That of `{project}`; undefined where the path has none. */
  readonly project: Project | undefined;
  /** That of `{team}`, or the default team of the project. */
  readonly team: Team | undefined;
  /** The parameters of the path, decoded; one that is not in the path is not in here. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON of the request; undefined without a body. */
  readonly body: unknown;
  /** Such as `7.1` or `7.1-preview.1`; empty for a route without versions. */
  readonly apiVersion: string;
  readonly organization: OrganizationState;
  /** The request itself, for handlers that need its bytes or headers. */
  readonly received: Received;
}

/** What a handler answers. Without `body` and `raw` the answer is empty. */
export interface Reply {
  readonly status: number;
  /** Sent as JSON; `null` is sent as `null`. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly raw?: { readonly contentType: string; readonly bytes: Buffer };
}

export type Handler = (request: DevopsRequest) => Reply | Promise<Reply>;

export type Handlers = Readonly<Partial<Record<Method, Handler>>>;

/** A resource of the REST API. */
export interface Route {
  /** `dev` without it. */
  readonly host?: Host;
  readonly location: Location;
  readonly handlers: Handlers;
  /** The path may leave out `{project}`, as for repositories by id. */
  readonly isProjectOptional?: boolean;
  /** The scope that a token needs for a method, as the reference of the REST API names it; any token without it. */
  readonly scopes?: Readonly<Partial<Record<Method, string>>>;
}

/** A path that is not a resource of the REST API: it has no api-version, and its body is not read. */
export interface PathRoute {
  /** As `routeTemplate`, such as `{project}/_git/{repository}/{*path}`. */
  readonly template: string;
  readonly handlers: Handlers;
  /** Whoever is not signed in gets 401 and a challenge, not the page to sign in. */
  readonly isChallenging?: boolean;
  readonly isProjectOptional?: boolean;
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const accepted = (body: unknown): Reply => ({ status: 202, body });
export const noContent: Reply = { status: 204 };
/** A list as the service sends it. */
export const listOf = (value: readonly unknown[], headers?: Readonly<Record<string, string>>): Reply => ({
  status: 200,
  body: { count: value.length, value },
  ...(headers && { headers }),
});
/** A row of the table; versions of most resources end at 7.2, and 7.1 is the newest that is released. */
export const location = (
  id: string,
  area: string,
  resourceName: string,
  routeTemplate: string,
  [resourceVersion, minVersion, maxVersion, releasedVersion]: readonly [number, string, string, string],
): Location => ({
  id,
  area,
  resourceName,
  routeTemplate,
  resourceVersion,
  minVersion,
  maxVersion,
  releasedVersion,
});
