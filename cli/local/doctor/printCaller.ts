import { exitCodes } from '../../exitCodes';
import { plainMessage } from '../../run/nameProblems';
import { SignInRequired } from '../../signIn/signInRequired';
import { whoami, whoamiText } from '../../signIn/whoami';
import type { LocalRun } from '../localCommand';
import { machineContext, signInContext } from './contexts';

/** Prints who signs in to Databricks, as the workspace names them. Exit code 4 where the credentials are missing or refused. */
export const run: LocalRun = async (call, surroundings) => {
  try {
    const caller = await whoami(signInContext(call, surroundings), machineContext(surroundings));
    const { workspaceUrl, userName, displayName, source } = caller;
    return {
      result: 'Succeeded',
      message: whoamiText(caller),
      outputs: { userName, displayName, workspaceUrl, source },
    };
  } catch (error) {
    if (!(error instanceof SignInRequired)) throw error;
    return { result: 'Failed', message: plainMessage(error), exitCode: exitCodes.signInRefused };
  }
};
