import { Command, CommanderError, Option } from 'commander';
import { commands, groups, type CommandRow } from './commands';
import { exampleText, exitCodeText } from './help/texts';
import { addLocalCommands } from './local/parserCommand';
import { localCommands } from './local/localCommands';
import type { LocalCommandCall } from './local/runLocal';
import type { CliManifest } from './manifest';
import { globalOptions, signInOptions } from './options/globalOptions';
import { kebabCase } from './options/optionName';
import { taskOptions } from './options/taskOptions';
import { commandName, type CommandCall } from './run/commandCall';

/** What the parser writes to, and how wide it can be. */
export interface ProgramOutput {
  readonly helpWidth: number;
  /** Help and version. */
  readonly print: (text: string) => void;
}

export interface Program {
  /** Parses the arguments: the call, or undefined when help or the version was printed. Throws a CommanderError. */
  readonly parse: (args: readonly string[]) => CommandCall | LocalCommandCall | undefined;
  /** The parser itself, which knows what can follow the arguments. */
  readonly command: Command;
}

/** Commands and options are made where the arguments name them: there are hundreds. */
export interface ProgramOptions {
  /** Called only where the arguments name a task: it takes time to read. */
  readonly readManifest: () => CliManifest;
  readonly args: readonly string[];
  readonly output: ProgramOutput;
}

/** The command line: a command for each task in its group, and by the name of its task at the top. */
export function createProgram({ readManifest, args, output }: ProgramOptions): Program {
  let call: CommandCall | LocalCommandCall | undefined;
  const words = new Set(args.filter((arg) => arg !== '' && !arg.startsWith('-')));
  const isFull = args.includes('--full');
  const isCompleting = isCompletion(args);
  const configure = (command: Command): Command =>
    command
      .exitOverride()
      .configureOutput({
        writeOut: output.print,
        writeErr: () => undefined,
        getOutHelpWidth: () => output.helpWidth,
        // Help has no colors, so nobody has to look at the stream.
        getOutHasColors: () => false,
      })
      .configureHelp({
        minWidthToWrap: 20,
        subcommandTerm: (subcommand) => subcommand.name(),
        // The parser would add choices and defaults, which the texts already have.
        optionDescription: (option) => option.description,
      })
      .helpCommand(false)
      .helpOption('-h, --help', 'Show this help; all of it with --full')
      .enablePositionalOptions();

  const addLeaf = (parent: Command, name: string, row: CommandRow, isHidden: boolean): void => {
    const task = readManifest().tasks.find((each) => each.name === row.task);
    if (!task) throw new Error(`The manifest has no task ${row.task}: build the command line again.`);
    const command = configure(parent.command(name, { hidden: isHidden })).summary(task.title);
    if (!words.has(name)) return;
    command.description(task.description).addHelpText('beforeAll', exampleText(row));
    command.usage('[options]').optionsGroup('Options:');
    for (const option of taskOptions(task, { isFull })) command.addOption(option);
    for (const option of signInOptions(task)) command.addOption(option.helpGroup('Sign-in:'));
    for (const option of globalOptions(row)) command.addOption(option.helpGroup('Options of all commands:'));
    command.addOption(new Option('--full').hideHelp());
    command.action(() => {
      call = { row, task, parsed: { ...program.opts(), ...parent.opts(), ...command.opts() } };
    });
  };

  const program = configure(new Command('mloccli'))
    .description('The tasks of Model Pipeline Tasks from a terminal.')
    .usage('<group> <command> [options]')
    .version(args.includes('--version') ? readManifest().version : '', '--version', 'Print the version')
    .addHelpText('after', exitCodeText);
  addGlobalOptions(program);
  for (const [name, { heading, summary }] of Object.entries(groups)) {
    const group = configure(program.command(name)).summary(summary).description(`${summary}.`).helpGroup(`${heading}:`);
    group.usage('<command> [options]');
    if (words.has(name)) addGlobalOptions(group);
    for (const row of commands.filter((row) => row.group === name)) {
      if (words.has(name)) addLeaf(group, row.verb, row, false);
      const alias = kebabCase(row.task);
      if (words.has(alias) || (isCompleting && [...words].some((word) => alias.startsWith(word))))
        addLeaf(program, alias, row, !isCompleting);
    }
  }

  const onLocalCall = (local: LocalCommandCall): void => {
    call = local;
  };
  addLocalCommands(program, configure, onLocalCall, { words, isCompleting });

  return {
    command: program,
    parse(args) {
      try {
        program.parse(args, { from: 'user' });
      } catch (error) {
        if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
      }
      return call;
    },
  };
}

/** Whether a shell asks what can follow the words after `complete --`. */
export function isCompletion([first, second]: readonly string[]): boolean {
  return first === 'complete' && second === '--';
}

function addGlobalOptions(command: Command): void {
  for (const option of globalOptions({})) command.addOption(option.hideHelp());
  command.addOption(new Option('--full').hideHelp());
}

/** The command that arguments name, as far as they do: for reports of a command line that cannot be parsed. */
export function namedCommand(args: readonly string[]): string {
  const [first = '', second = ''] = args.filter((arg) => !arg.startsWith('-'));
  const row = commands.find(
    ({ task, group, verb }) => kebabCase(task) === first || (group === first && verb === second),
  );
  if (row) return commandName(row);
  return localCommands.find(({ name }) => name === first || name === `${first} ${second}`)?.name ?? '';
}
