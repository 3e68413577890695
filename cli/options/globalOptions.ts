import { Option } from 'commander';
import type { OutputFormat } from '../output/report';
import type { SignInOptions } from '../signIn/request';
import type { CliTask } from '../manifest';
import { UsageError } from '../usageError';

/** The options that every command has. */
export interface GlobalOptions {
  readonly output: OutputFormat;
  readonly isDebugging: boolean;
  readonly isQuiet: boolean;
  readonly hasColor: boolean;
  readonly isConfirmed: boolean;
  readonly isStrict: boolean;
  readonly summaryFile: string | undefined;
  readonly resume: string | undefined;
  readonly isAsYaml: boolean;
}

interface CommandKind {
  readonly isResumable?: boolean;
  /** Whether it does not run a task. */
  readonly isLocal?: boolean;
}

/** The options of `GlobalOptions` as the parser takes them. */
export function globalOptions({ isResumable = false, isLocal = false }: CommandKind): readonly Option[] {
  return [
    new Option(
      '-o, --output <format>',
      'What is printed to standard output: lines of name=value, or one JSON object',
    ).choices(['text', 'json']),
    new Option('-q, --quiet', 'Show only the last line'),
    new Option('--debug', 'Show each request: method, path, status and time'),
    new Option('--color').hideHelp(),
    new Option('--no-color', 'Do not use colors; NO_COLOR=1 has the same effect'),
    ...(isLocal ? [] : taskRunOptions()),
    ...(isResumable
      ? [new Option('--resume <seed>', 'Attach to the run that an earlier call with this seed started')]
      : []),
  ];
}

function taskRunOptions(): readonly Option[] {
  return [
    new Option('--yes', 'Do not ask before something is deleted or applied'),
    new Option('--strict', 'End with exit code 6 when the command succeeds with issues'),
    new Option('--summary <file>', 'Write the summary to a file as Markdown'),
    new Option('--as-yaml', 'Print the pipeline step that does the same, and do nothing else'),
  ];
}

/** Reads the options of `globalOptions` from what was parsed. Throws a UsageError for a variable that cannot be used. */
export function readGlobalOptions(
  parsed: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): GlobalOptions {
  const output = parsed['output'] ?? (environment['MLOCCLI_OUTPUT'] || 'text');
  if (output !== 'text' && output !== 'json')
    throw new UsageError([{ option: '--output', problem: 'must be text or json, also in MLOCCLI_OUTPUT.' }]);
  return {
    output,
    isDebugging: parsed['debug'] === true,
    isQuiet: parsed['quiet'] === true,
    hasColor: parsed['color'] !== false,
    isConfirmed: parsed['yes'] === true,
    isStrict: parsed['strict'] === true,
    summaryFile: textOf(parsed['summary']),
    resume: textOf(parsed['resume']),
    isAsYaml: parsed['asYaml'] === true,
  };
}

/** The options by which a person signs in, of those that the connections of a task can use. */
export function signInOptions({ inputs }: Pick<CliTask, 'inputs'>): readonly Option[] {
  const types = new Set(inputs.map(({ type }) => type.replace(/^connectedService:/, '')));
  const names = new Set(inputs.map(({ name }) => name));
  const [hasDatabricks, hasDevops] = [types.has('databricksworkspace'), types.has('externaltfs')];
  const hasAzure = types.has('AzureRM');
  const options: readonly (readonly [isUsed: boolean, flags: string, help: string])[] = [
    [hasDatabricks, '-p, --profile <name>', 'Profile in the configuration file of Databricks (~/.databrickscfg)'],
    [hasDatabricks, '--host <url>', 'URL of the Databricks workspace'],
    [hasDatabricks || hasDevops, '--azure', 'Sign in through the Azure CLI'],
    [hasAzure, '--subscription <id>', 'Azure subscription'],
    [hasAzure, '--tenant <id>', 'Microsoft Entra tenant'],
    [types.has('kubernetes'), '--kubeconfig <file>', 'Use this kubeconfig'],
    [types.has('kubernetes'), '--kube-context <name>', 'Use the cluster of this context of the kubeconfig'],
    [hasDevops, '--organization <name>', 'Azure DevOps organization: its name or URL'],
    [
      names.has('registryPassword'),
      '--registry <server>',
      'Take the account of this registry from the configuration of Docker',
    ],
    [types.has('git'), '--import-connection <id>', 'Service connection of the project with which Azure DevOps imports'],
  ];
  return options.flatMap(([isUsed, flags, help]) => (isUsed ? [new Option(flags, help)] : []));
}

/** Reads the options of `signInOptions`; those that are also inputs of the task belong to both. */
export function readSignInOptions(parsed: Readonly<Record<string, unknown>>): SignInOptions {
  const texts = Object.fromEntries(
    textOptions.flatMap((name) => {
      const text = textOf(parsed[name]);
      return text === undefined ? [] : [[name, text]];
    }),
  );
  return { ...texts, ...(parsed['azure'] === true && { azure: true }) };
}

const textOptions = [
  ...(['profile', 'host', 'subscription', 'tenant', 'workspaceUrl', 'registry', 'kubeconfig', 'kubeContext'] as const),
  ...(['organization', 'project', 'importConnection'] as const),
] satisfies readonly (keyof SignInOptions)[];

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
