import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ToolError } from '../local/toolError';

/** The project's folder. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

export { ToolError };

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
