import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Agent, TaskResult, Words } from '../agent/agent';
import { withTimeout } from '../agent/context';
import type { Clock } from '../clock';
import { CancelledError, messageOf, TaskError } from '../errors';
import { nameInput } from './nameInput';
import { readInputs } from './readInputs';
import type { Inputs, Task } from './task';

/**
 * For a task that sets no timeout of its own, so that no service keeps it for ever; such a task takes seconds. Jobs on
 * hosted agents have an hour, too, unless they set more.
 */
const longestMinutes = 60;

interface Surroundings {
  readonly agent: Agent;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Reads the inputs, does the work and reports the result to the agent, exactly once, whatever happens. Rejects only when the
 * agent can't receive the result.
 */
export async function runTask<I extends Inputs, Output extends string>(
  task: Task<I, Output>,
  surroundings: Surroundings,
): Promise<void> {
  const { result, message } = await endOf(task, surroundings);
  await surroundings.agent.complete(result, message);
}

async function endOf<I extends Inputs, Output extends string>(
  task: Task<I, Output>,
  { agent, clock, signal }: Surroundings,
): Promise<{ readonly result: TaskResult; readonly message: string }> {
  try {
    const inputs = readInputs(task, agent);
    // Reading large documents may take a second, in which no signal of the agent arrives.
    await nextTurn();
    signal.throwIfAborted();
    const setOutput = (name: Output, value: string) => agent.setOutput(name, value);
    const context = withTimeout({ agent, clock, signal, deadline: Infinity }, longestMinutes);
    const end = await task.run({ ...context, context, inputs, setOutput });
    if (typeof end === 'string') return { result: 'Succeeded', message: end };
    return { result: 'SucceededWithIssues', message: end.message };
  } catch (thrown) {
    const error = nameInput(thrown);
    for (let cause = thrown; cause instanceof Error; cause = cause.cause) agent.debug(cause.stack ?? cause.message);
    if (error instanceof CancelledError || signal.aborted) return { result: 'Canceled', message: messageOf(error) };
    const message = error instanceof TaskError ? error.message : internalError(error, agent.words);
    return { result: 'Failed', message };
  }
}

/** What to say of an error that no code of ours foresaw. */
export function internalError(error: unknown, { turnOnDebug }: Words): string {
  return `Internal error: ${messageOf(error).replace(/\.$/, '')}. To see where, ${turnOnDebug}.`;
}
