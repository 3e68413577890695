import { findCause } from '../../causes/cause';
import { pullCauses } from '../../causes/pulling';
import { probeCauses } from '../causes/probing';
import { schedulingProblem } from '../causes/scheduling';
import { setupCauses } from '../causes/setup';
import { hasStartCondition, initRunning, isPull, type Trouble } from '../rollout/trouble';
import { noScaleUp, type Evidence } from './evidence';
import { explainExit } from './explainExit';
import { containerName, explained, imageOf, lastLine, messageOf, shown, type Explanation } from './explanation';
import { containerOf, probeText } from './podContainer';

/** The meaning of a trouble, in terms that need no knowledge of Kubernetes, and what to do about it. */
export function explainTrouble(trouble: Trouble, evidence: Evidence): Explanation {
  const { reason, known } = trouble;
  const message = messageOf(trouble);
  if (known && pullCauses.includes(known)) return explainPull(trouble, evidence);
  if (known) return explained(trouble, known, message);
  if (isPull(reason)) return explainPull(trouble, evidence);
  switch (reason) {
    case 'CrashLoopBackOff':
    case 'Error':
    case 'OOMKilled':
      return explainExit(trouble, evidence);
    case 'CreateContainerConfigError':
      return {
        cause: `${containerName(trouble)} can't be started because something that it uses is missing: ${shown(message)}.`,
        advice: 'Check the names of the Secrets and ConfigMaps that it uses, and that they exist in this namespace.',
      };
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'ContainerCannotRun':
    case 'StartError':
      return {
        cause: `${containerName(trouble)} can't be started: ${shown(message)}.`,
        advice: 'Check the ENTRYPOINT and CMD of the image: the program must exist in the image and be executable.',
      };
    case 'Unready':
      return explainUnready(trouble, evidence);
    case initRunning:
      return explainInit(trouble, evidence);
    case 'Unschedulable':
    case 'SchedulingGated':
    case 'SchedulerError':
      return explainScheduling(message, evidence);
    case 'FailedCreate':
      return {
        cause: `The cluster refused to create the pods: ${shown(message)}.`,
        advice: 'A policy of the cluster (such as Azure Policy) forbids it. Ask the administrator of the cluster.',
      };
    default:
      return explainSetup(trouble, evidence);
  }
}

const cluster = {
  puller: 'the cluster',
  Puller: 'The cluster',
  grant:
    'Grant the kubelet identity of the cluster the role AcrPull on the registry (az aks update --attach-acr), or use an image pull secret.',
};

function explainPull(trouble: Trouble, { warnings }: Evidence): Explanation {
  // Older kubelets report only that they wait; the reason is in their events.
  const failed = warnings.findLast(({ message }) => message?.startsWith('Failed to pull image'))?.message;
  const message = failed?.replace(/^Failed to pull image "[^"]*": /, '') ?? messageOf(trouble);
  const known = findCause(pullCauses, message) ?? trouble.known;
  const [, secret] =
    /^Unable to retrieve some image pull secrets \(([^)]*)\)/.exec(
      warnings.findLast(({ reason }) => reason === 'FailedToRetrieveImagePullSecret')?.message ?? '',
    ) ?? [];
  const explanation = known
    ? explained(trouble, known, message, cluster)
    : {
        cause: `The cluster can't pull the image ${imageOf(trouble)}: ${shown(message)}.`,
        advice: 'Check the name of the registry, and whether the nodes of the cluster can reach it.',
      };
  if (secret === undefined) return explanation;
  return { ...explanation, advice: `The image pull secret ${secret} does not exist: create it. ${explanation.advice}` };
}

function explainScheduling(message: string, { warnings }: Evidence): Explanation {
  const { cause, advice } = schedulingProblem(message);
  const claim = warnings.findLast(({ involvedObject: { kind } }) => kind === 'PersistentVolumeClaim')?.message;
  const scaling = warnings.findLast(({ reason }) => reason === noScaleUp)?.message;
  const details = [
    claim === undefined ? '' : ` (its volume claim: ${shown(claim)})`,
    scaling === undefined ? '' : ` (the cluster autoscaler adds no node: ${shown(scaling)})`,
  ].join('');
  return {
    cause: `${cause}${message && `: ${shown(message)}`}${details}.`,
    advice: advice || 'Check the events of the pods, or add nodes to the cluster.',
  };
}

function explainUnready(trouble: Trouble, evidence: Evidence): Explanation {
  const { spec } = containerOf(trouble);
  const probe = spec?.readinessProbe ?? spec?.startupProbe;
  const answer = evidence.warnings
    .map(({ message = '' }) => /^(?:Readiness|Startup) probe failed: (.*)/s.exec(message)?.[1])
    .findLast((found) => found !== undefined);
  const known = answer === undefined ? undefined : findCause(probeCauses, answer);
  const why = known ? ` because ${known.cause}` : '';
  return {
    cause:
      `${containerName(trouble)} runs, but is not ready` +
      `${probe ? `: ${probeText(probe)}` : ''}${answer === undefined ? '' : `; the probe failed${why}: ${shown(answer)}`}.`,
    advice:
      known?.advice ?? 'Check the port and the path of its health check, and its log for whether the model was loaded.',
  };
}

function explainInit(trouble: Trouble, evidence: Evidence): Explanation {
  const line = lastLine(trouble, evidence);
  return {
    cause:
      `The init container '${trouble.container ?? ''}' has not ended, so the service does not start` +
      `${line === undefined ? '' : `; the last line of its log: ${shown(line)}`}.`,
    advice: 'Check its log below, and whether what it waits for is available.',
  };
}

/** The pods have not come so far that a container has a state: the warnings of the cluster explain why. */
function explainSetup(trouble: Trouble, { warnings }: Evidence): Explanation {
  // The pod is on a node, so it could be scheduled in the end.
  const messages = warnings.filter(({ reason }) => reason !== 'FailedScheduling').map(({ message = '' }) => message);
  const isPrepared = trouble.pods.some(hasStartCondition);
  if (trouble.reason === 'ContainerCreating' && isPrepared && messages.length === 0)
    return {
      cause: `The node has not pulled the image ${imageOf(trouble)} yet, or has not created the container.`,
      advice:
        'A large image takes minutes on a new node: allow more time, or use a smaller image in a registry of this region.',
    };
  const telling = messages.findLast((message) => findCause(setupCauses, message)) ?? messages.at(-1);
  const known = telling === undefined ? undefined : findCause(setupCauses, telling);
  if (known && telling !== undefined) return explained(trouble, known, telling);
  const warning = telling === undefined ? '' : ` (${shown(telling)})`;
  return { cause: `The new pods do not start: ${shown(trouble.text)}${warning}.`, advice: '' };
}
