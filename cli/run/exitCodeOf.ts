import type { TaskResult } from '../../shared/agent/agent';
import { DriftError, InputError, RemoteRunError } from '../../shared/errors';
import { CallError } from '../../shared/http/errors';
import { SignInError } from '../../shared/identity/renewedTokens';
import { exitCodes } from '../exitCodes';
import { SignInRequired } from '../signIn/signInRequired';
import { UsageError } from '../usageError';

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
    if (
      cause instanceof SignInRequired ||
      cause instanceof SignInError ||
      (cause instanceof CallError && cause.isTokenRefused)
    )
      return exitCodes.signInRefused;
    if (cause instanceof DriftError) return exitCodes.differences;
    if (cause instanceof RemoteRunError) return exitCodes.remoteRunFailed;
  }
  return exitCodes.failed;
}
