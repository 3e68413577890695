import type { HttpRequest } from '../../http/httpClient';
import { pages } from '../../http/pages';
import * as shape from '../../http/shape';
import type { Json } from '../../json';
import { pathSegment } from '../../pathSegment';
import { routes, type Route, type RouteName } from './routes';

/** A request to a resource of Azure DevOps: its route says which host, which path and which version. */
export interface DevopsRequest extends Omit<HttpRequest, 'path' | 'headers'> {
  readonly route: RouteName;
  /** The names or ids in the path, as they are; left out at the end of a path for a whole collection. */
  readonly parameters?: Readonly<Record<string, string | number | undefined>>;
  /** What is asked for; JSON by default. */
  readonly accept?: string;
}

/**
 * Azure DevOps, through the hosts that the organization names. Every call throws what `HttpClient` throws, and a TaskError
 * for an organization of Azure DevOps Server.
 */
export interface DevopsHttp {
  /** Sends and reads a JSON answer of a shape. */
  json<T>(request: DevopsRequest, shape: shape.Shape<T>): Promise<T>;
  /** Reads all pages of a list, which the header `x-ms-continuationtoken` chains. */
  list<T>(request: DevopsRequest, item: shape.Shape<T>): Promise<readonly T[]>;
  /** Reads a file as it is. */
  bytes(request: DevopsRequest): Promise<Uint8Array>;
}

/** An interface of azure-devops-node-api as it travels: dates are texts, values of enumerations are names or numbers. */
export type Wire<T> = 0 extends 1 & T
  ? Json
  : T extends Date
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Wire<Item>[]
      : T extends number
        ? number | string
        : T extends object
          ? { readonly [Name in keyof T]?: Wire<T[Name]> }
          : T;

/** The path of a request. Throws a TaskError for a name that cannot be part of a path. */
export function pathOf({ template }: Route, parameters: DevopsRequest['parameters'] = {}): string {
  const segments: string[] = [];
  let missing: string | undefined;
  for (const segment of template.split('/')) {
    const [, rest = '', name] = /^\{(\*?)(\w+)\}$/.exec(segment) ?? [];
    const value = name === undefined ? segment : parameters[name];
    if (value === undefined) {
      // The project may be left out where the id of a repository is enough, and the last parts for a whole collection.
      if (segments.length > 0) missing = name;
      continue;
    }
    if (missing !== undefined) throw new Error(`The path ${template} needs ${missing}.`);
    if (name === undefined) segments.push(segment);
    else segments.push(...(rest ? String(value).split('/') : [String(value)]).map(pathSegment));
  }
  return `/${segments.join('/')}`;
}

/** The route, the version and what else is the same for each request to a resource. */
export function httpRequestOf({
  route,
  parameters,
  accept = 'application/json',
  ...request
}: DevopsRequest): HttpRequest {
  return {
    ...request,
    path: pathOf(routes[route], parameters),
    headers: { Accept: `${accept};api-version=${routes[route].version}` },
  };
}

/** Reads a list whose pages are named by how many items come before them, as in the lists of teams and pull requests. */
export function listBySkip<T>(
  http: DevopsHttp,
  request: DevopsRequest,
  item: shape.Shape<T>,
  idOf: (item: T) => string,
): Promise<readonly T[]> {
  const found = new Map<string, T>();
  const read = async (skip: string | undefined) => {
    const query = { ...request.query, $top: itemsOfPage, $skip: skip ?? 0 };
    const { value } = await http.json({ ...request, query, isNextPage: skip !== undefined }, listOf(item));
    const known = found.size;
    for (const each of value) found.set(idOf(each), each);
    // The service may return fewer items than asked for: only a page without a new one is the end.
    return { items: [], next: found.size === known ? undefined : String(found.size) };
  };
  return complete(pages(request.purpose, read)).then(() => [...found.values()]);
}

const itemsOfPage = 1000;

/** A list as Azure DevOps returns it. */
export function listOf<T>(item: shape.Shape<T>) {
  return shape.object({ value: shape.list(item) });
}

/** All items of a list, page by page. */
export async function complete<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
