import { TaskError } from '../../shared/errors';
import { describeService } from '../../shared/kubernetes/manifest/describeService';
import { byName, findFiles } from '../../shared/kubernetes/manifest/findFiles';
import { readManifests } from '../../shared/kubernetes/manifest/readManifests';
import { namespaceOf, releaseOf, type Release } from '../../shared/kubernetes/manifest/release';
import { serviceObjects } from '../../shared/kubernetes/manifest/serviceObjects';
import { substituteImages } from '../../shared/kubernetes/manifest/substituteImages';
import type { TaskAgent } from '../../shared/agent/agent';
import { givenSettings, isWhole, type Given } from './inputs';
import { runAnnotations } from './runAnnotations';

/** What the inputs say of a service. */
export interface ReadService {
  readonly release: Release;
  readonly namespace: string | undefined;
  readonly scoringPath: string;
}

const secondsToSpare = 30;

/** Reads the service, or the manifests. Says which images were put in. Throws a TaskError. */
export function readService(inputs: Given, agent: TaskAgent): ReadService {
  return inputs.source === 'manifests' ? fromManifests(inputs, agent) : fromSettings(inputs, agent);
}

function fromManifests(inputs: Given, agent: TaskAgent): ReadService {
  const { manifests = [], images = [], scoringPath = '/score' } = inputs;
  const read = readManifests(findFiles(manifests, agent.workingFolder));
  const { objects, substitutions } = substituteImages(read, images);
  for (const { object, container, from, to } of substitutions)
    agent.log(`${object}, container ${container}: ${to} in the place of ${from}`);
  const named = namespaceOf(objects);
  if (inputs.namespace !== undefined && named !== undefined && named !== inputs.namespace)
    throw new TaskError(`The manifests name the namespace ${named}, and the step names ${inputs.namespace}.`);
  return { release: releaseOf(objects, runAnnotations(agent.run)), namespace: inputs.namespace ?? named, scoringPath };
}

function fromSettings(inputs: Given, agent: TaskAgent): ReadService {
  const { secrets = {}, configFiles, namespace, timeoutMinutes } = inputs;
  for (const secret of Object.values(secrets).map(String).filter(Boolean)) {
    agent.setSecret(secret);
    agent.setSecret(Buffer.from(secret).toString('base64'));
  }
  const settings = givenSettings(inputs);
  const described = describeService({
    ...settings,
    // To promote, reject or delete it, its name is enough.
    ...(!isWhole(inputs) && { image: settings['image'] ?? settings['serviceName'] }),
    ...(configFiles && { configFiles: byName(findFiles(configFiles, agent.workingFolder)) }),
    progressDeadlineSeconds: timeoutMinutes * 60 - secondsToSpare,
  });
  if ('problems' in described)
    throw new TaskError(described.problems.map(({ setting, problem }) => `${setting} ${problem}`).join(' '));
  const { service } = described;
  return {
    release: releaseOf(serviceObjects(service), runAnnotations(agent.run), service.serviceName),
    namespace,
    scoringPath: service.scoringPath,
  };
}
