import { isJsonObject, type Json, type JsonObject, parseJson } from './json';
import { ApiError, invalidParameter } from './apiError';

/** Who sent a request. */
export interface User {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string;
  /** Admins have every permission. */
  readonly isAdmin: boolean;
}

/** The sender of a request to a public route. */
export const nobody: User = { id: '', userName: '', displayName: '', isAdmin: false };

/** A request with its whole body, and typed access to what it carries. Missing values are `undefined`. */
export class ApiRequest {
  #json: JsonObject | undefined;

  constructor(
    readonly method: string,
    readonly path: string,
    readonly query: URLSearchParams,
    readonly headers: Readonly<Record<string, string | string[] | undefined>>,
    readonly body: Buffer,
    readonly user: User,
    /** The part of the path that a trailing `*` of the route stands for. */
    readonly rest: string,
  ) {}

  /** The body as a JSON object; empty when there is no body. */
  get json(): JsonObject {
    if (this.#json) return this.#json;
    let value: Json = {};
    if (this.body.length > 0) {
      try {
        value = parseJson(this.body.toString('utf8'));
      } catch {
        throw new ApiError(
          400,
          'MALFORMED_REQUEST',
          'Invalid JSON given in the body of the request - failed to parse given JSON',
        );
      }
    }
    if (!isJsonObject(value)) {
      throw new ApiError(400, 'MALFORMED_REQUEST', 'Invalid JSON given in the body of the request - expected a map');
    }
    this.#json = value;
    return value;
  }

  /** A value of the query (GET, HEAD) or of the JSON body, as text; numbers keep all their digits. */
  text(name: string): string | undefined {
    if (isReading(this.method)) return this.query.get(name) ?? undefined;
    const value = this.json[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'object')
      throw invalidParameter(`Could not parse request object: ${name} is not a plain value`);
    return String(value);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw invalidParameter(`Missing required field: ${name}`);
    return value;
  }

  flag(name: string): boolean {
    return this.text(name) === 'true';
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined || value === '') return undefined;
    if (!/^-?\d+$/.test(value))
      throw invalidParameter(`Could not parse request object: ${name} must be a number, got ${value}`);
    return Number(value);
  }
}

/** Whether requests of the method change nothing. */
export const isReading = (method: string) => method === 'GET' || method === 'HEAD';

/** JSON by default; `raw` answers carry their own bytes and content type. */
export type ApiAnswer = JsonObject | RawAnswer;

export class RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly bytes: Buffer,
    { status = 200, headers = {} }: { readonly status?: number; readonly headers?: Record<string, string> } = {},
  ) {
    this.status = status;
    this.headers = { 'content-type': 'application/octet-stream', ...headers };
  }
}

export type Handler = (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly handle: Handler;
  /** Whether it needs no token. */
  readonly isPublic: boolean;
}

/** Routes by method and exact path; a path that ends in `*` takes everything below it. */
export class Router {
  readonly #routes: Route[] = [];

  add(method: string, path: string, handle: Handler): void {
    this.#routes.push({ method, path, handle, isPublic: false });
  }

  /** A route that everybody may use. */
  addPublic(method: string, path: string, handle: Handler): void {
    this.#routes.push({ method, path, handle, isPublic: true });
  }

  find(method: string, path: string): (Route & { readonly rest: string }) | undefined {
    for (const route of this.#routes) {
      if (route.method !== method) continue;
      const prefix = route.path.endsWith('*') ? route.path.slice(0, -1) : undefined;
      if (route.path === path) return { ...route, rest: '' };
      if (prefix !== undefined && path.startsWith(prefix)) return { ...route, rest: path.slice(prefix.length) };
    }
    return undefined;
  }
}
