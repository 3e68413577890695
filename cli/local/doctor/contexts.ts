import { homedir } from 'node:os';
import type { Context } from '../../../shared/agent/context';
import { systemClock } from '../../../shared/clock';
import { terminalAgent } from '../../agent/terminalAgent';
import { readSignInOptions } from '../../options/globalOptions';
import type { SignInContext } from '../../signIn/request';
import type { LocalCall, LocalSurroundings } from '../localCommand';

/** A workspace that does not answer is found within this time. */
const secondsForAnswers = 30;

/** The sign-in of a command that does not run a task. */
export function signInContext(call: LocalCall, surroundings: LocalSurroundings): SignInContext {
  const { environment, workingFolder, signal, setSecret } = surroundings;
  return {
    options: readSignInOptions(call.options),
    environment,
    workingFolder,
    homeFolder: homedir(),
    platform: process.platform,
    clock: systemClock,
    signal,
    setSecret,
    note: () => undefined,
  };
}

/** What requests are made within, for 30 seconds. */
export function machineContext(surroundings: LocalSurroundings): Context {
  const { terminal, environment, workingFolder, signal } = surroundings;
  const agent = terminalAgent({
    terminal,
    values: new Map(),
    fileInputs: [],
    connection: () => undefined,
    environment,
    workingFolder,
    // No work is started that a later call could attach to.
    onResumable: () => undefined,
    seed: '',
  });
  return { agent, clock: systemClock, signal, deadline: systemClock.now() + secondsForAnswers * 1000 };
}
