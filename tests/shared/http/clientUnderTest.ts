import type { TaskAgent } from '../../../shared/agent/agent';
import { databricksDialect } from '../../../shared/databricks/dialect';
import { createHttpClient } from '../../../shared/http/createHttpClient';
import type { HttpClientOptions } from '../../../shared/http/service';
import type { DetailedHttpClient, HttpRequest } from '../../../shared/http/httpClient';
import type { TokenSource } from '../../../shared/http/tokenSource';
import { FakeClock } from '../../support/fakeClock';

/** Hands out `secret-token-1`, and the next number after each refusal as long as it may. */
export class TestTokens implements TokenSource {
  readonly identity = "the token of connection 'dev'";
  readonly refusals: string[] = [];
  #number = 1;

  constructor(private readonly renewals = 0) {}

  token(): Promise<string> {
    return Promise.resolve(`secret-token-${this.#number}`);
  }

  refused(token: string): boolean {
    this.refusals.push(token);
    if (this.#number > this.renewals) return false;
    this.#number++;
    return true;
  }
}

export interface ClientUnderTest {
  readonly client: DetailedHttpClient;
  readonly clock: FakeClock;
  readonly tokens: TestTokens;
  readonly debugLines: string[];
}

/** A client with a fake clock that waits as long as it may. */
export function clientFor(
  baseUrl: string,
  options: Partial<HttpClientOptions> & { readonly tokens?: TestTokens } = {},
  agent: Partial<Pick<TaskAgent, 'proxyFor' | 'certificates'>> = {},
): ClientUnderTest {
  const clock = new FakeClock();
  const debugLines: string[] = [];
  const tokens = options.tokens ?? new TestTokens();
  const client = createHttpClient({
    baseUrl,
    service: 'Databricks',
    dialect: databricksDialect,
    clock,
    signal: new AbortController().signal,
    userAgent: 'model-pipeline-tasks/1.0.0',
    random: () => 1,
    ...options,
    tokens,
    agent: {
      debug: (line) => debugLines.push(line),
      proxyFor: () => undefined,
      certificates: () => undefined,
      ...agent,
    },
  });
  return { client, clock, tokens, debugLines };
}

export const get: HttpRequest = { method: 'GET', path: '/api/thing', purpose: 'read the thing' };
export const create: HttpRequest = {
  method: 'POST',
  path: '/api/thing',
  purpose: 'create the thing',
  json: { name: 'x' },
};
export const replace: HttpRequest = { ...create, purpose: 'replace the thing', repeatable: true };

/** What a promise was rejected with, for tests that look at several sides of an error. */
export async function errorOf<E extends Error>(
  type: abstract new (...args: never[]) => E,
  promise: Promise<unknown>,
): Promise<E> {
  const outcome: unknown = await promise.then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error,
  );
  if (outcome instanceof type) return outcome;
  throw outcome;
}
