import { ApiError } from './apiError';

/**
 * Requests per second and workspace. Sources: "Resource limits" of the Databricks documentation (Workspace and Jobs
 * rows); 20 for import-file is from databricks/cli pull request 5165.
 */
const limits: Readonly<Record<string, number>> = {
  'POST /api/2.0/workspace/import': 30,
  'POST /api/2.0/workspace-files/import-file/': 20,
  'GET /api/2.0/workspace/export': 60,
  'POST /api/2.2/jobs/create': 20,
  'POST /api/2.2/jobs/run-now': 20,
  'POST /api/2.2/jobs/runs/submit': 35,
  'GET /api/2.2/jobs/runs/get': 100,
};

const windowMilliseconds = 1000;

/** A sliding window of one second per limited route, in real time. */
export class RateLimits {
  readonly #accepted = new Map<string, number[]>();

  /** `now` tells milliseconds that never go back. */
  constructor(private readonly now = () => performance.now()) {}

  /** @throws ApiError 429 with `Retry-After` when the route has had its share of the last second. */
  check(method: string, path: string): void {
    const route = Object.keys(limits).find(
      (key) => key === `${method} ${path}` || (key.endsWith('/') && `${method} ${path}`.startsWith(key)),
    );
    const limit = route === undefined ? undefined : limits[route];
    if (route === undefined || limit === undefined) return;
    const now = this.now();
    const recent = (this.#accepted.get(route) ?? []).filter((time) => now - time < windowMilliseconds);
    this.#accepted.set(route, recent);
    if (recent.length >= limit) {
      throw new ApiError(
        429,
        'REQUEST_LIMIT_EXCEEDED',
        `Workspace exceeded the rate limit of ${limit} requests per second for ${path}.`,
        {
          'retry-after': '1',
        },
      );
    }
    recent.push(now);
  }
}
