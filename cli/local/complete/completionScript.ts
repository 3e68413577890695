import { RootCommand } from '@bomb.sh/tab';
import type { LocalRun } from '../localCommand';
import { UsageError } from '../../usageError';
import { printed } from './printed';

/** Prints the script by which a shell asks `mloccli complete -- <words>` for what can follow. */
export const run: LocalRun = (call) => {
  const [shell] = call.arguments;
  if (shell === undefined || !/^(bash|zsh|fish|powershell)$/.test(shell))
    throw new UsageError([{ option: '', problem: 'Name a shell: bash, zsh, fish or powershell.' }]);
  const script = printed(() => new RootCommand().setup('mloccli', 'mloccli', shell));
  // A script that is sourced again, with the file of a shell, may not fail at its constants.
  const text = script.replaceAll(/^readonly (?=ShellComp)/gm, '');
  return Promise.resolve({
    result: 'Succeeded',
    message: `The completion script of ${shell}.`,
    outputs: { script: text },
    text,
  });
};
