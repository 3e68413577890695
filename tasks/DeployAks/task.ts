import { deleteService } from '../../shared/kubernetes/deploy/deleteService';
import type { ServiceFacts } from '../../shared/kubernetes/deploy/request';
import { promoteService, rejectService } from '../../shared/kubernetes/deploy/promote';
import { deployService, namesOf } from '../../shared/kubernetes/deploy/deployService';
import { serviceSummary } from '../../shared/kubernetes/deploy/summary';
import { objectsOf } from '../../shared/kubernetes/manifest/release';
import { renderYaml } from '../../shared/kubernetes/manifest/render';
import { smokeTestOf } from '../../shared/task/smokeTestInputs';
import { defineTask } from '../../shared/task/task';
import { check, inputs, relations } from './inputs';
import { openKubernetes } from './openCluster';
import { readService } from './readService';

/** Brings a scoring service to a Kubernetes cluster, and proves that it serves; or ends a trial, or the service. */
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

  async run({ inputs, agent, clock, signal, setOutput }) {
    const { release, namespace, scoringPath } = readService(inputs, agent);
    const { name } = release;
    const objects = objectsOf(release);
    if (inputs.action === 'render') {
      agent.group('Manifests', renderYaml(objects));
      await agent.attachToLog(`${name}.yaml`, renderYaml(objects));
      return `The manifests of ${name} are in the log: ${objects.length} objects. Nothing was deployed.`;
    }

    const facts: Partial<ServiceFacts> = {};
    const onFacts = (known: Partial<ServiceFacts>): void => {
      Object.assign(facts, known);
      for (const [output, value] of Object.entries(known)) setOutput(output as keyof ServiceFacts, value);
    };
    const deadline = clock.now() + inputs.timeoutMinutes * 60_000;
    const surroundings = { agent, report: agent, clock, signal, deadline, onFacts };
    const request = { ...inputs, release, scoringPath, smoke: smokeTestOf(inputs), isForced: inputs.forceConflicts };
    const client = await openKubernetes(inputs, namespace, surroundings);
    try {
      switch (inputs.action) {
        case 'deploy': {
          const change = await deployService(client, request, surroundings);
          return `${name} ${change === 'unchanged' ? 'runs already' : 'runs'} ${facts.image ?? ''}: ${facts.scoringUri ?? facts.deploymentName ?? ''}`;
        }
        case 'promote':
          return await promoteService(client, namesOf(release), request, surroundings);
        case 'reject':
          return await rejectService(client, namesOf(release), surroundings);
        case 'delete': {
          const count = await deleteService(client, name, objects, surroundings);
          onFacts({ resultState: 'Deleted' });
          return count > 0 ? `${name} is deleted: ${count} objects.` : `There is no ${name} that this step deployed.`;
        }
      }
    } finally {
      await agent.summary('Scoring service', serviceSummary(name, facts));
    }
  },
});
