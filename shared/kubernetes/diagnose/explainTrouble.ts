import { isPull, isVainPull, type Trouble } from '../rollout/trouble';
import type { Evidence } from './evidence';
import { containerOf, probeText } from './podContainer';

export interface Explanation {
  readonly cause: string;
  readonly advice: string;
}

/** What one trouble means, in words for people who don't know Kubernetes, and what to do about it. */
export function explainTrouble(trouble: Trouble, evidence: Evidence): Explanation {
  const { reason, text } = trouble;
  if (isPull(reason) || reason === 'ErrImageNeverPull') return explainPull(trouble, evidence);
  switch (reason) {
    case 'CrashLoopBackOff':
    case 'Error':
    case 'OOMKilled':
      return explainExit(trouble, evidence);
    case 'InvalidImageName':
      return {
        cause: `The name of the image is not valid: ${imageOf(trouble)}.`,
        advice: 'It should look like registry.azurecr.io/name:tag, all in lower case.',
      };
    case 'CreateContainerConfigError':
      return explainConfiguration(trouble);
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'ContainerCannotRun':
      return {
        cause: `${containerName(trouble)} can't be started: ${detailOf(text)}.`,
        advice: 'Check the ENTRYPOINT and CMD of the image: the program must be in the image and be executable.',
      };
    case 'Unready':
      return explainUnready(trouble, evidence);
    case 'Unschedulable':
    case 'SchedulingGated':
      return {
        cause: `No node of the cluster has room for the service: ${detailOf(text)}.`,
        advice: 'Ask for less cpu or memory, or add nodes (or another kind of nodes) to the cluster.',
      };
    case 'FailedCreate':
      return explainRefusal(text);
    default:
      return { cause: `The new pods don't get to work: ${withWarning(text, evidence)}.`, advice: '' };
  }
}

function explainPull(trouble: Trouble, { warnings }: Evidence): Explanation {
  // Older kubelets say only that they wait; the reason is in their events.
  const failed = warnings.findLast(({ message }) => message?.startsWith('Failed to pull image'))?.message;
  const text = failed === undefined ? trouble.text : `${trouble.reason}: ${oneLine(failed)}`;
  const image = imageOf(trouble);
  if (/\b(401|403)\b|unauthorized|denied|authentication required/i.test(text))
    return {
      cause: `The cluster may not pull the image ${image}: the registry asks who it is.`,
      advice:
        'Grant the kubelet identity of the cluster the role AcrPull on the registry (az aks update --attach-acr), or name a pull secret.',
    };
  if (trouble.graceSeconds === 0 || isVainPull(text))
    return {
      cause: `The image ${image} does not exist, or has not been built for the machines of the cluster.`,
      advice: 'Check the registry, the name and the tag, and whether the step that pushes it has run.',
    };
  return {
    cause: `The cluster can't pull the image ${image}: ${detailOf(text)}.`,
    advice: 'Check the name of the registry, and whether the nodes of the cluster can reach it.',
  };
}

function explainExit(trouble: Trouble, evidence: Evidence): Explanation {
  const { spec, status } = containerOf(trouble);
  const name = containerName(trouble);
  const end = status?.lastState?.terminated ?? status?.state?.terminated;
  const limit = spec?.resources?.limits?.['memory'];
  if (end?.reason === 'OOMKilled')
    return {
      cause: `${name} needs more memory than ${limit ? `its limit of ${limit}` : 'its node has'}: it was killed for that.`,
      advice: 'Raise the memory of the service: a model takes several times the size of its file.',
    };
  const probe = killedBy(trouble, evidence);
  if (probe !== undefined)
    return {
      cause: `${name} was killed because it did not answer its health check in time: ${probe}.`,
      advice: 'See in its log what it was doing; if loading the model takes long, give it more time to start.',
    };
  const line = lastLine(trouble, evidence);
  const exitCode = end?.exitCode ?? 0;
  return {
    cause:
      `${name} ends by itself after its start (${exitCode === 0 ? 'exit 0' : `exit ${exitCode}`})` +
      `${line === undefined ? '' : `: ${line.replace(/\.$/, '')}`}.`,
    advice: exitAdvice(exitCode, line),
  };
}

