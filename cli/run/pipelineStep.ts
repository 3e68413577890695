import { dump } from 'js-yaml';
import { isConnection, type CliInput } from '../manifest';
import { readValues, type ParsedOption, type ValueSources } from '../options/readValues';
import { parsedInputs } from '../options/taskOptions';
import { UsageError } from '../usageError';
import { optionName } from '../options/optionName';
import type { CommandCall } from './commandCall';

/** What stands for a service connection, which a person creates in Azure DevOps, by its type. */
const connectionNames: Readonly<Record<string, string>> = {
  databricksworkspace: 'name of the Databricks connection',
  AzureRM: 'name of the Azure Resource Manager connection',
  kubernetes: 'name of the Kubernetes connection',
  externaltfs: 'name of the Azure DevOps connection',
  git: 'name of the Git connection',
};

/**
 * The step of a pipeline that does the same as a call, as YAML. Names of service connections are to be filled in; a secret
 * is the variable of the pipeline that it is to come from. Throws a UsageError for a text that cannot be read.
 */
export async function pipelineStep({ task, parsed }: CommandCall, sources: ValueSources): Promise<string> {
  const given = parsedInputs(task, parsed);
  const isSecret = new Set(task.inputs.filter((input) => input.isSecret).map(({ name }) => name));
  const plain = new Map([...given].filter(([name]) => !isSecret.has(name)));
  const values = await readValues(task.inputs, plain, sources);
  const problems = [...values].flatMap(([name, value]) =>
    'problem' in value ? [{ option: optionName(name), problem: value.problem }] : [],
  );
  if (problems.length > 0) throw new UsageError(problems);

  const connectionType = connectionTypeOf(task.inputs, parsed);
  const inputs: Record<string, string | number | boolean> = {};
  for (const input of task.inputs) {
    const value = values.get(input.name);
    if (isConnection(input)) Object.assign(inputs, connectionValue(input, connectionType));
    else if (isSecret.has(input.name) && given.has(input.name))
      inputs[input.name] = secretValue(input, given.get(input.name));
    else if (value && 'text' in value) inputs[input.name] = scalar(value.text, input);
  }
  const step = { task: `${task.name}@${task.majorVersion}`, ...(Object.keys(inputs).length > 0 && { inputs }) };
  return dump([step], { lineWidth: -1 });
}

function connectionTypeOf(inputs: readonly CliInput[], parsed: CommandCall['parsed']): string | undefined {
  const input = inputs.find(({ name }) => name === 'connectionType');
  const { choices = [], defaultValue } = input ?? {};
  if (choices.includes('kubernetes') && (parsed['kubeContext'] ?? parsed['kubeconfig']) !== undefined)
    return 'kubernetes';
  if (choices.includes('azure') && (parsed['azure'] === true || parsed['workspaceUrl'] !== undefined)) return 'azure';
  return defaultValue;
}

function connectionValue(input: CliInput, connectionType: string | undefined): Readonly<Record<string, string>> {
  const { name, type, isRequired, when, defaultValue } = input;
  if (name === 'connectionType')
    return connectionType === undefined || connectionType === defaultValue ? {} : { connectionType };
  const isUsed = isRequired && (when?.['connectionType'] ?? connectionType) === connectionType;
  return isUsed
    ? { [name]: `<${connectionNames[type.replace(/^connectedService:/, '')] ?? 'name of the connection'}>` }
    : {};
}

/** The variable of the pipeline that a secret comes from; of named values, the names are kept. */
function secretValue({ name, type }: CliInput, given: ParsedOption): string {
  if (type !== 'multiLine' || typeof given !== 'object') return `$(${name})`;
  const names = given.map((piece) => /^([^=]+)=env:\w+$/.exec(piece)?.[1]);
  if (names.some((each) => each === undefined)) return `$(${name})`;
  return names.map((each = '') => `${each}=$(${each.replaceAll(/\W/g, '.')})`).join('\n');
}

function scalar(text: string, { type }: CliInput): string | number | boolean {
  if (type === 'boolean') return text === 'true';
  return text;
}
