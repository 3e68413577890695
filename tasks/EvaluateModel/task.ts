import { attachRecord } from '../../shared/agent/runRecord';
import { ensureAlias } from '../../shared/databricks/mlflow/champion';
import { TaskError } from '../../shared/errors';
import { evaluateModel, evaluationLines, verdictText } from '../../shared/evaluation/evaluateModel';
import { evaluationSummary } from '../../shared/evaluation/summary';
import { openWorkspace } from '../../shared/task/databricksConnection';
import { defineTask } from '../../shared/task/task';
import { evaluationRecord } from './evaluationRecord';
import { inputProblems, inputs, needsWorkspace, relations, rulesInRun } from './inputs';
import { readChampion, readModel, versionOf } from './readModel';

/** Checks a model's metrics against rules and the champion, and can move the champion's alias to the model. */
export const task = defineTask({
  inputs,
  outputs: ['verdict', 'failedRules', 'failedCount', 'mlflowRunId', 'championVersion', 'modelVersion'],
  relations,
  check: inputProblems,

  async run({ inputs, agent, context, setOutput }) {
    const { passWithoutChampion, onFailedRules, setAlias, catalogModel, championAlias } = inputs;
    const rules = rulesInRun(inputs);
    const workspace = needsWorkspace(inputs) ? await openWorkspace(inputs, context) : undefined;
    const model = await readModel(inputs, workspace);
    if (model.runId !== undefined) setOutput('mlflowRunId', model.runId);
    const champion = await readChampion(inputs, workspace);
    if (champion) setOutput('championVersion', champion.version ?? '');

    const evaluation = evaluateModel(model, champion, rules, { passWithoutChampion });
    const { failed } = evaluation;
    for (const line of evaluationLines(evaluation)) agent.log(line);
    setOutput('verdict', failed.length === 0 ? 'passed' : 'failed');
    setOutput('failedRules', failed.map(({ rule }) => rule).join('; '));
    setOutput('failedCount', String(failed.length));

    const summarize = async (notes: readonly string[]): Promise<void> => {
      await agent.summary('Model evaluation', evaluationSummary(evaluation, notes));
      await attachRecord(agent, evaluationRecord(evaluation, catalogModel ?? inputs.registryModel, notes));
    };
    if (failed.length > 0) {
      await summarize([]);
      if (onFailedRules === 'warn') return { message: verdictText(evaluation), withIssues: true };
      throw new TaskError(verdictText(evaluation));
    }

    const notes: string[] = [];
    if (setAlias && workspace && catalogModel !== undefined) {
      const version = await versionOf(model, catalogModel, workspace);
      setOutput('modelVersion', version);
      const move = { model: catalogModel, alias: championAlias, version, instead: champion?.version };
      const isChange = await ensureAlias(workspace, move);
      notes.push(
        `Version ${version} of ${catalogModel} ${isChange ? 'has' : 'already had'} the alias '${championAlias}'.`,
      );
    }
    for (const note of notes) agent.log(note);
    await summarize(notes);
    return [verdictText(evaluation), ...notes].join(' ');
  },
});
