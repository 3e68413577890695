import { attachRecord } from '../../shared/agent/runRecord';
import { withTimeout } from '../../shared/agent/context';
import { decideCanary, deleteEndpoint } from '../../shared/azure/machineLearning/deploy/actions';
import { deployModel } from '../../shared/azure/machineLearning/deploy/deployModel';
import type { Outcome, Progress, ResultState } from '../../shared/azure/machineLearning/deploy/outcome';
import { endpointSummary } from '../../shared/azure/machineLearning/deploy/summary';
import { defineTask } from '../../shared/task/task';
import { deploymentRecord } from './deploymentRecord';
import { check, inputs, relations } from './inputs';
import { openWorkspaceOf } from './openWorkspace';
import { deployOptions } from './deployOptions';
import { withAdvice } from './refusalAdvice';

/** Deploys a model to an online endpoint of Azure Machine Learning, promotes or rejects a canary, or deletes an endpoint. */
export const task = defineTask({
  inputs,
  relations,
  outputs: [
    'endpointName',
    'deploymentName',
    'scoringUri',
    'modelVersion',
    'previousDeployment',
    'traffic',
    'change',
    'rolledBack',
    'resultState',
  ],
  check,

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const { action, endpointName, deploymentName, keepOldDeployment: keepsOld } = inputs;
    let seen: Progress & { readonly modelVersion?: string } = {};
    const onProgress = (more: Progress & { readonly modelVersion?: string }): void => {
      seen = { ...seen, ...more };
      for (const name of ['deploymentName', 'scoringUri', 'previousDeployment', 'modelVersion'] as const)
        if (more[name] !== undefined) setOutput(name, more[name]);
      if (more.traffic !== undefined) setOutput('traffic', JSON.stringify(more.traffic));
    };
    const end = async (resultState: ResultState, isSuccessful: boolean): Promise<void> => {
      setOutput('resultState', resultState);
      setOutput('rolledBack', String(seen.isRolledBack ?? false));
      await attachRecord(agent, deploymentRecord({ inputs, progress: seen, resultState, isSuccessful }));
    };
    setOutput('endpointName', endpointName);
    const workspace = openWorkspaceOf(inputs, onProgress, context);

    const work = async (): Promise<string> => {
      if (action === 'delete') {
        const isDeleted = await deleteEndpoint(workspace.parts, { deploymentName }, context);
        const what = deploymentName === undefined ? `endpoint '${endpointName}'` : `deployment '${deploymentName}'`;
        setOutput('change', isDeleted ? 'deleted' : 'unchanged');
        await end('Deleted', true);
        return isDeleted ? `The ${what} was deleted.` : `There is no ${what}.`;
      }
      const outcome: Outcome =
        action === 'deploy'
          ? await deployModel(workspace.parts, await deployOptions(inputs, workspace, onProgress, context), context)
          : await decideCanary(
              workspace.parts,
              { action, deploymentName, keepsOld, scoring: workspace.scoring },
              context,
            );
      onProgress({ deploymentName: outcome.deployment?.name });
      setOutput('change', outcome.change);
      const resultState = resultOf(action, outcome);
      await end(resultState, true);
      if (outcome.change !== 'unchanged')
        await agent.summary('Online endpoint', endpointSummary(outcome, resultState, seen.previousDeployment ?? ''));
      const { name = '' } = outcome.deployment ?? {};
      return `The endpoint '${endpointName}' ${outcome.change === 'unchanged' ? 'is unchanged' : 'was changed'}: ${resultState}, deployment '${name}'. ${seen.scoringUri ?? ''}`.trim();
    };
    return work().catch(async (error: unknown) => {
      await end(seen.isRolledBack === true ? 'RolledBack' : 'Failed', false);
      throw withAdvice(error);
    });
  },
});

function resultOf(action: 'deploy' | 'promote' | 'reject', { change, isCanary }: Outcome): ResultState {
  if (isCanary) return 'Canary';
  if (action === 'promote') return 'Promoted';
  if (action === 'reject') return 'Rejected';
  return change === 'unchanged' ? 'Unchanged' : 'Deployed';
}
