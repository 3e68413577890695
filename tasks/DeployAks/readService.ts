import { setImmediate as nextTurn } from 'node:timers/promises';
import { TaskError } from '../../shared/errors';
import { describeService } from '../../shared/kubernetes/manifest/describeService';
import { byName, readFiles } from '../../shared/kubernetes/manifest/readFiles';
import { readManifests } from '../../shared/kubernetes/manifest/readManifests';
import { namespaceOf, releaseOf, type Release } from '../../shared/kubernetes/manifest/release';
import { chooseServing } from '../../shared/kubernetes/serving/chooseServing';
import type { ServiceFacts } from '../../shared/kubernetes/deploy/request';
import { serviceObjects } from '../../shared/kubernetes/manifest/serviceObjects';
import { substituteImages } from '../../shared/kubernetes/manifest/substituteImages';
import type { Context } from '../../shared/agent/context';
import { givenSettings, isWhole, type Given } from './inputs';
import { runAnnotations } from './runAnnotations';
import { untoldIn, whatIsTold } from './servingDoubt';

/** The service that the inputs describe. */
export interface ReadService {
  readonly release: Release;
  /** What can't be told of it, because the manifests don't say which of their parts serves. */
  readonly untold: ReadonlySet<keyof ServiceFacts>;
  readonly namespace: string | undefined;
  readonly scoringPath: string;
}

type Surroundings = Pick<Context, 'agent' | 'signal'>;

const secondsToSpare = 30;

/** Reads the service, or the manifests. Logs which images were substituted. Throws a TaskError. */
export async function readService(inputs: Given, search: Surroundings): Promise<ReadService> {
  return inputs.source === 'manifests' ? await fromManifests(inputs, search) : await fromSettings(inputs, search);
}

async function fromManifests(inputs: Given, search: Surroundings): Promise<ReadService> {
  const { agent } = search;
  const { manifests = [], images = [], scoringPath = '/score', serviceName: name, scoringPort: port } = inputs;
  const read = readManifests(await readFiles(manifests, search));
  // Thousands of objects take a second in each half, in which no signal of the agent arrives.
  await nextTurn();
  search.signal.throwIfAborted();
  const { objects, substitutions } = substituteImages(read, images);
  for (const { object, container, from, to } of substitutions)
    agent.log(`${object}, container ${container}: image ${from} → ${to}`);
  const named = namespaceOf(objects);
  if (inputs.namespace !== undefined && named !== undefined && named !== inputs.namespace)
    throw new TaskError(`The manifests name the namespace ${named}, but the step names ${inputs.namespace}.`);
  const choice = chooseServing(objects, { name, port, images });
  const serving = 'serving' in choice ? choice.serving : whatIsTold(choice);
  return {
    release: releaseOf(objects, { annotations: runAnnotations(agent.run), serving }),
    untold: 'doubt' in choice ? untoldIn(choice.doubt, inputs, agent) : new Set(),
    namespace: inputs.namespace ?? named,
    scoringPath,
  };
}

async function fromSettings(inputs: Given, search: Surroundings): Promise<ReadService> {
  const { agent } = search;
  const { secrets = {}, configFiles, namespace, timeoutMinutes } = inputs;
  // The input announced them as they are; the cluster returns them as a Secret has them.
  for (const secret of Object.values(secrets).map(String).filter(Boolean))
    agent.setSecret(Buffer.from(secret).toString('base64'));
  const settings = givenSettings(inputs);
  const described = describeService({
    ...settings,
    // To promote, reject or delete a service, its name is enough.
    ...(!isWhole(inputs) && { image: settings['image'] ?? settings['serviceName'] }),
    ...(configFiles && { configFiles: byName(await readFiles(configFiles, search)) }),
    progressDeadlineSeconds: timeoutMinutes * 60 - secondsToSpare,
  });
  if ('problems' in described)
    throw new TaskError(described.problems.map(({ setting, problem }) => `${setting} ${problem}`).join(' '));
  const { service } = described;
  return {
    release: releaseOf(serviceObjects(service), { annotations: runAnnotations(agent.run) }),
    untold: new Set(),
    namespace,
    scoringPath: service.scoringPath,
  };
}
