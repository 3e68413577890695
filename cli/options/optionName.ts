import { isConnection, type CliInput } from '../manifest';

/** The words of a name in lowerCamelCase or UpperCamelCase, joined by hyphens: `notebookPath` is `notebook-path`. */
export function kebabCase(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** The option of an input: `--notebook-path`. */
export function optionName(input: string): string {
  return `--${kebabCase(input)}`;
}

const units: Readonly<Record<string, string>> = {
  minutes: 'minutes',
  milliseconds: 'milliseconds',
  percent: 'percent',
  gb: 'gigabytes',
  attempts: 'number',
  requests: 'number',
  runs: 'number',
  replicas: 'number',
  workers: 'number',
  concurrency: 'number',
  port: 'port',
  status: 'status',
  url: 'url',
  id: 'id',
  folder: 'folder',
  file: 'file',
  path: 'path',
};

/** What the help shows for the value of an option. Quantities show their unit, which is the last word of the name. */
export function placeholder({ name, type, isSecret, choices }: CliInput): string {
  if (isSecret) return 'source';
  if (type === 'multiLine') return 'text|@file';
  if (type === 'filePath') return 'file';
  if (choices && choices.length <= 5 && choices.join('|').length <= 40) return choices.join('|');
  return units[kebabCase(name).split('-').at(-1) ?? ''] ?? 'value';
}

/**
 * A problem of an input as it is shown in a terminal: what is quoted by the name of an input becomes its option. Values
 * after `is` stay as they are: a value can have the name of an input.
 */
export function withOptionNames(problem: string, inputs: readonly CliInput[]): string {
  const byName = new Map(inputs.filter((input) => !isConnection(input)).map((input) => [input.name, input]));
  return problem
    .replaceAll(/'(\w+)' is '(\w+)'/g, (text, name: string, value: string) => {
      const input = byName.get(name);
      return input === undefined ? text : withValue(input, value);
    })
    .replaceAll(/(?<! is )'(\w+)'/g, (text, name: string) => (byName.has(name) ? optionName(name) : text));
}

/** `--run-source notebook`, `--set-alias` or `--no-set-alias`. */
export function withValue({ name, type }: Pick<CliInput, 'name' | 'type'>, value: string): string {
  if (type !== 'boolean') return `${optionName(name)} ${value}`;
  return value.toLowerCase() === 'false' ? `--no-${kebabCase(name)}` : optionName(name);
}
