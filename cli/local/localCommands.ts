import { answerOptions } from './init/answers';
import type { LocalCommand, LocalOption } from './localCommand';
import { schemaKinds } from './schema/schemaKinds';

const repository: LocalOption = {
  flags: '--repository <folder>',
  help: 'The model repository; default: the current folder',
};
const model: LocalOption = {
  flags: '--model <name>',
  help: 'The model: the name of its folder; default: the only model of the repository',
};
const modelOptions: readonly LocalOption[] = [
  { flags: '--environment <name>', help: 'The environment, such as dev, test or prod' },
  model,
  repository,
];

const signIn: readonly LocalOption[] = [
  { flags: '-p, --profile <name>', help: 'Profile in the configuration file of Databricks (~/.databrickscfg)' },
  { flags: '--host <url>', help: 'URL of the Databricks workspace' },
  { flags: '--azure', help: 'Sign in through the Azure CLI' },
  { flags: '--tenant <id>', help: 'Microsoft Entra tenant' },
];

/** The headings of groups and of commands without a group, in the order of the help. */
export const localHeading = 'On this machine';

/** All commands that do not run a task. */
export const localCommands: readonly LocalCommand[] = [
  {
    name: 'init',
    summary: 'Create a model repository with a first model',
    details:
      'It has the pipelines and the files of the template, with the names that the options give. Nothing is downloaded, and no file is overwritten.',
    arguments: [{ name: 'folder', help: 'The folder of the new repository' }],
    options: answerOptions,
    examples: ['init models --model churn', 'init models --model churn --serving rest --databricks-dev adb-dev'],
    load: async () => (await import('./init/initRepository')).run,
  },
  {
    name: 'doctor',
    summary: 'Check what the other commands need: programs, the sign-in and the workspace',
    details: 'Each line is ok, a note about what only some commands need, or a problem; exit code 1 with problems.',
    options: signIn,
    examples: ['doctor', 'doctor --profile dev -o json'],
    load: async () => (await import('./doctor/doctor')).run,
  },
  {
    name: 'whoami',
    summary: 'Print who signs in to Databricks, and with what',
    details: 'Exit code 4 where credentials are missing or refused.',
    options: signIn,
    examples: ['whoami', 'whoami --profile dev'],
    load: async () => (await import('./doctor/printCaller')).run,
  },
  {
    name: 'schema',
    summary: 'Print the JSON Schema of a document',
    arguments: [{ name: 'document', help: 'The kind of document', choices: Object.keys(schemaKinds) }],
    options: [{ flags: '--file <file>', help: 'Write the schema to this file instead' }],
    examples: ['schema job --file job.schema.json', 'schema variables'],
    load: async () => (await import('./schema/printSchema')).run,
  },
  {
    name: 'complete',
    summary: 'Print the completion script of a shell',
    details:
      'Bash: source <(mloccli complete bash). Zsh: source <(mloccli complete zsh). Fish: mloccli complete fish | source. PowerShell: mloccli complete powershell | Out-String | Invoke-Expression.',
    arguments: [{ name: 'shell', help: 'The shell', choices: ['bash', 'zsh', 'fish', 'powershell'] }],
    examples: ['complete bash > ~/.local/share/bash-completion/completions/mloccli'],
    load: async () => (await import('./complete/completionScript')).run,
  },
  {
    name: 'variables get',
    summary: 'Print the values of variables from the files of a model',
    arguments: [
      { name: 'names', help: 'Names such as training.epochs; default: all', isOptional: true, isRepeatable: true },
    ],
    options: modelOptions,
    examples: ['variables get training.epochs --environment dev', 'variables get --environment prod --model churn'],
    load: async () => (await import('./variables/getVariables')).run,
  },
  {
    name: 'variables set',
    summary: 'Set variables in the file of a model; all else in it stays as it is',
    arguments: [{ name: 'pairs', help: 'As in training.epochs=300', isRepeatable: true }],
    options: [...modelOptions, { flags: '--shared', help: 'In the file of all models, pipelines/base_variables.yml' }],
    examples: ['variables set training.epochs=300', 'variables set service.replicas=3 --environment prod'],
    load: async () => (await import('./variables/setVariables')).run,
  },
  {
    name: 'variables explain',
    summary: 'Print where each value comes from: its file and line, and the values that it replaces',
    arguments: [
      { name: 'names', help: 'Names such as training.epochs; default: all', isOptional: true, isRepeatable: true },
    ],
    options: modelOptions,
    examples: ['variables explain training --environment dev'],
    load: async () => (await import('./variables/explainVariables')).run,
  },
];
