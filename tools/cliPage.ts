import { commands, groups } from '../cli/commands';
import { kebabCase } from '../cli/options/optionName';
import type { CliManifest } from '../cli/manifest';
import { localCommands } from '../cli/local/localCommands';
import { createProgram } from '../cli/program';

const helpWidth = 100;

/** The page about the command line: how it is used, and the help of every command as it prints it. */
export function cliPage(manifest: CliManifest): string {
  return [
    '<!-- Generated from the help of the command line by npm run docs. -->',
    '# Run the tasks from a terminal',
    '`mloccli` runs the tasks of this extension from a terminal, with the same inputs, checks and messages: try a step before a pipeline runs it. It also creates model repositories, runs their pipelines on your machine, and shows where the value of a variable comes from. Install its package (Node 20.19 or later): `npm run package && npm install --global ./dist/mloccli-*.tgz`; or build it with `npm run build`, and run `node dist/cli/main.cjs <command>`.',
    '`mloccli doctor` checks what the commands need. `source <(mloccli complete bash)` completes commands, options and their values; see [`complete`](#complete) for other shells.',
    '## Sign in',
    [
      '- Databricks: a profile of `~/.databrickscfg` (`--profile`, `DATABRICKS_CONFIG_PROFILE`), the variables `DATABRICKS_HOST` and `DATABRICKS_TOKEN`, or `DATABRICKS_CLIENT_ID` and `DATABRICKS_CLIENT_SECRET`, or `az login` for a workspace of Azure (`--azure`, `--host`). `mloccli whoami` prints who signs in.',
      '- Azure and its Kubernetes clusters: `az login`; another cluster: `--kube-context` and the kubeconfig.',
      '- Container registries: `docker login`, and `--registry`.',
      '- Azure DevOps: `AZURE_DEVOPS_EXT_PAT`, or `az login` with `--azure`. The organization and the project are those of `--organization` and `--project`, else of the Git repository of the current folder.',
    ].join('\n'),
    '## Options',
    [
      '- Every input of a task is an option: `notebookPath` is `--notebook-path`. A flag has both forms: `--dry-run` and `--no-dry-run`.',
      '- A text of several lines can be given by repeating the option, `--parameters lr=0.1 --parameters epochs=5`, from a file, `--parameters @parameters.txt`, or from standard input, `--parameters -`. A text that begins with `@` is written with `@@`.',
      '- A secret is never part of a command line, which other users of the machine can read: use `@file`, `-`, `env:VARIABLE`, or `NAME=env:VARIABLE` for one of several values.',
      '- Paths are relative to the current folder.',
      '- `--as-yaml` prints the pipeline step that does the same. In a pipeline, a command says which task that is.',
    ].join('\n'),
    '## Output',
    [
      '- Standard output has data only: the outputs as lines of `name=value`, or one JSON object with `-o json` (or `MLOCCLI_OUTPUT=json`). A value of several lines is a JSON string. Progress, tables and messages go to standard error.',
      '- The JSON object has the keys `command`, `result`, `message`, `problems`, `outputs`, `summary` and `durationSeconds`, also for errors and interruptions; some commands have further data in `details`.',
      '- Known secrets are replaced by `***`.',
      '- The first Ctrl+C cancels the work and what it started remotely; the second one ends the command at once. Output that nobody reads is not waited for then.',
    ].join('\n'),
    table(
      ['Exit code', 'Meaning'],
      [
        ['0', 'succeeded'],
        ['1', 'failed'],
        [
          '2',
          'the options cannot be used, a confirmation is missing, or `--fail-on-drift` found differences; nothing was changed',
        ],
        ['4', 'the sign-in was refused'],
        ['5', 'the run of a job failed'],
        ['6', 'succeeded with issues, with `--strict` only'],
        ['130', 'interrupted'],
      ],
    ),
    '## Commands',
    table(
      ['Command', 'Also', 'Task'],
      commands.map(({ group, verb, task }) => [
        `[\`${group} ${verb}\`](#${group}-${verb})`,
        `\`${kebabCase(task)}\``,
        `[${task}](tasks/${task}.md)`,
      ]),
    ),
    table(
      ['Command on this machine', 'Purpose'],
      localCommands.map(({ name, summary }) => [`[\`${name}\`](#${name.replaceAll(' ', '-')})`, summary]),
    ),
    fence(helpOf(manifest, ['--help'])),
    ...localCommands.flatMap(({ name }) => [`### ${name}`, fence(helpOf(manifest, [...name.split(' '), '--help']))]),
    ...Object.keys(groups).flatMap((group) =>
      commands
        .filter((row) => row.group === group)
        .flatMap(({ verb }) => [`### ${group} ${verb}`, fence(helpOf(manifest, [group, verb, '--help']))]),
    ),
  ].join('\n\n');
}

/** What the command line prints for these arguments. */
export function helpOf(manifest: CliManifest, args: readonly string[]): string {
  let text = '';
  createProgram({
    readManifest: () => manifest,
    args,
    output: { helpWidth, print: (part) => void (text += part) },
  }).parse(args);
  return text.trimEnd();
}

function fence(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}
