import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ServiceConnection, SourceLocation, TaskAgent } from '../../shared/agent/agent';
import { programEnvironment } from '../../shared/agent/pipelineFacts';
import { InvalidInput } from '../../shared/task/invalidInput';
import type { InputSource } from '../../shared/task/inputs';
import type { GivenText } from '../options/readValues';
import type { Terminal } from '../output/terminal';
import { environmentProxy } from './environmentProxy';
import { inTerminalWords, terminalWords } from './terminalWords';

export interface TerminalAgentOptions {
  readonly terminal: Terminal;
  /** By the name of the input. */
  readonly values: ReadonlyMap<string, GivenText>;
  /** The inputs that name a file. A folder that an input names is readable in any case. */
  readonly fileInputs: readonly string[];
  readonly connection: (id: string) => ServiceConnection | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  /** Is called once something was started that a later call with the same seed attaches to. */
  readonly onResumable: () => void;
  /** The same for all calls that are attempts of the same work. */
  readonly seed: string;
}

/** What a task leaves behind besides its work. */
export interface Leftovers {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summaries: readonly { readonly name: string; readonly markdown: string }[];
}

/** What a task may ask of a terminal, and the inputs that it is given. */
export type TerminalAgent = TaskAgent &
  InputSource & {
    readonly leftovers: Leftovers;
    setOutput(name: string, value: string, options?: { readonly secret?: boolean }): void;
  };

/** Stands for the agent of a pipeline on the machine of a person: what a task says is shown on standard error. */
export function terminalAgent(options: TerminalAgentOptions): TerminalAgent {
  const { terminal, values, connection, environment, workingFolder, seed } = options;
  const outputs: Record<string, string> = {};
  const summaries: { readonly name: string; readonly markdown: string }[] = [];
  const input = (name: string): string | undefined => {
    const given = values.get(name);
    if (given && 'problem' in given) throw new InvalidInput(given.problem);
    return given?.text.trim() || undefined;
  };
  return {
    leftovers: { outputs, summaries },
    workingFolder,
    temporaryFolder: tmpdir(),
    readableFolders: readableFolders(options),
    run: { seed },
    words: terminalWords,
    programEnvironment: programEnvironment((name) => environment[name]),
    // The name that Azure's own SDKs read it by.
    managedIdentityUrl: environment['AZURE_POD_IDENTITY_AUTHORITY_HOST'],
    identityEndpoint: () => undefined,
    jobToken: () => undefined,
    holdsSecret: (text) => terminal.redactor.holds(text),

    input,
    secretInput: input,
    pathInput(name) {
      const given = input(name);
      return given === undefined ? undefined : resolve(workingFolder, given);
    },
    connection,

    log: (text) => terminal.say(inTerminalWords(text)),
    group(title, text) {
      terminal.say(inTerminalWords(title), 'bold');
      terminal.say(inTerminalWords(text).replaceAll(/^(?=.)/gm, '  '));
    },
    debug(text) {
      if (terminal.isDebugging) terminal.say(text, 'dim');
    },
    warning: (text, location) => terminal.say(`Warning: ${placed(text, location)}`, 'yellow'),
    error: (text, location) => terminal.say(`Error: ${placed(text, location)}`, 'red'),
    progress: (percent, text) => terminal.status(`${Math.round(percent)}% ${inTerminalWords(text)}`),

    setSecret: (value) => terminal.redactor.add(value),
    setOutput(name, value, { secret = false } = {}) {
      if (secret) terminal.redactor.add(value);
      outputs[name] = value;
    },
    summary(name, markdown) {
      summaries.push({ name, markdown: inTerminalWords(markdown) });
      return Promise.resolve();
    },
    attachToLog(fileName, content) {
      if (terminal.isDebugging) terminal.say(`${fileName}:\n${content}`, 'dim');
      return Promise.resolve();
    },
    // Pages of Azure DevOps read these; a terminal has none.
    attach: () => Promise.resolve(),
    addBuildTag: () => undefined,
    canResume: options.onResumable,

    proxyFor: (url) => environmentProxy(environment, url),
    // Node itself reads NODE_EXTRA_CA_CERTS.
    certificates: () => undefined,
  };
}

function placed(text: string, location: SourceLocation | undefined): string {
  const said = inTerminalWords(text);
  if (!location) return said;
  return `${location.file}${location.line === undefined ? '' : `:${location.line}`}: ${said}`;
}

/**
 * The repository that the folder of the caller is in, and the files that the person names with what is around them. Not
 * all that the person can read: a repository that others write to can have links to files such as private keys, which
 * would be uploaded.
 */
function readableFolders({ workingFolder, values, fileInputs }: TerminalAgentOptions): readonly string[] {
  const named = fileInputs.flatMap((name) => {
    const given = values.get(name);
    return given && 'text' in given && given.text.trim() !== ''
      ? [around(resolve(workingFolder, given.text.trim()))]
      : [];
  });
  return [...new Set([repositoryOf(workingFolder) ?? workingFolder, tmpdir(), ...named])];
}

/** The repository or folder of a file; the file alone where its folder has everything that the person owns. */
function around(file: string): string {
  const folder = dirname(file);
  const isWide = folder === dirname(folder) || folder === homedir();
  return isWide ? file : (repositoryOf(folder) ?? folder);
}

function repositoryOf(folder: string): string | undefined {
  if (folder === homedir()) return undefined; // Some keep their settings in a repository there.
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}
