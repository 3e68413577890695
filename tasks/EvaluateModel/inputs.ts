import { InputError, type InputProblem } from '../../shared/errors';
import { readMetrics } from '../../shared/evaluation/metrics';
import { namesIn, type Rule } from '../../shared/evaluation/parseRule';
import { optionalDatabricksConnection } from '../../shared/task/databricksConnection';
import { block, choice, filePath, flag, mapOrList, mapOrListFile, text } from '../../shared/task/inputs';
import { InvalidInput } from '../../shared/task/invalidInput';
import { exactlyOneOf } from '../../shared/task/relations';
import type { Values } from '../../shared/task/task';
import { metricsAt } from './metricsAt';
import { readRules, readRulesFile } from './readRules';

const catalog = { championSource: 'unityCatalog' } as const;

export const inputs = {
  ...optionalDatabricksConnection,
  metricsSource: choice(['text', 'file', 'mlflow'], { required: true, default: 'text' }),
  metrics: mapOrList({ required: true, when: { metricsSource: 'text' } }),
  metricsFile: mapOrListFile({ required: true, when: { metricsSource: 'file' } }),
  metricsKey: text({ when: { metricsSource: 'file' } }),
  mlflowRunId: text({ when: { metricsSource: 'mlflow' } }),
  experiment: text({ when: { metricsSource: 'mlflow' } }),
  rulesSource: choice(['text', 'file'], { required: true, default: 'text' }),
  rules: block(readRules, { required: true, when: { rulesSource: 'text' } }),
  rulesFile: filePath({ required: true, when: { rulesSource: 'file' } }),
  rulesKey: text({ default: 'evaluation.rules', when: { rulesSource: 'file' } }),
  championSource: choice(['none', 'unityCatalog', 'workspaceRegistry', 'file'], { required: true, default: 'none' }),
  catalogModel: text({
    required: true,
    when: catalog,
    pattern: { matches: /^[^./\s]+(\.[^./\s]+){2}$/, rule: 'must be a full name: catalog.schema.model.' },
  }),
  championAlias: text({ default: 'champion', when: catalog }),
  registryModel: text({ required: true, when: { championSource: 'workspaceRegistry' } }),
  championStage: text({ default: 'Production', when: { championSource: 'workspaceRegistry' } }),
  championFile: mapOrListFile({ required: true, when: { championSource: 'file' } }),
  championKey: text({ when: { championSource: 'file' } }),
  passWithoutChampion: flag({ default: true }),
  setAlias: flag({ default: false, when: catalog }),
  modelVersion: text({
    when: { ...catalog, setAlias: 'true' },
    pattern: { matches: /^[1-9]\d{0,14}$/, rule: 'must be a version number of the model, such as 3.' },
  }),
  onFailedRules: choice(['fail', 'warn'], { default: 'fail' }),
};

export type Given = Values<typeof inputs>;

/** Whether the metrics or the champion are read from the workspace. */
export function needsWorkspace({ metricsSource, championSource }: Partial<Given>): boolean {
  return metricsSource === 'mlflow' || championSource === 'unityCatalog' || championSource === 'workspaceRegistry';
}

/** Which inputs can't be given together, or must be. */
export const relations = [exactlyOneOf('mlflowRunId', 'experiment')];

/** What else is wrong with the inputs together. */
export function inputProblems(inputs: Partial<Given>): readonly InputProblem[] {
  const { metricsSource, setAlias, modelVersion } = inputs;
  const problems: InputProblem[] = [];
  if (setAlias && modelVersion === undefined && metricsSource !== 'mlflow')
    problems.push({ input: 'modelVersion', problem: 'is required unless the metrics come from an MLflow run.' });
  if (needsWorkspace(inputs)) problems.push(...connectionProblems(inputs));
  problems.push(...metricProblems(inputs), ...ruleProblems(inputs));
  return problems;
}

function connectionProblems(inputs: Partial<Given>): readonly InputProblem[] {
  const needed =
    inputs.connectionType === 'azure' ? (['azureConnection', 'workspaceUrl'] as const) : ['connection' as const];
  return needed
    .filter((input) => inputs[input] === undefined)
    .map((input) => ({ input, problem: 'is required to read metrics or the champion from the workspace.' }));
}

function metricProblems(inputs: Partial<Given>): readonly InputProblem[] {
  const sources = [
    // Only files have a key.
    ['metrics', 'metricsKey'],
    ['metricsFile', 'metricsKey'],
    ['championFile', 'championKey'],
  ] as const;
  return sources.flatMap(([input, keyInput]): readonly InputProblem[] => {
    const document = inputs[input];
    if (document === undefined) return [];
    const key = inputs[keyInput];
    const found = metricsAt(document, key);
    if (found === undefined)
      return key === undefined
        ? [{ input, problem: `must be a map of names to numbers, or ${mlflowList}.` }]
        : [{ input: keyInput, problem: `does not name a map in the file: '${key}'. It can also name ${mlflowList}.` }];
    const { repeated } = readMetrics(found);
    const names = repeated.map((name) => `'${name}'`).join(', ');
    return repeated.length === 0
      ? []
      : [{ input, problem: `contains two values of ${names}. Names of nested maps are joined by dots.` }];
  });
}

const mlflowList = 'a list of metrics as MLflow writes them: [{key, value, step, timestamp}]';

function ruleProblems(inputs: Partial<Given>): readonly InputProblem[] {
  try {
    const namesChampion = rulesOf(inputs).some((rule) => namesIn(rule, 'baseline').length > 0);
    return namesChampion && inputs.championSource === 'none'
      ? [{ input: 'championSource', problem: "must not be 'none': a rule names the champion (baseline)." }]
      : [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return [rulesFileProblem(error)];
  }
}

/** The rules. Throws an InputError if the file has changed since it was checked. */
export function rulesInRun(inputs: Partial<Given>): readonly Rule[] {
  try {
    return rulesOf(inputs);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InputError([rulesFileProblem(error)]);
  }
}

function rulesFileProblem({ message }: InvalidInput): InputProblem {
  return { input: 'rulesFile', problem: message };
}

/** The rules, from the input or from the file. Throws an InvalidInput that is about the file. */
function rulesOf({ rules, rulesFile, rulesKey }: Partial<Given>): readonly Rule[] {
  if (rules) return rules;
  return rulesFile === undefined || rulesKey === undefined ? [] : readRulesFile(rulesFile, rulesKey);
}
