import { changeTable, changeText, isWrite, throwIfStuck } from '../../shared/devops/change';
import { pipelinePath } from '../../shared/devops/pipelines/document';
import type { AppliedPipeline } from '../../shared/devops/pipelines/applyPipelines';
import {
  pipelinesDocumentSchema,
  planDocument,
  type PipelinesDocument,
} from '../../shared/devops/pipelines/planDocument';
import { UnresolvedError } from '../../shared/devops/unresolvedError';
import { InputError } from '../../shared/errors';
import { stringifyJson } from '../../shared/json';
import { withTimeout } from '../../shared/agent/context';
import { documentProblem } from '../../shared/task/checkDocument';
import { devopsConnection, openOrganization, projectOf } from '../../shared/task/devopsConnection';
import { sourceOfDocument } from '../../shared/task/document';
import { choice, document, documentFile, flag, integer, sensitivePairs, text } from '../../shared/task/inputs';
import { exactlyOneOf } from '../../shared/task/relations';
import { secretVariableName, secretVariableProblems, secretVariables } from '../../shared/task/devops/secretVariables';
import { defineTask } from '../../shared/task/task';

/** Creates and updates pipelines, and permits them to use what their YAML files name. */
export const task = defineTask({
  inputs: {
    ...devopsConnection,
    repository: text({ required: true }),
    pipelines: document({ schema: pipelinesDocumentSchema }),
    pipelinesFile: documentFile({ schema: pipelinesDocumentSchema }),
    secretVariables: sensitivePairs({ names: secretVariableName }),
    updateSecrets: flag({ default: false }),
    grantPermissions: flag({ default: true }),
    firstRun: choice(['none', 'queue', 'wait'], { default: 'queue' }),
    timeoutMinutes: integer({ default: 60, min: 1, max: 1440 }),
    dryRun: flag({ default: false }),
  },
  relations: [exactlyOneOf('pipelines', 'pipelinesFile')],
  outputs: ['pipelineIds', 'change'],
  check: (given) => secretVariableProblems(given.secretVariables),

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const { repository, updateSecrets, grantPermissions, firstRun, dryRun } = inputs;
    const given = inputs.pipelines ?? inputs.pipelinesFile ?? {};
    const devops = openOrganization(inputs, context);
    const wanted = {
      project: projectOf(inputs, context),
      repository,
      document: given as unknown as PipelinesDocument,
      secrets: secretVariables(inputs.secretVariables),
      ...{ updateSecrets, grantPermissions, firstRun },
    };
    const plan = await planDocument(devops, wanted, context).catch((error: unknown) => {
      if (!(error instanceof UnresolvedError)) throw error;
      const problem = documentProblem(pipelinesDocumentSchema.name, error.findings, sourceOfDocument(given));
      throw new InputError([{ input: inputs.pipelines ? 'pipelines' : 'pipelinesFile', problem }]);
    });
    setOutput('pipelineIds', idsOf(plan.found));
    for (const change of plan.changes) agent.log(changeText(change));
    throwIfStuck(plan.changes);
    if (!dryRun) setOutput('pipelineIds', idsOf(await plan.apply()));
    const writes = plan.changes.filter(isWrite);
    setOutput('change', writes.length > 0 ? 'updated' : 'unchanged');
    if (writes.length > 0) await agent.summary('Pipelines', changeTable(plan.changes, dryRun));
    if (writes.length === 0) return 'The pipelines are as defined.';
    const count = writes.length === 1 ? '1 change' : `${writes.length} changes`;
    return `The pipelines ${dryRun ? 'would be' : 'were'} brought into the defined state: ${count}.`;
  },
});

/** By their names; those whose names are in several folders by their paths. */
function idsOf(pipelines: readonly AppliedPipeline[]): string {
  const names = pipelines.map(({ wanted }) => wanted.entry.name.toLowerCase());
  const entries = pipelines.map(({ wanted: { entry, folder }, id }) => {
    const isUnique = names.filter((name) => name === entry.name.toLowerCase()).length === 1;
    return [isUnique ? entry.name : pipelinePath(folder, entry.name), id] as const;
  });
  return stringifyJson(Object.fromEntries(entries));
}
