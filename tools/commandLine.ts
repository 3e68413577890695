import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** A failure of the project's own making, said without a stack. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** Runs `main` when the module was started from the command line, not imported; a failure is said and gives exit code 1. */
export async function runFromCommandLine(moduleUrl: string, main: () => Promise<void>): Promise<void> {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== fileURLToPath(moduleUrl)) return;
  try {
    await main();
  } catch (error) {
    console.error(error instanceof ToolError ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}
