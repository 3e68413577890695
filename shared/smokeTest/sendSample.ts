import type { Agent } from '../agent/agent';
import type { Clock } from '../clock';
import { createHttpClient } from '../http/createHttpClient';
import { userAgent } from '../identity/signIn';

export interface SmokeAnswer {
  readonly status: number;
  readonly milliseconds: number;
  readonly text: string;
}

/** Sends a sample, JSON, once. Resolves with whatever is answered; rejects where no answer comes. */
export type SendSample = (sample: string) => Promise<SmokeAnswer>;

const secondsToAnswer = 60;

/** Answers that something else gives as long as the service doesn't: it starts, or a balancer doesn't know it yet. */
const notYet = [502, 503, 504];

/** Whether the service itself may have answered, and not what stands before it. */
export function hasAnswered({ status }: SmokeAnswer): boolean {
  return !notYet.includes(status);
}

/** Sends samples straight to the address of a scoring service. Throws a TaskError when that can't be used. */
export function sampleSender(
  scoringUri: string,
  surroundings: {
    readonly agent: Pick<Agent, 'debug' | 'proxyFor' | 'certificates'>;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): SendSample {
  const { agent, clock, signal } = surroundings;
  const { origin, pathname, search } = new URL(scoringUri);
  const http = createHttpClient({
    baseUrl: origin,
    service: 'the scoring service',
    isOpen: true,
    agent,
    clock,
    signal,
    userAgent,
  });
  return async (content) => {
    const startedAt = clock.now();
    const { status, body } = await http.raw({
      method: 'POST',
      path: pathname + search,
      text: { contentType: 'application/json', content },
      purpose: `send the sample to ${scoringUri}`,
      budgetSeconds: secondsToAnswer,
    });
    return { status, text: body, milliseconds: clock.now() - startedAt };
  };
}
