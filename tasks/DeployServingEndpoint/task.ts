import { withTimeout } from '../../shared/agent/context';
import { attachRecord } from '../../shared/agent/runRecord';
import { endpointWork } from '../../shared/databricks/serving/endpointWork';
import { deleteEndpoint, promoteEndpoint, rejectEndpoint } from '../../shared/databricks/serving/decideEndpoint';
import { deployEndpoint } from '../../shared/databricks/serving/deployEndpoint';
import { autoCaptureOf, extrasOf } from '../../shared/databricks/serving/describe';
import { ForeignEndpointError } from '../../shared/databricks/serving/owner';
import type { EndpointFacts } from '../../shared/databricks/serving/request';
import { endpointSummary } from '../../shared/databricks/serving/summary';
import type { Served } from '../../shared/databricks/serving/traffic/served';
import { trafficText } from '../../shared/databricks/serving/traffic/shares';
import { readyVersion, versionFrom } from '../../shared/databricks/models/candidate';
import { InputError, TaskError } from '../../shared/errors';
import { openWorkspace } from '../../shared/task/databricksConnection';
import { smokeTestOf } from '../../shared/task/smokeTestInputs';
import { defineTask } from '../../shared/task/task';
import { deploymentRecord } from './deploymentRecord';
import { check, entitySettings, inputs, relations, settingProblems, specificationOf, strategyOf } from './inputs';

/** Deploys a model version to a Databricks serving endpoint and smoke-tests it; or promotes, rejects or deletes one. */
export const task = defineTask({
  inputs,
  relations,
  outputs: [
    'scoringUri',
    'endpointUrl',
    'servedEntity',
    'modelVersion',
    'servedVersion',
    'previousVersion',
    'rolledBack',
    'resultState',
  ],
  check,

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const secrets = settingProblems(inputs, (text) => agent.holdsSecret(text));
    if (secrets.length > 0) throw new InputError(secrets);
    const { action, endpointName: name, catalogModel: model, adopt } = inputs;
    const smoke = action === 'deploy' || action === 'promote' ? smokeTestOf(inputs) : undefined;
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const workspace = await openWorkspace(inputs, context);
    const facts: Partial<EndpointFacts> = {};
    const onFacts = (known: Partial<EndpointFacts>): void => {
      Object.assign(facts, known);
      for (const [output, value] of Object.entries(known) as [keyof EndpointFacts, string][]) setOutput(output, value);
    };
    let present: readonly Served[] = [];
    let isSuccessful = false;

    const act = async (): Promise<string> => {
      const work = endpointWork(workspace, name, context, onFacts);
      if (action === 'delete') {
        const isDeleted = await deleteEndpoint(work, adopt);
        onFacts({ resultState: 'Deleted' });
        return isDeleted ? `The serving endpoint '${name}' was deleted.` : `There is no serving endpoint '${name}'.`;
      }
      if (action !== 'deploy') {
        const decided = await (action === 'promote' ? promoteEndpoint(work, smoke) : rejectEndpoint(work));
        ({ present } = decided);
        const done = action === 'promote' ? 'promoted' : 'rejected';
        return `${facts.servedEntity ?? ''} was ${decided.isChange ? '' : 'already '}${done}. ${trafficText(present)}`;
      }
      const source =
        inputs.modelVersion === undefined ? { alias: inputs.modelAlias ?? '' } : { version: inputs.modelVersion };
      const version = await versionFrom(workspace, model ?? '', source);
      await readyVersion(workspace, model ?? '', version, context);
      const specification = specificationOf(inputs);
      const settings = entitySettings(inputs);
      present = await deployEndpoint(work, {
        wanted: { model: model ?? '', version, settings, autoCapture: autoCaptureOf(specification) },
        strategy: strategyOf(inputs),
        smoke,
        onFailure: inputs.onFailure,
        adopt,
        extras: extrasOf(specification),
      });
      const has = facts.resultState === 'Unchanged' ? 'was up to date' : 'was deployed';
      return `Version ${version} of ${model} ${has}. ${trafficText(present)} ${facts.scoringUri ?? ''}`;
    };

    try {
      const message = await act().catch(withAdvice);
      isSuccessful = true;
      return message;
    } finally {
      await agent.summary('Serving endpoint', endpointSummary(name, model, facts, present));
      await attachRecord(agent, deploymentRecord(inputs, facts, { isSuccessful, present }));
    }
  },
});

function withAdvice(error: unknown): never {
  if (!(error instanceof ForeignEndpointError)) throw error;
  throw new TaskError(`${error.message} Set 'adopt' to true, or enter another name.`, { cause: error });
}
