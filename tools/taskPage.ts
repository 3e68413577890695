import { stringify } from 'yaml';
import { ToolError } from './commandLine';
import { isEditable, type TaskFolder, type TaskInput, type TaskManifest } from './manifests';
import { isVisible } from './visibleRule';

/** The reference page of a task as Markdown, generated from its task.json only. */
export function taskPage({ folder, manifest: task }: TaskFolder): string {
  const outputs = task.outputVariables ?? [];
  return [
    `<!-- Generated from tasks/${folder}/task.json by npm run docs. -->`,
    `# ${task.friendlyName}`,
    task.description,
    task.helpMarkDown ?? '',
    ['```yaml', yamlSample(task), '```'].join('\n'),
    'Inputs that are not required with the default settings are commented out, with their default or a placeholder.',
    '## Inputs',
    table(
      ['Name', 'Label', 'Required', 'Default', 'Values', 'Help'],
      task.inputs.map((input) => [
        code(input.name),
        input.label,
        required(input),
        byDefault(input),
        values(input),
        help(task, input),
      ]),
    ),
    ...(outputs.length === 0
      ? []
      : [
          '## Outputs',
          `Set the \`name\` of the step; later steps of the job can then use \`$(name.${outputs[0]?.name ?? ''})\`.`,
          table(
            ['Name', 'Description'],
            outputs.map(({ name, description }) => [code(name), description]),
          ),
        ]),
    `Requires agent version ${task.minimumAgentVersion} or later.`,
  ].join('\n\n');
}

/** A row for each task: icon, name with a link to its page, description. */
export function taskTable(tasks: readonly TaskFolder[]): string {
  return table(
    ['', 'Task', 'Description'],
    tasks.map(({ folder, manifest: { name, version, friendlyName, description } }) => [
      `![](images/tasks/${folder}.png)`,
      `[${friendlyName}](docs/tasks/${folder}.md) ${code(`${name}@${version.Major}`)}`,
      description,
    ]),
  );
}

/** A step with the required inputs; the other inputs are commented out. */
export function yamlSample(task: TaskManifest): string {
  const defaults = new Map(task.inputs.map((input) => [input.name, defaultOf(input)]));
  const isNeeded = (input: TaskInput) =>
    input.required === true &&
    defaultOf(input) === undefined &&
    isVisible(input.visibleRule, (name) => defaults.get(name));
  return [
    `- task: ${task.name}@${task.version.Major}`,
    '  inputs:',
    ...task.inputs.map((input) => {
      const setting = `${input.name}: ${sampleValue(input)}`;
      return isNeeded(input) ? `    ${setting}` : ['    #', setting, note(input)].join(' ').trimEnd();
    }),
  ].join('\n');
}

function sampleValue(input: TaskInput): string {
  const value = defaultOf(input) ?? Object.keys(input.options ?? {})[0];
  if (value === undefined) return `<${input.label}>`;
  return /^(true|false|\d+)$/.test(value) ? value : stringify(value).trim();
}

function note(input: TaskInput): string {
  const others = Object.keys(input.options ?? {}).filter((option) => option !== defaultOf(input));
  const notes = [
    ...(others.length > 0 ? [`or ${others.join(', ')}`] : []),
    ...(input.visibleRule === undefined ? [] : [`when ${input.visibleRule}`]),
  ];
  return notes.length > 0 ? `# ${notes.join('; ')}` : '';
}

function required(input: TaskInput): string {
  const when = input.visibleRule === undefined ? '' : code(input.visibleRule);
  if (input.required === true && defaultOf(input) === undefined) return when ? `when ${when}` : 'yes';
  return when ? `no; applies when ${when}` : 'no';
}

function byDefault(input: TaskInput): string {
  const value = defaultOf(input);
  return value === undefined ? '' : code(value);
}

function values(input: TaskInput): string {
  if (input.type.startsWith('connectedService:')) return `service connection (${code(input.type.split(':')[1] ?? '')})`;
  switch (input.type) {
    case 'pickList':
      if (isEditable(input)) return 'text; the form shows a list';
      return Object.entries(input.options ?? {})
        .map(([option, label]) => `${code(option)}: ${label}`)
        .join('<br>');
    case 'boolean':
      return '`true` or `false`';
    case 'filePath':
      return 'path';
    case 'multiLine':
      return 'text, several lines';
    default:
      return 'text';
  }
}

function help(task: TaskManifest, input: TaskInput): string {
  if (!input.helpMarkDown) throw new ToolError(`${task.name}: the input ${input.name} has no help text.`);
  return input.helpMarkDown;
}

/** An empty default is the same as none. */
function defaultOf(input: TaskInput): string | undefined {
  return input.defaultValue === undefined || input.defaultValue === '' ? undefined : String(input.defaultValue);
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}
