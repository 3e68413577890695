import { ensureAlias, findChampion, versionOfRun, type Champion } from '../../shared/databricks/mlflow/champion';
import type { Workspace } from '../../shared/databricks/connect';
import { metricsOfExperiment, metricsOfRun } from '../../shared/databricks/mlflow/trackedMetrics';
import { InputError, TaskError, type InputProblem } from '../../shared/errors';
import { evaluateRules, resultLine, ruleCount } from '../../shared/evaluation/evaluateRules';
import { evaluationSummary } from '../../shared/evaluation/evaluationSummary';
import { metricsIn, type Metrics } from '../../shared/evaluation/metrics';
import { namesIn, type Rule } from '../../shared/evaluation/parseRule';
import { isMap, type Json } from '../../shared/json';
import { optionalDatabricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { block, choice, document, documentFile, filePath, flag, text } from '../../shared/task/inputs';
import { InvalidInput } from '../../shared/task/invalidInput';
import { defineTask, type Values } from '../../shared/task/task';
import { readRules, readRulesFile } from './readRules';
import { valueAt } from './valueAt';

const catalog = { championSource: 'unityCatalog' } as const;

const inputs = {
  ...optionalDatabricksConnection,
  metricsSource: choice(['text', 'file', 'mlflow'], { required: true, default: 'text' }),
  metrics: document({ required: true, when: { metricsSource: 'text' } }),
  metricsFile: documentFile({ required: true, when: { metricsSource: 'file' } }),
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
  championFile: documentFile({ required: true, when: { championSource: 'file' } }),
  championKey: text({ when: { championSource: 'file' } }),
  passWithoutChampion: flag({ default: true }),
  setAlias: flag({ default: false, when: catalog }),
  modelVersion: text({
    when: { ...catalog, setAlias: 'true' },
    pattern: { matches: /^[1-9]\d{0,14}$/, rule: "must be the number of one of the model's versions." },
  }),
  onFailedRules: choice(['fail', 'warn'], { default: 'fail' }),
};

type Given = Values<typeof inputs>;

/** Holds a model's metrics against rules, and those of the champion. */
export const task = defineTask({
  inputs,
  outputs: ['verdict', 'failedRules', 'failedCount', 'mlflowRunId', 'championVersion', 'modelVersion'],
  check,

  async run({ inputs, context, agent, setOutput }) {
    const rules = rulesOf(inputs);
    const workspace = needsWorkspace(inputs) ? await openWorkspace(inputs, context) : undefined;
    const model = await readModel(inputs, workspace);
    if (model.runId !== undefined) setOutput('mlflowRunId', model.runId);
    const champion = await readChampion(inputs, workspace);
    if (champion) setOutput('championVersion', champion.version);

    const championMetrics = champion?.metrics;
    const { passWithoutChampion, onFailedRules } = inputs;
    // A step that is run again after it has set the alias, or was ended just then, finds its own model there.
    const isChampion =
      champion !== undefined &&
      ((champion.runId !== undefined && champion.runId === model.runId) || champion.version === inputs.modelVersion);
    const results = evaluateRules(rules, {
      metrics: model.metrics,
      champion: championMetrics,
      isChampion,
      passWithoutChampion,
    });
    const failed = results.filter(({ outcome }) => outcome === 'failed');
    agent.log(`Metrics: ${model.source}. Champion: ${champion?.source ?? 'none'}.`);
    for (const result of results) agent.log(`${mark[result.outcome]}  ${resultLine(result)}`);

    const notes: string[] = [];
    const summarize = (): Promise<void> =>
      agent.summary(
        'Model evaluation',
        evaluationSummary({
          metrics: model.metrics,
          champion: championMetrics,
          results,
          source: model.source,
          championSource: champion?.source ?? 'none',
          notes,
        }),
      );
    setOutput('verdict', failed.length === 0 ? 'passed' : 'failed');
    setOutput('failedRules', failed.map(({ rule }) => rule).join('; '));
    setOutput('failedCount', String(failed.length));
    if (failed.length > 0) {
      await summarize();
      const end = `The model failed ${failed.length} of ${ruleCount(results.length)}:${failed.map((one) => `\n  - ${resultLine(one)}`).join('')}`;
      if (onFailedRules === 'warn') return { message: end, withIssues: true };
      throw new TaskError(end);
    }

    if (inputs.setAlias && workspace && inputs.catalogModel !== undefined) {
      const { catalogModel: name, championAlias: alias } = inputs;
      const version = inputs.modelVersion ?? (await versionOfRun(workspace, name, model.runId ?? ''));
      setOutput('modelVersion', version);
      const isChange = await ensureAlias(workspace, { model: name, alias, version, instead: champion?.version });
      notes.push(`Version ${version} of ${name} ${isChange ? 'has' : 'already had'} the alias '${alias}'.`);
    }
    for (const note of notes) agent.log(note);
    await summarize();
    return [`The model passed ${ruleCount(results.length)}.`, ...notes].join(' ');
  },
});

const mark = { passed: 'passed      ', failed: 'FAILED      ', 'not compared': 'not compared' };

function needsWorkspace({ metricsSource, championSource }: Partial<Given>): boolean {
  return metricsSource === 'mlflow' || championSource === 'unityCatalog' || championSource === 'workspaceRegistry';
}

function check(inputs: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  const { metricsSource, mlflowRunId, experiment, setAlias, modelVersion, rulesFile, championSource } = inputs;
  const problems: InputProblem[] = [];
  if (metricsSource === 'mlflow' && (mlflowRunId === undefined) === (experiment === undefined))
    problems.push({ input: 'mlflowRunId', problem: "or 'experiment' must be given, and not both." });
  if (setAlias && modelVersion === undefined && metricsSource !== 'mlflow')
    problems.push({ input: 'modelVersion', problem: 'is required: without an MLflow run nothing tells the version.' });
  if (needsWorkspace(inputs)) problems.push(...connectionProblems(inputs));
  for (const [file, key] of [
    ['metricsFile', 'metricsKey'],
    ['championFile', 'championKey'],
  ] as const)
    if (inputs[file] && !mapAt(inputs[file], inputs[key]))
      problems.push({ input: key, problem: `names no map in the file: '${inputs[key]}'.` });

  try {
    const rules = inputs.rules ?? (rulesFile === undefined ? [] : rulesOf(inputs as Given));
    if (championSource === 'none' && rules.some((rule) => namesIn(rule, 'baseline').length > 0))
      problems.push({ input: 'championSource', problem: 'must say where the champion is that rules name.' });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    if (!bad.has('rulesKey')) problems.push({ input: 'rulesFile', problem: error.message });
  }
  return problems;
}

function connectionProblems(inputs: Partial<Given>): readonly InputProblem[] {
  const needed =
    inputs.connectionType === 'azure' ? (['azureConnection', 'workspaceUrl'] as const) : ['connection' as const];
  return needed
    .filter((input) => inputs[input] === undefined)
    .map((input) => ({ input, problem: 'is required where the workspace is asked for metrics or for the champion.' }));
}

function rulesOf({ rules, rulesFile, rulesKey }: Given): readonly Rule[] {
  return rules ?? (rulesFile === undefined ? [] : readRulesFile(rulesFile, rulesKey));
}

/** The map that a document has under a key, or is itself; undefined when that is no map. */
function mapAt(document: Json, key: string | undefined): Readonly<Record<string, Json | undefined>> | undefined {
  const found = key === undefined ? document : valueAt(document, key);
  return isMap(found) ? found : undefined;
}

interface Model {
  readonly metrics: Metrics;
  readonly source: string;
  readonly runId?: string;
}

async function readModel(inputs: Given, workspace: Workspace | undefined): Promise<Model> {
  const { metrics, metricsFile, mlflowRunId, experiment } = inputs;
  if (metrics) return { metrics: metricsIn(metrics), source: 'given by the pipeline' };
  if (metricsFile) return { metrics: metricsIn(mapAt(metricsFile, inputs.metricsKey) ?? {}), source: 'a file' };
  if (workspace && mlflowRunId !== undefined) return metricsOfRun(workspace, mlflowRunId);
  if (workspace && experiment !== undefined) return metricsOfExperiment(workspace, experiment);
  throw new InputError([{ input: 'metricsSource', problem: 'names no metrics.' }]);
}

async function readChampion(inputs: Given, workspace: Workspace | undefined): Promise<Champion | undefined> {
  const { catalogModel, championAlias, registryModel, championStage, championFile } = inputs;
  if (championFile)
    return { version: '', metrics: metricsIn(mapAt(championFile, inputs.championKey) ?? {}), source: 'a file' };
  if (workspace && catalogModel !== undefined)
    return findChampion(workspace, { model: catalogModel, alias: championAlias });
  if (workspace && registryModel !== undefined)
    return findChampion(workspace, { model: registryModel, stage: championStage });
  return undefined;
}
