import { UsageError, type OptionProblem } from '../../usageError';
import type { LocalCall, LocalRun } from '../localCommand';
import { textOption } from '../options';
import { checks, signInCheck, type Check } from './checks';
import { machineContext, signInContext } from './contexts';
import { permissionChecks, type WantedObjects } from './permissionChecks';

/** Checks what the other commands need, one line for each; fails where one of them is a problem. */
export const run: LocalRun = async (call, surroundings) => {
  const signIn = signInContext(call, surroundings);
  const context = machineContext(surroundings);
  const { signal } = surroundings;
  const wanted = readWanted(call);
  const within = { signIn, context, nodeVersion: process.versions.node };
  const first = await Promise.all(checks.map((check) => check(within)));
  const isSignedIn = first.some(({ name, state }) => name === signInCheck && state === 'ok');
  const found = isSignedIn ? [...first, ...(await permissionChecks(within, wanted))] : first;
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

/** Throws a UsageError that lists what is wrong. */
function readWanted(call: LocalCall): WantedObjects {
  const problems: OptionProblem[] = [];
  const [folder, catalogModel] = ['workspaceFolder', 'catalogModel'].map((name) => textOption(call, name));
  if (folder !== undefined && !/^\/./.test(folder))
    problems.push({ option: '--workspace-folder', problem: `must begin with a slash, such as /Shared/churn.` });
  if (catalogModel !== undefined && !/^[^.]+\.[^.]+\.[^.]+$/.test(catalogModel))
    problems.push({ option: '--catalog-model', problem: 'must have the form catalog.schema.model.' });
  if (problems.length > 0) throw new UsageError(problems);
  return { workspaceFolder: folder?.replace(/\/+$/, ''), catalogModel };
}

function line({ name, state, message }: Check): string {
  const indent = ' '.repeat(24);
  return `${state.padEnd(8)}${name.padEnd(16)}${message.replaceAll('\n', `\n${indent}`)}`;
}
