import { join } from 'node:path';
import { TaskError } from '../../shared/errors';
import { packageFolder } from './packageFolder';

/** Errors of the embedded services that say what a person has to change. They are of classes that are loaded with them. */
const understood = ['ToolError', 'PipelineError'];

/** Loads a part of the program that runs pipelines on this machine, and works with it. Rejects with a TaskError. */
export async function withEmbedded<Part, Result>(
  load: () => Promise<Part>,
  work: (part: Part) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(await load());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (understood.includes(error.name)) throw new TaskError(error.message, { cause: error });
    if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new TaskError(
        `A package that the embedded services need is not installed: ${error.message.split(' imported from')[0] ?? ''}. Install mloccli again.`,
        { cause: error },
      );
    throw error;
  }
}

/** The folder of the tasks as the extension has them. */
export function embeddedTasks(): string {
  return join(packageFolder('extension'), 'tasks');
}

/** Resolves when the signal aborts, and what was served is closed. */
export async function servedUntil(signal: AbortSignal, close: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await close();
}
