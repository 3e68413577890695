import type { Fault, Faults } from '../../sandbox/http/faults';

/** What a step asks for. */
export interface Route {
  readonly method: string;
  readonly path: string;
}

/** More requests than a step makes to one route. */
const mostRequests = 40;

/** The routes of requests, each once. Ids, which differ from sandbox to sandbox, are `*`, as the faults of a sandbox take it. */
export function routesOf(requests: readonly Route[]): readonly Route[] {
  const routes = requests.map(({ method, path }) => ({
    method,
    path: path.replace(/[0-9a-f]{8}(-[0-9a-f]{4,12}){4}|[0-9a-f]{40}|\d{6,}/g, '*'),
  }));
  return [...new Map(routes.map((route) => [`${route.path} ${route.method}`, route])).entries()]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([, route]) => route);
}

/** Lets each request to these routes fail, but not the one that repeats it; from the `first` of each route on. */
export function failEachOnce(faults: Faults, routes: readonly Route[], fault: Fault, first = 1): void {
  for (const { method, path } of routes)
    for (let from = first; from < mostRequests; from += 2) faults.add({ ...fault, method, path: onlyThis(path), from });
}

/** An id is one segment of a path, and what lies below is another route. */
function onlyThis(path: string): RegExp {
  const parts = path.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}
