import { taskLibAgent } from '../agent/taskLibAgent';
import { systemClock } from '../clock';
import { CancelledError, messageOf } from '../errors';
import { runTask } from './runTask';
import type { Inputs, Task } from './task';

/**
 * Runs a task in this process: the entry that the build puts into every task's bundle.
 * The agent takes exit code 0 for success, and Node ends with 0 when a promise never settles. So the code is 1 until
 * the result was said; a process that ends before that says so.
 */
export function startTask<I extends Inputs, Output extends string>(task: Task<I, Output>): void {
  process.exitCode = 1;
  const cancellation = new AbortController();
  taskLibAgent.onCancel(() => {
    taskLibAgent.log('Cancelling: the pipeline run was cancelled.');
    cancellation.abort(new CancelledError());
  });

  const fail = (message: string): void => {
    taskLibAgent.complete('Failed', message);
    process.exit(0);
  };
  const failOnDefect = (error: unknown): void => fail(`A defect in this task: ${messageOf(error)}.`);
  const failUnfinished = (): void => fail('The task ended before it knew its result. This is a defect in the task.');
  process.on('uncaughtException', failOnDefect);
  process.on('unhandledRejection', failOnDefect);
  process.once('beforeExit', failUnfinished);

  void runTask(task, { agent: taskLibAgent, clock: systemClock, signal: cancellation.signal }).then(() => {
    process.off('beforeExit', failUnfinished);
    process.exitCode = 0;
  });
}
