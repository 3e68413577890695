import type { Agent } from '../../agent/agent';
import { TaskError } from '../../errors';
import { createHttpClient } from '../../http/createHttpClient';
import { ForeignAnswerError, HttpError } from '../../http/errors';
import type { Json } from '../../http/httpClient';
import { stringifyJson } from '../../http/json';
import { poll } from '../../http/poll';
import { userAgent } from '../../identity/signIn';
import { runSmokeTest, type SmokeAnswer, type SmokeExpectation } from '../../smokeTest/runSmokeTest';
import type { DeploySurroundings } from './followGroup';

/** What to send to a scoring service, and what it must answer. */
export interface SmokeTest {
  /** JSON, sent as it is. */
  readonly payload: string;
  readonly expectation: SmokeExpectation;
}

/** Answers that something else gives as long as the service doesn't: its image is loading the model. */
const notYet = [502, 503, 504];
const secondsToAnswer = 60;

/**
 * Waits until a scoring service answers at all, then holds its answers to what is expected. Asks `look` meanwhile, which
 * throws when the service has ended. Throws a TaskError that says what is wrong.
 */
export async function smokeTestGroup(
  scoringUri: string,
  { payload, expectation }: SmokeTest,
  look: () => Promise<unknown>,
  {
    agent,
    ...surroundings
  }: DeploySurroundings & { readonly agent: Pick<Agent, 'debug' | 'proxyFor' | 'certificates'> },
): Promise<void> {
  const { clock, signal, deadline, report } = surroundings;
  const { origin, pathname, search } = new URL(scoringUri);
  const http = createHttpClient({
    baseUrl: origin,
    service: 'the scoring service',
    isOpen: true,
    agent,
    clock,
    signal,
    userAgent,
    explain: () => undefined,
  });
  report.log(`Sending the sample to ${scoringUri}.`);
  await poll({
    clock,
    signal,
    deadline,
    awaited: `an answer of ${scoringUri}`,
    probe: async () => {
      await look();
      return send(payload);
    },
    isDone: ({ status }) => !notYet.includes(status),
  });
  const { problem, milliseconds } = await runSmokeTest(send, payload, expectation);
  if (problem !== undefined) throw new TaskError(problem);
  report.log(`The sample was answered as expected, in ${milliseconds.join(', ')} ms.`);

  async function send(content: string): Promise<SmokeAnswer> {
    const startedAt = clock.now();
    const answered = (status: number, text: string): SmokeAnswer => ({
      status,
      text,
      milliseconds: clock.now() - startedAt,
    });
    try {
      const { status, body } = await http.answer<Json>({
        method: 'POST',
        path: pathname + search,
        text: { contentType: 'application/json', content },
        purpose: `send the sample to ${scoringUri}`,
        budgetSeconds: secondsToAnswer,
      });
      return answered(status, stringifyJson(body));
    } catch (error) {
      if (error instanceof HttpError) return answered(error.status, error.serviceMessage);
      // No JSON is an answer, too; somebody else's page is none.
      if (error instanceof ForeignAnswerError && error.title === undefined) return answered(error.status, '');
      throw error;
    }
  }
}
