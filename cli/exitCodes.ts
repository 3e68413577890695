import type { TaskResult } from '../shared/agent/agent';
import { InputError, RemoteRunError } from '../shared/errors';
import { HttpError } from '../shared/http/errors';
import { SignInError } from '../shared/identity/renewedTokens';
import { UsageError } from './usageError';

export const exitCodes = {
  succeeded: 0,
  failed: 1,
  /** The command line or an input cannot be used; nothing was done. */
  usage: 2,
  signInRefused: 4,
  /** What was started at a service failed there. */
  remoteRunFailed: 5,
  /** With `--strict` only. */
  succeededWithIssues: 6,
  interrupted: 130,
} as const;

/** The exit code of a command that ended so. */
export function exitCodeOf(result: TaskResult, error: unknown, isStrict: boolean): number {
  switch (result) {
    case 'Succeeded':
      return exitCodes.succeeded;
    case 'SucceededWithIssues':
      return isStrict ? exitCodes.succeededWithIssues : exitCodes.succeeded;
    case 'Canceled':
      return exitCodes.interrupted;
    case 'Failed':
      return failureCode(error);
  }
}

function failureCode(error: unknown): number {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof UsageError || cause instanceof InputError) return exitCodes.usage;
    if (isSignIn(cause)) return exitCodes.signInRefused;
    if (cause instanceof RemoteRunError) return exitCodes.remoteRunFailed;
  }
  return exitCodes.failed;
}

function isSignIn(error: Error): boolean {
  return error instanceof SignInError || (error instanceof HttpError && error.status === 401);
}
