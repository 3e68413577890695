import type { IncomingMessage } from 'node:http';
import type { KubernetesApi } from './kubernetesApi';
import type { ContainerStatus, Pod } from './pod';

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Answers the API server's request for the log of a container with what fits the container's image, as stages/ do. */
export async function answerKubelet(api: KubernetesApi, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'https://kubelet');
  const [, kind, namespace = '', name = '', containerName = ''] = pathname.split('/');
  if (kind !== 'containerLogs') return { status: 404, text: `This kubelet has no ${pathname}.` };

  const pod = await api.get<Pod>(`/api/v1/namespaces/${namespace}/pods/${name}`);
  const container = pod.status.containerStatuses?.find((each) => each.name === containerName);
  const subject = `container "${containerName}" in pod "${name}"`;
  if (container === undefined) return { status: 400, text: `${subject} is waiting to start: ContainerCreating` };
  if (/ImagePull/.test(container.state.waiting?.reason ?? '')) {
    return { status: 400, text: `${subject} is waiting to start: trying and failing to pull image` };
  }
  if (searchParams.get('previous') === 'true' && !container.lastState.terminated) {
    return { status: 400, text: `previous terminated ${subject} not found` };
  }
  const lines = logOf(container);
  const tail = Number(searchParams.get('tailLines') ?? lines.length);
  const shown = lines.slice(Math.max(0, lines.length - tail));
  return { status: 200, text: shown.map((line) => `${line}\n`).join('') };
}

function logOf({ image }: ContainerStatus): readonly string[] {
  const start = [`Starting ${image}`, 'Loading the model'];
  if (/\bcrash\b/.test(image)) {
    return [
      ...start,
      'Traceback (most recent call last):',
      '  File "/app/scoring.py", line 3, in <module>',
      '    import sklearn',
      "ModuleNotFoundError: No module named 'sklearn'",
    ];
  }
  if (/\boom\b/.test(image)) return start;
  return [...start, 'Listening'];
}
