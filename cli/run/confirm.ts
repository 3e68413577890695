import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { CancelledError } from '../../shared/errors';
import type { Confirmation } from '../commands';
import type { Terminal } from '../output/terminal';
import { UsageError } from '../usageError';

export interface ConfirmOptions {
  readonly terminal: Terminal;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
}

/** The confirmations that are due with these values of inputs, of which a dry run needs none. */
export function dueConfirmations(
  confirmations: readonly Confirmation[],
  valueOf: (input: string) => string | undefined,
): readonly Confirmation[] {
  if (valueOf('dryRun')?.toLowerCase() === 'true') return [];
  return confirmations.filter(({ when }) =>
    Object.entries(when).every(([name, value]) => valueOf(name)?.toLowerCase() === value.toLowerCase()),
  );
}

/**
 * Asks the person whether to go on. Throws a UsageError where nobody can be asked, and a CancelledError for any answer
 * but yes.
 */
export async function confirm(due: readonly Confirmation[], options: ConfirmOptions): Promise<void> {
  if (due.length === 0) return;
  const warnings = due.map(({ warns }) => warns).join(' ');
  const { terminal, stdin, signal } = options;
  if (!terminal.canAsk || stdin.isTTY !== true)
    throw new UsageError([
      { option: '--yes', problem: `is required where nobody can be asked. ${warnings} Nothing was changed.` },
    ]);
  const questions = createInterface({ input: stdin, output: process.stderr });
  try {
    // Ctrl+C arrives here as a key, not as a signal.
    questions.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    const answer = await questions.question(`${terminal.safe(warnings)} Continue? [y/N] `, { signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch (error) {
    if (signal.aborted) throw new CancelledError(undefined, { cause: error });
    if (!(error instanceof Error && error.name === 'AbortError')) throw error; // Ctrl+D is not yes, either.
  } finally {
    questions.close();
  }
  throw new CancelledError('Nothing was changed: the answer was not yes.');
}
