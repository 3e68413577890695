import type { Cluster } from '../cluster';
import type { Kubelet } from '../pods/kubelet';
import type { Answer } from '../server';
import { badRequest, notFound } from '../status';
import type { Pod } from '../types';
import type { ApiCall } from './apiCall';

/** Answers a `log` subresource with plain text; `follow` streams until the container has ended. */
export function answerLogs({ store, clock }: Cluster, kubelet: Kubelet, { path, query, type }: ApiCall): Answer {
  const pod = store.get('pods', path.namespace, path.name);
  if (type.plural !== 'pods' || !pod) throw notFound(type, path.name);
  const container = containerOf(pod, query.get('container'));
  const isPrevious = query.get('previous') === 'true';
  const log = kubelet.logOf(pod, container, isPrevious);
  if (!log) {
    throw badRequest(
      isPrevious
        ? `previous terminated container "${container}" in pod "${path.name}" not found`
        : `container "${container}" in pod "${path.name}" is waiting to start: ${waitingReason(pod, container)}`,
    );
  }
  const since = query.get('sinceTime');
  const sinceSeconds = query.get('sinceSeconds');
  const start = since ? Date.parse(since) : sinceSeconds ? clock.now() - Number(sinceSeconds) * 1000 : -Infinity;
  const hasTimestamps = query.get('timestamps') === 'true';
  const format = ({ time, text }: { readonly time: number; readonly text: string }) =>
    hasTimestamps ? `${new Date(time).toISOString().replace('Z', '000000Z')} ${text}\n` : `${text}\n`;
  const recent = log.lines.filter(({ time }) => time >= start);
  const tail = query.get('tailLines');
  const lines = tail === null ? recent : recent.slice(recent.length - Math.min(recent.length, Number(tail)));
  const limit = Number(query.get('limitBytes') ?? Infinity);
  const text = Buffer.from(lines.map(format).join('')).subarray(0, limit);
  const headers = { 'content-type': 'text/plain' };
  if (query.get('follow') !== 'true') return { status: 200, headers, body: text };
  return {
    status: 200,
    headers,
    body: async (send, gone) => {
      send(text.toString('utf8'));
      await log.follow((line) => send(format(line)), gone);
    },
  };
}

function containerOf({ metadata, spec }: Pod, asked: string | null): string {
  const all = [...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name);
  if (asked) {
    if (all.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
  }
  const [first = '', ...others] = spec.containers.map(({ name }) => name);
  if (others.length === 0) return first;
  throw badRequest(
    `a container name must be specified for pod ${metadata.name}, choose one of: [${[first, ...others].join(' ')}]`,
  );
}

function waitingReason({ status }: Pod, container: string): string {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const waiting = all.find(({ name }) => name === container)?.state.waiting;
  const { reason = 'ContainerCreating', message } = waiting ?? {};
  const known: Readonly<Record<string, string>> = {
    ErrImagePull: "image can't be pulled",
    ImagePullBackOff: 'trying and failing to pull image',
  };
  return known[reason] ?? message ?? reason;
}
