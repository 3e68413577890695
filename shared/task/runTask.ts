import type { Agent, Words } from '../agent/agent';
import type { Clock } from '../clock';
import { CancelledError, messageOf, TaskError } from '../errors';
import { nameInput } from './nameInput';
import { readInputs } from './readInputs';
import type { Inputs, Task } from './task';

interface Surroundings {
  readonly agent: Agent;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Reads the inputs, does the work and reports the result to the agent, exactly once, whatever happens. Never rejects. */
export async function runTask<I extends Inputs, Output extends string>(
  task: Task<I, Output>,
  { agent, clock, signal }: Surroundings,
): Promise<void> {
  try {
    const inputs = readInputs(task, agent);
    signal.throwIfAborted();
    const setOutput = (name: Output, value: string) => agent.setOutput(name, value);
    const context = { agent, clock, signal, deadline: Infinity };
    const end = await task.run({ ...context, context, inputs, setOutput });
    if (typeof end === 'string') agent.complete('Succeeded', end);
    else agent.complete('SucceededWithIssues', end.message);
  } catch (thrown) {
    const error = nameInput(thrown);
    for (let cause = thrown; cause instanceof Error; cause = cause.cause) agent.debug(cause.stack ?? cause.message);
    if (error instanceof CancelledError || signal.aborted) agent.complete('Canceled', messageOf(error));
    else if (error instanceof TaskError) agent.complete('Failed', error.message);
    else agent.complete('Failed', internalError(error, agent.words));
  }
}

/** What to say of an error that no code of ours foresaw. */
export function internalError(error: unknown, { turnOnDebug }: Words): string {
  return `Internal error: ${messageOf(error).replace(/\.$/, '')}. To see where, ${turnOnDebug}.`;
}
