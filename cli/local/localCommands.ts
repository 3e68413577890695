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

/** As those of `variables load`: the hub has values that people save in it. */
const hubOptions: readonly LocalOption[] = [
  {
    flags: '--registry <off|optional|required>',
    help: 'Use the values of the Models hub, too: optional where it may not be available; default: off',
    choices: ['off', 'optional', 'required'],
  },
  { flags: '--registry-model <id>', help: 'Id of the model in the hub; default: made from modelName' },
  { flags: '--registry-revision <number>', help: 'Revision of the model in the hub; default: the newest' },
  {
    flags: '--registry-base-revision <number>',
    help: 'Revision of the base variables in the hub; default: the newest; 0 for none',
  },
  { flags: '--organization <name>', help: 'Azure DevOps organization of the hub: its name or URL' },
  { flags: '--project <name>', help: 'Azure DevOps project of the hub' },
  { flags: '--azure', help: 'Sign in to Azure DevOps through the Azure CLI' },
  { flags: '--tenant <id>', help: 'Microsoft Entra tenant' },
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
    name: 'pipelines run',
    summary: 'Run a pipeline of a model repository on this machine',
    details:
      'It runs against embedded services: a Databricks workspace, Azure, Kubernetes and Azure DevOps with everything that the pipeline names. The workspace keeps its state in .mloccli of the repository. With --live, it runs with the real workspaces of profiles: steps of this extension that use Databricks or no service, and scripts. A pipeline with other steps is refused before anything is sent.',
    arguments: [{ name: 'pipeline', help: 'Its YAML file, or ci, train, evaluate or deploy' }],
    options: [
      {
        flags: '--repository <folder>',
        help: 'The model repository; default: that of the file, or the current folder',
      },
      { flags: '--model <name>', help: 'The model: the name of its folder; default: that of the pipeline' },
      {
        flags: '--parameter <name=value>',
        help: 'A parameter of the pipeline; an object or a list is JSON. Can be repeated',
        isRepeatable: true,
      },
      { flags: '--stage <name>', help: 'Run only this stage. Can be repeated', isRepeatable: true },
      {
        flags: '--environment <name>',
        help: 'Run the stages that deploy to this environment of Azure DevOps, such as model-test, and those before them',
      },
      { flags: '--variable-groups <file>', help: 'JSON or YAML file with the variable groups that the pipeline uses' },
      {
        flags: '--resource <name=folder>',
        help: 'Folder for a repository or for the artifacts of another pipeline. Can be repeated',
        isRepeatable: true,
      },
      { flags: '--fresh', help: 'Start with an empty workspace' },
      { flags: '--verbose', help: 'Show the log of every step' },
      { flags: '--live', help: 'Run with real workspaces instead of the embedded services' },
      {
        flags: '--connection <name=profile>',
        help: 'With --live: the profile for a service connection. Can be repeated',
        isRepeatable: true,
      },
      { flags: '--yes', help: 'With --live: do not ask before the run' },
      ...signIn,
    ],
    examples: [
      'pipelines run ci --repository ../models',
      'pipelines run deploy --parameter serving=rest --environment model-test',
      'pipelines run train --live --profile dev',
    ],
    load: async () => (await import('./pipelines/runPipeline')).run,
  },
  {
    name: 'sandbox',
    summary: 'Start the embedded services, and print their addresses and the variables to use them',
    details:
      'They run until Ctrl+C: Databricks, Microsoft Entra ID, Azure Resource Manager, Kubernetes and Azure DevOps on free ports of this machine.',
    options: [
      { flags: '--latency <milliseconds>', help: 'Add a latency to every request of the workspace' },
      { flags: '--state <file>', help: 'Load the state of the workspace from a file, and save it there' },
      { flags: '--no-limits', help: 'Disable the rate limits of the workspace' },
      { flags: '--time-scale <number>', help: 'Run clusters and job runs this many times as fast as real time' },
      {
        flags: '--python <kind>',
        help: 'Run notebooks in the embedded Python (pyodide, the default) or in python3 of this machine',
        choices: ['pyodide', 'machine'],
      },
    ],
    examples: ['sandbox', 'sandbox --state workspace.json', 'sandbox --time-scale 20 -o json'],
    load: async () => (await import('./sandbox/serveSandbox')).run,
  },
  {
    name: 'hub',
    summary: 'Show the Models hub with the model of a repository in a local web page',
    details:
      'It is served until Ctrl+C, with the runs of mloccli pipelines run. What is saved in it is kept in .mloccli of the repository, and later runs read it.',
    options: [
      repository,
      model,
      { flags: '--port <number>', help: 'The port of the page; default: a free one' },
      { flags: '--fresh', help: 'Delete what was saved' },
    ],
    examples: ['hub', 'hub --repository ../models --port 8080'],
    load: async () => (await import('./hub/serveHub')).run,
  },
  {
    name: 'doctor',
    summary: 'Check what the other commands need: programs, the sign-in and permissions in the workspace',
    details:
      'Each line is ok, a note about what only some commands need, or a problem; exit code 1 with problems. It only reads: nothing is created to find out whether it can be.',
    options: [
      { flags: '--workspace-folder <path>', help: 'The folder for notebooks, which must be writable' },
      {
        flags: '--catalog-model <name>',
        help: 'A model in Unity Catalog, catalog.schema.model, which must be readable',
      },
      ...signIn,
    ],
    examples: ['doctor', 'doctor --profile dev --workspace-folder /Shared/churn -o json'],
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
    summary: 'Print the values of variables from the files of a model, and from the Models hub',
    arguments: [
      { name: 'names', help: 'Names such as training.epochs; default: all', isOptional: true, isRepeatable: true },
    ],
    options: [...modelOptions, ...hubOptions],
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
    options: [...modelOptions, ...hubOptions],
    examples: [
      'variables explain training --environment dev',
      'variables explain training --environment dev --registry required',
    ],
    load: async () => (await import('./variables/explainVariables')).run,
  },
];
