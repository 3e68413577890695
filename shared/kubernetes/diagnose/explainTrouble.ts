import { isPull, isMissingImage, type Trouble } from '../rollout/trouble';
import type { Evidence } from './evidence';
import { containerOf, probeText } from './podContainer';

export interface Explanation {
  readonly cause: string;
  readonly advice: string;
}

/** The meaning of a trouble, in terms that need no knowledge of Kubernetes, and what to do about it. */
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
        cause: `The image name is not valid: ${imageOf(trouble)}.`,
        advice: 'It must look like registry.azurecr.io/name:tag, in lower case.',
      };
    case 'CreateContainerConfigError':
      return explainConfiguration(trouble);
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'ContainerCannotRun':
      return {
        cause: `${containerName(trouble)} can't be started: ${detailOf(text)}.`,
        advice: 'Check the ENTRYPOINT and CMD of the image: the program must exist in the image and be executable.',
      };
    case 'Unready':
      return explainUnready(trouble, evidence);
    case 'Unschedulable':
    case 'SchedulingGated':
      return {
        cause: `No node of the cluster has enough capacity for the service: ${detailOf(text)}.`,
        advice: 'Request less CPU or memory, or add nodes (or a node pool with larger nodes) to the cluster.',
      };
    case 'FailedCreate':
      return explainRefusal(text);
    default:
      return { cause: `The new pods do not start: ${withWarning(text, evidence)}.`, advice: '' };
  }
}

function explainPull(trouble: Trouble, { warnings }: Evidence): Explanation {
  // Older kubelets report only that they wait; the reason is in their events.
  const failed = warnings.findLast(({ message }) => message?.startsWith('Failed to pull image'))?.message;
  const text = failed === undefined ? trouble.text : `${trouble.reason}: ${oneLine(failed)}`;
  const image = imageOf(trouble);
  if (/\b(401|403)\b|unauthorized|denied|authentication required/i.test(text))
    return {
      cause: `The cluster is not authorized to pull the image ${image} from its registry.`,
      advice:
        'Grant the kubelet identity of the cluster the role AcrPull on the registry (az aks update --attach-acr), or use an image pull secret.',
    };
  if (trouble.graceSeconds === 0 || isMissingImage(text))
    return {
      cause: `The image ${image} does not exist, or was not built for the CPU architecture of the nodes.`,
      advice: 'Check the registry, the name and the tag, and whether the step that pushes the image has run.',
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
      cause: `${name} was killed because it needs more memory than ${limit ? `its limit of ${limit}` : 'its node has'}.`,
      advice: 'Raise the memory of the service: a loaded model needs several times the size of its file.',
    };
  const probe = killedBy(trouble, evidence);
  if (probe !== undefined)
    return {
      cause: `${name} was killed because it did not answer its health check in time: ${probe}.`,
      advice: 'Check its log. If loading the model takes long, allow more time for the start.',
    };
  const line = lastLine(trouble, evidence);
  const exitCode = end?.exitCode ?? 0;
  return {
    cause:
      `${name} exits after its start (exit code ${exitCode})` +
      `${line === undefined ? '' : `: ${line.replace(/\.$/, '')}`}.`,
    advice: exitAdvice(exitCode, line),
  };
}

/** The probe that made the cluster kill the container. */
function killedBy(trouble: Trouble, { warnings }: Evidence): string | undefined {
  const { spec, status } = containerOf(trouble);
  // Only exit codes 143 (terminated) and 137 (killed) can come from a probe.
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
  if (/FileNotFoundError|No such file/.test(line ?? ''))
    return 'Check that the file exists in the image, under this path.';
  if (/PermissionError|Permission denied|Read-only file system/.test(line ?? ''))
    return 'The container is not allowed to write there. Write to /tmp, or relax the security settings of the service.';
  switch (exitCode) {
    case 0:
      return 'A service must not exit: start a server that keeps listening.';
    case 126:
    case 127:
      return 'The command of the image was not found or is not executable. Check its ENTRYPOINT and CMD.';
    case 137:
      return 'It was killed, most likely because of its memory. Raise the memory of the service.';
    case 139:
      return 'It crashed in native code (segmentation fault). Check the versions of native packages, and the architecture of the image.';
    default:
      return 'Check its log below.';
  }
}

function explainConfiguration(trouble: Trouble): Explanation {
  const detail = detailOf(trouble.text);
  if (/will run as root|non-numeric user/.test(detail))
    return {
      cause: `The image ${imageOf(trouble)} runs as root, which the service does not allow (runAsNonRoot).`,
      advice: 'Set a numeric user in the image (USER 1000 in its Dockerfile), or set runAsNonRoot to false.',
    };
  return {
    cause: `${containerName(trouble)} can't be started because something that it uses is missing: ${detail}.`,
    advice: 'Check the names of the Secrets and ConfigMaps that it uses, and that they exist in this namespace.',
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
      `${probe ? `: ${probeText(probe)}` : ''}${answer === undefined ? '' : `; the probe failed: ${oneLine(answer)}`}.`,
    advice: 'Check the port and the path of its health check, and its log for whether the model was loaded.',
  };
}

function explainRefusal(text: string): Explanation {
  const detail = detailOf(text);
  if (/exceeded quota/.test(detail))
    return {
      cause: `The quota of the namespace is used up: ${detail}.`,
      advice: 'Request less CPU, memory or replicas, or ask for a higher quota of the namespace.',
    };
  if (/violates PodSecurity/.test(detail))
    return {
      cause: `The Pod Security level of the namespace forbids these containers: ${detail}.`,
      advice:
        'Keep the default security settings of the service, or ask for a different Pod Security level of the namespace.',
    };
  return {
    cause: `The cluster refused to create the pods: ${detail}.`,
    advice: 'A policy of the cluster (such as Azure Policy) forbids it. Ask the administrator of the cluster.',
  };
}

/** The most useful line of the log: the last one that names an error, otherwise the last one. */
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

/** The text after the reason. */
function detailOf(text: string): string {
  return text
    .slice(text.indexOf(': ') + 1)
    .trim()
    .replace(/\.$/, '');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}
