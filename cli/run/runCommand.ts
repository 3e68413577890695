import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { TaskResult } from '../../shared/agent/agent';
import { systemClock } from '../../shared/clock';
import { messageOf } from '../../shared/errors';
import { carryOutTask, type TaskEnd } from '../../shared/task/runTask';
import { terminalAgent, type TerminalAgent } from '../agent/terminalAgent';
import { loadTask, type LoadedTask } from '../commands';
import type { CliTask } from '../manifest';
import type { GlobalOptions } from '../options/globalOptions';
import { readSignInOptions } from '../options/globalOptions';
import { readValues, type GivenText } from '../options/readValues';
import { parsedInputs } from '../options/taskOptions';
import type { Terminal } from '../output/terminal';
import type { OptionProblem } from '../usageError';
import { signInConnections } from '../signIn/connections';
import { SignInRequired } from '../signIn/signInRequired';
import { exitCodes } from '../exitCodes';
import type { CommandCall } from './commandCall';
import { exitCodeOf } from './exitCodeOf';
import { confirm, dueConfirmations } from './confirm';
import { optionProblems, terminalMessage } from './nameProblems';

/** Where a command runs. */
export interface CommandSurroundings {
  readonly terminal: Terminal;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly signal: AbortSignal;
}

/** How a command ended, before it is reported. */
export interface RunEnd {
  readonly result: TaskResult;
  readonly message: string;
  readonly problems: readonly OptionProblem[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly exitCode: number;
}

/** Runs the task of a command with its options. Rejects only for what is wrong before its work begins. */
export async function runCommand(
  call: CommandCall,
  options: GlobalOptions,
  surroundings: CommandSurroundings,
): Promise<RunEnd> {
  try {
    return await carryOut(call, options, surroundings);
  } catch (error) {
    if (!(error instanceof SignInRequired)) throw error;
    const exitCode = exitCodes.signInRefused;
    return { result: 'Failed', message: error.message, problems: [], outputs: {}, summary: '', exitCode };
  }
}

async function carryOut(
  { row, task: manifest, parsed }: CommandCall,
  options: GlobalOptions,
  surroundings: CommandSurroundings,
): Promise<RunEnd> {
  const { terminal, environment, workingFolder, signal, stdin } = surroundings;
  const given = await readValues(manifest.inputs, parsedInputs(manifest, parsed), surroundings);
  const task = await loadTask(row);
  const signIn = await signInConnections({
    inputs: manifest.inputs,
    options: readSignInOptions(parsed),
    environment,
    workingFolder,
    homeFolder: homedir(),
    platform: process.platform,
    clock: systemClock,
    signal,
    setSecret: (value) => terminal.redactor.add(value),
    note: (text) => terminal.say(text),
  });
  const set = Object.entries(signIn.values).map(([name, text]): [string, GivenText] => [name, { text }]);
  const seed = options.resume ?? randomUUID();
  const agent = terminalAgent({
    terminal,
    values: new Map([...set, ...given]),
    fileInputs: manifest.inputs.filter(({ type }) => type === 'filePath').map(({ name }) => name),
    connection: (id) => signIn.connection(id),
    environment,
    workingFolder,
    seed,
    onResumable: () => {
      if (row.isResumable) terminal.say(`To attach to the run later, add --resume ${seed}.`, 'dim');
    },
  });
  const confirmed: LoadedTask = {
    ...task,
    // Nobody is asked about work that cannot begin: the inputs are read before this.
    async run(context) {
      const due = options.isConfirmed ? [] : dueConfirmations(row.confirmations ?? [], valueOf(manifest, agent));
      await confirm(due, { terminal, stdin, signal });
      return task.run(context);
    },
  };
  const end = await carryOutTask(confirmed, { agent, clock: systemClock, signal });
  terminal.clearStatus();
  const isRefused = end.result === 'Failed' && signIn.isRefused;
  const exitCode = isRefused ? exitCodes.signInRefused : exitCodeOf(end.result, end.error, options.isStrict);
  return { ...(await reported(end, agent, options, manifest, surroundings)), exitCode };
}

async function reported(
  { result, message, error }: TaskEnd,
  agent: TerminalAgent,
  { summaryFile }: GlobalOptions,
  { inputs }: CliTask,
  { workingFolder, terminal }: CommandSurroundings,
): Promise<Omit<RunEnd, 'exitCode'>> {
  const { outputs, summaries } = agent.leftovers;
  const markdown = summaries.map(({ name, markdown }) => `# ${name}\n\n${markdown.trim()}\n`).join('\n');
  if (summaryFile !== undefined)
    await writeFile(resolve(workingFolder, summaryFile), terminal.redactor.redact(markdown)).catch((problem: unknown) =>
      agent.warning(`The summary could not be written: ${messageOf(problem)}. The work itself is not affected.`),
    );
  return {
    result,
    message: terminalMessage(message, error, inputs),
    problems: optionProblems(error, inputs),
    outputs,
    summary: summaryFile === undefined ? markdown : '',
  };
}

function valueOf({ inputs }: CliTask, agent: TerminalAgent): (name: string) => string | undefined {
  const defaults = new Map(inputs.map(({ name, defaultValue }) => [name, defaultValue]));
  return (name) => agent.input(name) ?? defaults.get(name);
}
