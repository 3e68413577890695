import type { Agent } from '../agent/agent';
import { systemClock } from '../clock';
import { CancelledError } from '../errors';
import { internalError, runTask } from './runTask';
import type { Inputs, Task } from './task';

/**
 * Runs a task in this process; the build makes an entry for every task that calls this.
 * The agent takes exit code 0 for success, and Node exits with 0 when a promise never settles. So the code is 1 until
 * the result is reported, and a process that ends before that fails.
 */
export function startTask<I extends Inputs, Output extends string>(task: Task<I, Output>, agent: Agent): void {
  process.exitCode = 1;
  const cancellation = new AbortController();
  agent.onCancel(() => {
    agent.log('Cancelling.');
    cancellation.abort(new CancelledError());
  });

  const fail = (message: string): void => {
    agent.complete('Failed', message);
    process.exit(0);
  };
  const failOnError = (error: unknown): void => fail(internalError(error, agent.words));
  const failUnfinished = (): void => fail('Internal error: the task exited without reporting a result.');
  process.on('uncaughtException', failOnError);
  process.on('unhandledRejection', failOnError);
  process.once('beforeExit', failUnfinished);

  void runTask(task, { agent, clock: systemClock, signal: cancellation.signal }).then(() => {
    process.off('beforeExit', failUnfinished);
    process.exitCode = 0;
  });
}
