import { withTimeout } from '../../shared/agent/context';
import { attachRecord } from '../../shared/agent/runRecord';
import { deleteService } from '../../shared/kubernetes/deploy/deleteService';
import type { ServiceFacts } from '../../shared/kubernetes/deploy/request';
import { promoteService, rejectService } from '../../shared/kubernetes/deploy/promote';
import type { DeployChange } from '../../shared/kubernetes/deploy/carryOut';
import { deployService, namesOf } from '../../shared/kubernetes/deploy/deployService';
import { serviceSummary } from '../../shared/kubernetes/deploy/summary';
import { objectsOf, type Release } from '../../shared/kubernetes/manifest/release';
import { renderYaml } from '../../shared/kubernetes/manifest/render';
import { smokeTestOf } from '../../shared/task/smokeTestInputs';
import { defineTask } from '../../shared/task/task';
import { deploymentRecord } from './deploymentRecord';
import { check, inputs, relations } from './inputs';
import { openKubernetes } from './openCluster';
import { readService } from './readService';

/** Deploys a scoring service to a Kubernetes cluster and smoke-tests it; or promotes, rejects, renders or deletes one. */
export const task = defineTask({
  inputs,
  relations,
  outputs: [
    'scoringUri',
    'deploymentName',
    'image',
    'digest',
    'revision',
    'previousImage',
    'rolledBack',
    'resultState',
  ],
  check,

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const { release, untold, namespace, scoringPath } = await readService(inputs, unlimited);
    unlimited.signal.throwIfAborted();
    const { name } = release;
    const objects = objectsOf(release);
    if (inputs.action === 'render') {
      agent.group('Manifests', renderYaml(objects));
      await agent.attachToLog(`${name}.yaml`, renderYaml(objects));
      return `The manifests of ${name} are in the log: ${objects.length} objects. Nothing was deployed.`;
    }

    const facts: Partial<ServiceFacts> = {};
    const onFacts = (known: Partial<ServiceFacts>): void => {
      for (const [output, value] of Object.entries(known) as [keyof ServiceFacts, string][]) {
        if (untold.has(output)) continue;
        Object.assign(facts, { [output]: value });
        setOutput(output, value);
      }
    };
    const { action, strategy, canaryPercent, onFailure, forceConflicts } = inputs;
    const version = { onFailure, scoringPath, smoke: smokeTestOf(inputs), isForced: forceConflicts };
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const client = await openKubernetes(inputs, namespace, context);
    let isSuccessful = false;
    const succeed = (message: string): string => {
      isSuccessful = true;
      return message;
    };
    try {
      switch (action) {
        case 'deploy': {
          const request = { ...version, release, strategy, canaryPercent };
          const change = await deployService(client, request, context, onFacts);
          return succeed(endLine(release, facts, change));
        }
        case 'promote':
          return succeed(await promoteService(client, namesOf(release), version, context, onFacts));
        case 'reject':
          return succeed(await rejectService(client, namesOf(release), context, onFacts));
        case 'delete': {
          const count = await deleteService(client, release.group, objects, context);
          onFacts({ resultState: 'Deleted' });
          return succeed(
            count > 0 ? `${name} was deleted: ${count} objects.` : `There is no ${name} that this task deployed.`,
          );
        }
      }
    } finally {
      await agent.summary('Scoring service', serviceSummary(name, facts));
      await attachRecord(agent, deploymentRecord(inputs, release, { namespace, facts, isSuccessful }));
    }
  },
});

function endLine({ name, deployments }: Release, facts: Partial<ServiceFacts>, change: DeployChange): string {
  const runs = change === 'unchanged' ? 'already runs' : 'runs';
  if (facts.image === undefined)
    return `${deployments.map(({ metadata }) => metadata?.name).join(', ')}: each ${runs}.`;
  return `${name} ${runs} ${facts.image}: ${facts.scoringUri ?? facts.deploymentName ?? ''}`;
}
