import type { Context } from '../agent/context';
import { createHttpClient } from '../http/createHttpClient';
import type { TokenSource } from '../http/tokenSource';
import { userAgent } from '../identity/signIn';

export interface SmokeAnswer {
  readonly status: number;
  readonly milliseconds: number;
  readonly text: string;
  /** Undefined where the way to the service shows no headers. */
  readonly header?: (name: string) => string | undefined;
}

/** Sends a sample (JSON) once. Resolves with any answer; rejects when no answer comes. */
export type SendSample = (sample: string) => Promise<SmokeAnswer>;

const secondsToAnswer = 60;

/** The statuses that a proxy or load balancer answers while the service starts or is not registered yet. */
const statusesOfProxies = [502, 503, 504];

/** Whether the answer may come from the service itself, and not from a proxy or load balancer before it. */
export function hasAnswered({ status }: SmokeAnswer): boolean {
  return !statusesOfProxies.includes(status);
}

/** What goes with each sample. */
export interface SampleCredentials {
  /** A key or a token, which only travels encrypted. */
  readonly tokens?: TokenSource;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends samples directly to the address of a scoring service. Throws a TaskError when the address can't be used. */
export function sampleSender(
  scoringUri: string,
  { agent, clock, signal, deadline }: Context,
  { tokens, headers = {} }: SampleCredentials = {},
): SendSample {
  const { origin, pathname, search } = new URL(scoringUri);
  const http = createHttpClient({
    baseUrl: origin,
    service: 'the scoring service',
    isOpen: tokens === undefined,
    ...(tokens && { tokens }),
    headers,
    agent,
    clock,
    signal,
    deadline,
    userAgent,
  });
  return async (content) => {
    const startedAt = clock.now();
    const { status, body, header } = await http.raw({
      method: 'POST',
      path: pathname + search,
      text: { contentType: 'application/json', content },
      purpose: `send the sample to ${scoringUri}`,
      budgetSeconds: secondsToAnswer,
    });
    return { status, text: body, milliseconds: clock.now() - startedAt, header };
  };
}
