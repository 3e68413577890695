import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Agent, TaskAgent, TaskResult } from '../agent/agent';
import { withTimeout } from '../agent/context';
import { internalError } from '../agent/internalError';
import type { Clock } from '../clock';
import { CancelledError, messageOf, TaskError } from '../errors';
import type { InputSource } from './inputs';
import { nameInput } from './nameInput';
import { readInputs } from './readInputs';
import type { Inputs, Task } from './task';

/**
 * For a task that sets no timeout of its own, so that no service keeps it for ever; such a task takes seconds. Jobs on
 * hosted agents have an hour, too, unless they set more.
 */
const longestMinutes = 60;

/** What the work of a task needs: all of the agent but the report of the end. */
export interface TaskSurroundings {
  readonly agent: TaskAgent & InputSource & Pick<Agent, 'setOutput'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Reads the inputs, does the work and reports the result to the agent, exactly once, whatever happens. Rejects only when the
 * agent can't receive the result.
 */
export async function runTask<I extends Inputs, Output extends string>(
  task: Task<I, Output>,
  surroundings: TaskSurroundings & { readonly agent: Agent },
): Promise<void> {
  const { result, message } = await carryOutTask(task, surroundings);
  await surroundings.agent.complete(result, message);
}

/** How the work of a task ended. */
export interface TaskEnd {
  readonly result: TaskResult;
  readonly message: string;
  /** Why it failed or was cancelled, with the input named that it is about. */
  readonly error?: unknown;
}

/** Reads the inputs and does the work, for a caller that reports the end itself. Never rejects. */
export async function carryOutTask<I extends Inputs, Output extends string>(
  task: Task<I, Output>,
  { agent, clock, signal }: TaskSurroundings,
): Promise<TaskEnd> {
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
    if (error instanceof CancelledError || signal.aborted)
      return { result: 'Canceled', message: messageOf(error), error };
    const message = error instanceof TaskError ? error.message : internalError(error, agent.words);
    return { result: 'Failed', message, error };
  }
}
