import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { poll } from '../../http/poll';
import { runSmokeTest, type SmokeTest } from '../../smokeTest/runSmokeTest';
import { hasAnswered, sampleSender } from '../../smokeTest/sendSample';

/**
 * Waits until a scoring service answers at all, then checks its answers. Calls `look` meanwhile, which throws when the
 * service has ended. Throws a TaskError that says what is wrong.
 */
export async function smokeTestGroup(
  scoringUri: string,
  smokeTest: SmokeTest,
  look: () => Promise<unknown>,
  context: Context,
): Promise<void> {
  const { agent, clock, signal, deadline } = context;
  const send = sampleSender(scoringUri, context);
  agent.log(`Sending the sample to ${scoringUri}.`);
  await poll({
    clock,
    signal,
    deadline,
    awaited: `an answer from ${scoringUri}`,
    probe: async () => {
      await look();
      return send(smokeTest.payload);
    },
    isDone: hasAnswered,
  });
  const { problem, milliseconds } = await runSmokeTest(send, smokeTest);
  if (problem !== undefined) throw new TaskError(problem);
  agent.log(`The sample was answered as expected, in ${milliseconds.join(', ')} ms.`);
}
