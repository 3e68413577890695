import type { Agent } from '../agent/agent';
import { systemClock } from '../clock';
import { CancelledError } from '../errors';
import { internalError } from '../agent/internalError';
import { runTask } from './runTask';
import type { Inputs, Task } from './task';

/**
 * Runs a task in this process; the build makes an entry for every task that calls this.
 * The agent takes exit code 0 for success, and Node exits with 0 when a promise never settles. So the code is 1 until
 * the agent has received the result, however slowly it reads, and a process that ends before that fails.
 */
export function startTask<I extends Inputs, Output extends string>(task: Task<I, Output>, agent: Agent): void {
  process.exitCode = 1;
  const cancellation = new AbortController();
  agent.onCancel(() => {
    agent.log('Cancelling.');
    cancellation.abort(new CancelledError());
  });

  let isFailing = false;
  const exit = (code: number): void => process.exit(code);
  const fail = (message: string): void => {
    // One report is enough, also where reporting fails because nobody reads it.
    if (isFailing) return;
    isFailing = true;
    agent.complete('Failed', message).then(
      () => exit(0),
      () => exit(1),
    );
  };
  const failOnError = (error: unknown): void => fail(internalError(error, agent.words));
  const failUnfinished = (): void => fail('Internal error: the task exited without reporting a result.');
  process.on('uncaughtException', failOnError);
  process.on('unhandledRejection', failOnError);
  process.once('beforeExit', failUnfinished);

  runTask(task, { agent, clock: systemClock, signal: cancellation.signal }).then(
    () => {
      process.off('beforeExit', failUnfinished);
      if (!isFailing) process.exitCode = 0;
    },
    () => exit(1),
  );
}
