import { UsageError, type OptionProblem } from '../../usageError';
import type { LocalCall, LocalOption } from '../localCommand';
import { textOption } from '../options';

interface Answer {
  /** As the specification of the template names it: `{{databricksDev}}`. */
  readonly variable: string;
  readonly flags: string;
  readonly help: string;
  readonly choices?: readonly string[];
  /** From the name of the model. */
  readonly defaultFor: (model: string) => string;
  readonly matches: RegExp;
  readonly rule: string;
}

/** It stands in YAML without quotes. */
const connection = {
  matches: /^[A-Za-z0-9](?:[\w .()/+-]{0,198}[\w.()/+-])?$/,
  rule: 'must be a name of letters, digits, spaces and . _ - + / ( ).',
};

/** The model of the template. */
const exampleModel = 'demo_model';

const answers: readonly Answer[] = [
  {
    variable: 'model',
    flags: '--model <name>',
    help: `Name of the first model, and of its folder; default: ${exampleModel}`,
    defaultFor: () => exampleModel,
    matches: /^[A-Za-z][A-Za-z0-9_]{0,59}$/,
    rule: 'must be letters, digits and _, and begin with a letter.',
  },
  {
    variable: 'service',
    flags: '--service <name>',
    help: 'Name of its scoring service; default: the name of the model with hyphens',
    defaultFor: (model) => model.toLowerCase().replaceAll('_', '-'),
    matches: /^[a-z](?:[a-z0-9-]{0,58}[a-z0-9])?$/,
    rule: 'must be lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen.',
  },
  {
    variable: 'serving',
    flags: '--serving <type>',
    help: 'How the model is deployed: batch (a scheduled job, the default), rest (a REST service), databricks (a serving endpoint of Databricks) or azureml (an endpoint of Azure Machine Learning)',
    choices: ['batch', 'rest', 'databricks', 'azureml'],
    defaultFor: () => 'batch',
    matches: /^(batch|rest|databricks|azureml)$/,
    rule: 'must be batch, rest, databricks or azureml.',
  },
  ...(
    [
      ['databricksDev', 'Databricks connection', 'databricks-dev'],
      ['databricksTest', 'Databricks connection for test', 'databricks-test'],
      ['databricksProd', 'Databricks connection for production', 'databricks-prod'],
      ['registryConnection', 'Container registry connection', 'models-registry'],
      ['azureTest', 'Azure connection for test', 'azure-test'],
      ['azureProd', 'Azure connection for production', 'azure-prod'],
    ] as const
  ).map(([variable, help, name]) => ({
    variable,
    flags: `--${kebab(variable)} <connection>`,
    help: `${help} of the pipelines; default: ${name}`,
    defaultFor: () => name,
    ...connection,
  })),
  {
    variable: 'registry',
    flags: '--registry <server>',
    help: 'Login server of the container registry; default: contoso.azurecr.io',
    defaultFor: () => 'contoso.azurecr.io',
    matches: /^[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{1,5})?(?:\/[a-z0-9._/-]{1,200})?$/,
    rule: 'must be a server, such as contoso.azurecr.io.',
  },
];

/** The options of the command. */
export const answerOptions: readonly LocalOption[] = answers.map(({ flags, help, choices }) => ({
  flags,
  help,
  ...(choices && { choices }),
}));

/** The values of all variables of the template. Throws a UsageError that lists everything that is wrong. */
export function readAnswers(call: LocalCall): ReadonlyMap<string, string> {
  const problems: OptionProblem[] = [];
  const model = textOption(call, 'model') ?? exampleModel;
  const values = answers.map(({ variable, defaultFor, matches, rule }): [string, string] => {
    const option = `--${kebab(variable)}`;
    const given = textOption(call, variable);
    // What depends on a name that is wrong is not a problem of its own.
    if (given === undefined) return [variable, defaultFor(model)];
    if (!matches.test(given)) problems.push({ option, problem: rule });
    return [variable, given];
  });
  if (problems.length > 0) throw new UsageError(problems);
  return new Map(values);
}

function kebab(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
