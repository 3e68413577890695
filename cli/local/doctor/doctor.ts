import type { LocalRun } from '../localCommand';
import { checks, type Check } from './checks';
import { machineContext, signInContext } from './contexts';

/** Checks what the other commands need, one line for each; fails where one of them is a problem. */
export const run: LocalRun = async (call, surroundings) => {
  const signIn = signInContext(call, surroundings);
  const context = machineContext(surroundings);
  const { signal } = surroundings;
  const found = await Promise.all(
    checks.map((check) => check({ signIn, context, nodeVersion: process.versions.node })),
  );
  signal.throwIfAborted();
  const problems = found.filter(({ state }) => state === 'problem').length;
  return {
    result: problems === 0 ? 'Succeeded' : 'Failed',
    message: problems === 0 ? 'No problems.' : `${problems} ${problems === 1 ? 'problem' : 'problems'}.`,
    text: found.map((check) => `${line(check)}\n`).join(''),
    outputs: {},
    details: { checks: found.map(({ name, state, message }) => ({ name, state, message })) },
  };
};

function line({ name, state, message }: Check): string {
  const indent = ' '.repeat(24);
  return `${state.padEnd(8)}${name.padEnd(16)}${message.replaceAll('\n', `\n${indent}`)}`;
}
