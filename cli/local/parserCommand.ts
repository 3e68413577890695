import { Argument, Option, type Command } from 'commander';
import { exampleText } from '../help/texts';
import { globalOptions } from '../options/globalOptions';
import { localCommands, localHeading } from './localCommands';
import type { LocalArgument, LocalCommand, LocalOption } from './localCommand';
import type { LocalCommandCall } from './runLocal';

/**
 * Adds the commands that do not run tasks to the program: those of a group to the command of the group, which exists where
 * tasks have it, too. Those that the words of the command line do not name have no options.
 */
export function addLocalCommands(
  program: Command,
  configure: (command: Command) => Command,
  onCall: (call: LocalCommandCall) => void,
  { words, isCompleting }: { readonly words: ReadonlySet<string>; readonly isCompleting: boolean },
): void {
  // The library for completion adds its own command `complete`.
  const added = isCompleting ? localCommands.filter(({ name }) => name !== 'complete') : localCommands;
  for (const local of added) {
    const [first = '', verb] = local.name.split(' ');
    const parent = verb === undefined ? program : program.commands.find((command) => command.name() === first);
    if (!parent) throw new Error(`There is no group ${first}.`);
    const command = configure(parent.command(verb ?? first)).summary(local.summary);
    if (verb === undefined) command.helpGroup(`${localHeading}:`);
    if (!words.has(verb ?? first)) continue;
    describe(command, local);
    command.action(() => {
      const parsed = { ...program.opts(), ...parent.opts(), ...command.opts() };
      onCall({ local, call: { arguments: command.args, options: command.opts() }, parsed });
    });
  }
}

function describe(command: Command, local: LocalCommand): void {
  const { summary, details, arguments: given = [], options = [] } = local;
  command.description([`${summary}.`, ...(details === undefined ? [] : [details])].join(' '));
  command.addHelpText('beforeAll', exampleText(local)).optionsGroup('Options:');
  for (const argument of given) command.addArgument(parserArgument(argument));
  for (const option of options) command.addOption(parserOption(option));
  for (const option of globalOptions({ isLocal: true }))
    command.addOption(option.helpGroup('Options of all commands:'));
  command.addOption(new Option('--full').hideHelp());
}

function parserArgument({ name, help, isOptional, isRepeatable, choices }: LocalArgument): Argument {
  const inner = `${name}${isRepeatable ? '...' : ''}`;
  const argument = new Argument(isOptional ? `[${inner}]` : `<${inner}>`, help);
  if (choices) argument.choices(choices);
  return argument;
}

function parserOption({ flags, help, choices, isRepeatable }: LocalOption): Option {
  const option = new Option(flags, help);
  if (choices) option.choices(choices);
  if (isRepeatable)
    option.argParser((value: string, before: unknown) => [
      ...(Array.isArray(before) ? (before as string[]) : []),
      value,
    ]);
  return option;
}
