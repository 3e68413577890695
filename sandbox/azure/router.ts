import type { Caller } from './callers';

/** A request that its caller may make. */
export interface ArmRequest {
  /** What the `{…}` of the route stand for, as written in the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as it was sent, with its `?`. */
  readonly search: string;
  /** The JSON of the body; undefined without one. */
  readonly body: unknown;
  readonly caller: Caller;
}

export interface ArmReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Some providers answer with the JSON `null`. */
  readonly body?: object | null;
}

export interface Route {
  readonly method: string;
  /** Such as `/subscriptions/{subscriptionId}/providers/Microsoft.Databricks/workspaces`. */
  readonly path: string;
  /** The permission that it needs. */
  readonly action: string;
  /** Those it is documented for, the oldest first. */
  readonly apiVersions: readonly string[];
  readonly handle: (request: ArmRequest) => ArmReply | Promise<ArmReply>;
}

export const ok = (body: object): ArmReply => ({ status: 200, body });

/** Routes by method and path; paths are compared without regard to case. */
export class Router {
  readonly #routes: (Route & { readonly pattern: RegExp })[] = [];

  add(route: Route): void {
    const pattern = route.path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    this.#routes.push({ ...route, pattern: new RegExp(`^${pattern}/?$`, 'i') });
  }

  find(method: string, path: string): (Route & Pick<ArmRequest, 'parameters'>) | undefined {
    for (const route of this.#routes) {
      const match = route.method === method ? route.pattern.exec(path) : null;
      if (match) return { ...route, parameters: { ...match.groups } };
    }
    return undefined;
  }
}
