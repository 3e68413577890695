import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formsOfSecrets, leaksInFiles, leaksInOutput, secretForms } from './leaks';
import { leaksInMessage, onSentMessage, type SentMessage } from './sentMessages';

/** A `##vso` command as the agent would understand it. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Everything that was written to both streams. */
  readonly output: string;
  readonly commands: readonly Command[];
  /** The worst of the results said, as the agent takes it. */
  readonly result: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface TaskProcess {
  readonly end: Promise<ProcessEnd>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves as soon as the output holds the text; rejects when the process ends without it. */
  saw(text: string): Promise<void>;
}

/** Secrets that every job has, besides those that its test gives it. */
const planted = {
  SECRET_PLANTED: 'planted/secret+of=the job',
  SECRET_PLANTED_LINES: 'planted-first-line\nplanted-second-line',
};

/**
 * Starts a script as the agent starts a task: nothing of our own environment, inputs and endpoints in variables,
 * standard input closed. Its end is an error when it has shown a secret: in its output at any level, also in outputs, in
 * a file that it left in the temporary folder, or in a message to a server of this process, where it is none
 * of the places for secrets; in any usual encoding. Secrets are also those that it announced.
 */
export async function startTaskProcess(
  script: string,
  environment: Readonly<Record<string, string>>,
): Promise<TaskProcess> {
  const temporary = await mkdtemp(join(tmpdir(), 'task-process-'));
  const child = spawn(process.execPath, [script], {
    cwd: temporary,
    env: {
      PATH: process.env['PATH'],
      TF_BUILD: 'True',
      AGENT_TEMPDIRECTORY: temporary,
      SYSTEM_DEFAULTWORKINGDIRECTORY: temporary,
      ...planted,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const messages: SentMessage[] = [];
  const recording = onSentMessage((message) => messages.push(message));
  let output = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      for (const watch of watchers) watch();
    });

  const end = new Promise<ProcessEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      recording.stop();
      const commands = commandsIn(output);
      const folder = environment['AGENT_TEMPDIRECTORY'] ?? temporary;
      leaksOf({ output, commands, messages }, folder, { ...planted, ...environment })
        .finally(() => rm(temporary, { recursive: true, force: true }))
        .then((leaks) => {
          if (leaks.length > 0) reject(new Error(`The task shows a secret:\n${leaks.join('\n')}`));
          resolve({ exitCode, signal, output, commands, result: resultOf(commands), outputs: outputsOf(commands) });
        }, reject);
    });
  });
  const saw = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const watch = (): void => {
        if (!output.includes(text)) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
      watch();
      void end.then(() => reject(new Error(`The process ended without saying '${text}':\n${output}`)));
    });
  return { end, saw, kill: (signal) => void child.kill(signal) };
}

interface Traces {
  readonly output: string;
  readonly commands: readonly Command[];
  readonly messages: readonly SentMessage[];
}

async function leaksOf(
  { output, commands, messages }: Traces,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const announced = commands.filter(({ name }) => name === 'task.setsecret').map(({ data }) => data);
  const forms = [...new Set([...secretForms(environment), ...formsOfSecrets(announced)])];
  return [
    ...leaksInOutput(output, forms),
    ...(await leaksInFiles(folder, forms)),
    ...messages.flatMap((message) => leaksInMessage(message, forms)),
  ];
}

function commandsIn(output: string): readonly Command[] {
  return output.split(/\r\n|\r|\n/).flatMap((line) => {
    const found = /##vso\[(?<name>[\w.]+)(?: (?<properties>[^\]]*))?\](?<data>.*)/i.exec(line)?.groups;
    if (!found) return [];
    const properties = Object.fromEntries(
      (found['properties'] ?? '')
        .split(';')
        .filter((pair) => pair !== '')
        .map((pair) => [pair.slice(0, pair.indexOf('=')), unescape(pair.slice(pair.indexOf('=') + 1))]),
    );
    return [{ name: found['name'] ?? '', properties, data: unescape(found['data'] ?? '') }];
  });
}

function unescape(text: string): string {
  return text
    .replaceAll('%3B', ';')
    .replaceAll('%5D', ']')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%AZP25', '%');
}

function resultOf(commands: readonly Command[]): string | undefined {
  const order = ['Succeeded', 'SucceededWithIssues', 'Canceled', 'Failed'];
  const said = commands
    .filter(({ name }) => name === 'task.complete')
    .map(({ properties }) => properties['result'] ?? '');
  return said.sort((a, b) => order.indexOf(b) - order.indexOf(a))[0];
}

function outputsOf(commands: readonly Command[]): Record<string, string> {
  return Object.fromEntries(
    commands
      .filter(({ name, properties }) => name === 'task.setvariable' && properties['isOutput'] === 'true')
      .map(({ properties, data }) => [properties['variable'] ?? '', data]),
  );
}