/** The probe by which the cluster had the container killed. */
function killedBy(trouble: Trouble, { warnings }: Evidence): string | undefined {
  const { spec, status } = containerOf(trouble);
  // A program that is told to end (143) or is killed (137) did not end by itself.
  if (![137, 143].includes(status?.lastState?.terminated?.exitCode ?? 0)) return undefined;
  for (const [kind, probe] of [
    ['Startup', spec?.startupProbe],
    ['Liveness', spec?.livenessProbe],
  ] as const)
    if (probe && warnings.some(({ message }) => message?.startsWith(`${kind} probe failed`))) return probeText(probe);
  return undefined;
}

function exitAdvice(exitCode: number, line: string | undefined): string {
  if (/ModuleNotFoundError|ImportError|No module named/.test(line ?? ''))
    return 'Add the missing package to the requirements of the image.';
  if (/FileNotFoundError|No such file/.test(line ?? '')) return 'Check that the file is in the image, under this path.';
  if (/PermissionError|Permission denied|Read-only file system/.test(line ?? ''))
    return 'The container may not write there: write below /tmp, or relax the security settings of the service.';
  switch (exitCode) {
    case 0:
      return 'A service must not end: start a server that keeps listening.';
    case 126:
    case 127:
      return 'The command of the image was not found or may not be run: check its ENTRYPOINT and CMD.';
    case 137:
      return 'It was killed: most often for its memory. Raise the memory of the service.';
    case 139:
      return 'It crashed in native code (segmentation fault): check the versions of native packages, and the architecture of the image.';
    default:
      return 'See its log below.';
  }
}

function explainConfiguration(trouble: Trouble): Explanation {
  const detail = detailOf(trouble.text);
  if (/will run as root|non-numeric user/.test(detail))
    return {
      cause: `The image ${imageOf(trouble)} runs as root, which the service does not allow (runAsNonRoot).`,
      advice: 'Give the image a numeric user (USER 1000 in its Dockerfile), or set runAsNonRoot to false.',
    };
  return {
    cause: `${containerName(trouble)} can't be started, for something that it uses is missing: ${detail}.`,
    advice: 'Check the names of the secrets and config maps that it uses, and that they are in this namespace.',
  };
}

function explainUnready(trouble: Trouble, evidence: Evidence): Explanation {
  const { spec } = containerOf(trouble);
  const probe = spec?.readinessProbe ?? spec?.startupProbe;
  const answer = evidence.warnings
    .map(({ message = '' }) => /^(?:Readiness|Startup) probe failed: (.*)/s.exec(message)?.[1])
    .findLast((found) => found !== undefined);
  return {
    cause:
      `${containerName(trouble)} runs, but is not ready` +
      `${probe ? `: ${probeText(probe)}` : ''}${answer === undefined ? '' : `; instead: ${oneLine(answer)}`}.`,
    advice: 'Check the port and the path of its health check, and in its log whether the model has been loaded.',
  };
}

function explainRefusal(text: string): Explanation {
  const detail = detailOf(text);
  if (/exceeded quota/.test(detail))
    return {
      cause: `The namespace has used up what it may use: ${detail}.`,
      advice: 'Ask for less cpu, memory or replicas, or have the quota of the namespace raised.',
    };
  if (/violates PodSecurity/.test(detail))
    return {
      cause: `The namespace does not allow such containers: ${detail}.`,
      advice:
        'Leave the security settings of the service at their defaults, or have the pod security level of the namespace changed.',
    };
  return {
    cause: `The cluster refuses to start the containers: ${detail}.`,
    advice: 'A policy of the cluster (such as Azure Policy) forbids it: ask who looks after the cluster.',
  };
}

/** The line that tells most: the last error that Python or others name, else the last line of all. */
function lastLine({ container }: Trouble, { logs }: Evidence): string | undefined {
  const log = logs.find((candidate) => candidate.container === container);
  const lines = (log?.text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const line = lines.findLast((candidate) => /^\S*(Error|Exception)\b/.test(candidate)) ?? lines.at(-1);
  return line?.slice(0, 300);
}

function withWarning(text: string, { warnings }: Evidence): string {
  const message = warnings.at(-1)?.message;
  return message === undefined ? text : `${text} (${oneLine(message)})`;
}

function containerName({ container }: Trouble): string {
  return container === undefined ? 'The pod' : `The container '${container}'`;
}

function imageOf(trouble: Trouble): string {
  return containerOf(trouble).spec?.image ?? '';
}

/** What follows the reason. */
function detailOf(text: string): string {
  return text
    .slice(text.indexOf(': ') + 1)
    .trim()
    .replace(/\.$/, '');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}
