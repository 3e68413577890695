import type { CommanderError } from 'commander';
import { UsageError } from './usageError';

/** What the parser of the command line refuses, in our words: its own messages name no option by itself. */
export function usageErrorOf({ message, code }: CommanderError): UsageError {
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n');
  const [, option = ''] = /(--[\w-]+)/.exec(first) ?? [];
  const [, quoted = ''] = /'([^']*)'/.exec(first) ?? [];
  const [, nearest] = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(more.join(' ')) ?? [];
  const hint = nearest === undefined ? 'See --help.' : `Did you mean ${nearest}?`;
  switch (code) {
    case 'commander.help':
      return usageError('', 'A command is missing. See --help.');
    case 'commander.unknownOption':
      return usageError(quoted, `is not an option of this command. ${hint}`);
    case 'commander.unknownCommand':
      return usageError('', `There is no command '${quoted}'. ${hint}`);
    case 'commander.optionMissingArgument':
      return usageError(option, 'needs a value.');
    case 'commander.excessArguments':
      return usageError(
        '',
        'Only options can follow the name of a command. A value with spaces needs quotes. See --help.',
      );
    default:
      return usageError(option, option === '' ? first : first.replace(/^option '[^']*' /, ''));
  }
}

function usageError(option: string, problem: string): UsageError {
  return new UsageError([{ option, problem }]);
}
