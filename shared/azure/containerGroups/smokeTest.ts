import type { Agent } from '../../agent/agent';
import { TaskError } from '../../errors';
import { poll } from '../../http/poll';
import { runSmokeTest, type SmokeTest } from '../../smokeTest/runSmokeTest';
import { hasAnswered, sampleSender } from '../../smokeTest/sendSample';
import type { DeploySurroundings } from './follow';

/**
 * Waits until a scoring service answers at all, then holds its answers to what is expected. Asks `look` meanwhile, which
 * throws when the service has ended. Throws a TaskError that says what is wrong.
 */
export async function smokeTestGroup(
  scoringUri: string,
  smokeTest: SmokeTest,
  look: () => Promise<unknown>,
  surroundings: DeploySurroundings & { readonly agent: Pick<Agent, 'debug' | 'proxyFor' | 'certificates'> },
): Promise<void> {
  const { clock, signal, deadline, report } = surroundings;
  const send = sampleSender(scoringUri, surroundings);
  report.log(`Sending the sample to ${scoringUri}.`);
  await poll({
    clock,
    signal,
    deadline,
    awaited: `an answer of ${scoringUri}`,
    probe: async () => {
      await look();
      return send(smokeTest.payload);
    },
    isDone: hasAnswered,
  });
  const { problem, milliseconds } = await runSmokeTest(send, smokeTest);
  if (problem !== undefined) throw new TaskError(problem);
  report.log(`The sample was answered as expected, in ${milliseconds.join(', ')} ms.`);
}
