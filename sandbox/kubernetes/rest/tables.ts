import type { Json, JsonObject } from '../json';
import type { ResourceType } from '../resources';
import type { Deployment, Kinds, KubeObject, Plural, Pod, ReplicaSet, Service } from '../types';

type Cell = string | number;
interface Column<T extends KubeObject = KubeObject> {
  readonly name: string;
  /** Only with `-o wide`. */
  readonly isWide?: boolean;
  readonly cell: (object: T, now: number) => Cell;
}

const nameColumn: Column = { name: 'Name', cell: ({ metadata }) => metadata.name };
const ageColumn: Column = { name: 'Age', cell: ({ metadata }, now) => age(metadata.creationTimestamp, now) };

const imagesOf = (object: Deployment | ReplicaSet) =>
  object.spec.template.spec.containers.map(({ image }) => image).join(',');

const columns: { readonly [K in Plural]?: readonly Column<Kinds[K]>[] } = {
  pods: [
    nameColumn,
    {
      name: 'Ready',
      cell: ({ spec, status }) => {
        const ready = (status.containerStatuses ?? []).filter((one) => one.ready).length;
        return `${ready}/${spec.containers.length}`;
      },
    },
    { name: 'Status', cell: podText },
    {
      name: 'Restarts',
      cell: ({ status }) => (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
    },
    ageColumn,
    { name: 'IP', isWide: true, cell: ({ status }) => status.podIP ?? '<none>' },
    { name: 'Node', isWide: true, cell: ({ spec }) => spec.nodeName ?? '<none>' },
  ],
  deployments: [
    nameColumn,
    { name: 'Ready', cell: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas}` },
    { name: 'Up-to-date', cell: ({ status }) => status.updatedReplicas ?? 0 },
    { name: 'Available', cell: ({ status }) => status.availableReplicas ?? 0 },
    ageColumn,
    { name: 'Images', isWide: true, cell: imagesOf },
  ],
  replicasets: [
    nameColumn,
    { name: 'Desired', cell: ({ spec }) => spec.replicas },
    { name: 'Current', cell: ({ status }) => status.replicas },
    { name: 'Ready', cell: ({ status }) => status.readyReplicas ?? 0 },
    ageColumn,
    { name: 'Images', isWide: true, cell: imagesOf },
  ],
  services: [
    nameColumn,
    { name: 'Type', cell: ({ spec }) => spec.type },
    { name: 'Cluster-IP', cell: ({ spec }) => spec.clusterIP ?? '<none>' },
    { name: 'External-IP', cell: externalAddress },
    {
      name: 'Port(s)',
      cell: ({ spec }) =>
        (spec.ports ?? [])
          .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`)
          .join(','),
    },
    ageColumn,
  ],
  events: [
    {
      name: 'Last Seen',
      cell: (object, now) => age(object.lastTimestamp ?? object.metadata.creationTimestamp, now),
    },
    { name: 'Type', cell: ({ type }) => type },
    { name: 'Reason', cell: ({ reason }) => reason },
    { name: 'Object', cell: ({ involvedObject }) => `${involvedObject.kind.toLowerCase()}/${involvedObject.name}` },
    { name: 'Message', cell: ({ message }) => message },
  ],
  horizontalpodautoscalers: [
    nameColumn,
    { name: 'Reference', cell: ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}` },
    { name: 'MinPods', cell: ({ spec }) => spec.minReplicas ?? 1 },
    { name: 'MaxPods', cell: ({ spec }) => spec.maxReplicas },
    { name: 'Replicas', cell: ({ status }) => status.currentReplicas ?? 0 },
    ageColumn,
  ],
};

/** The objects as the table that kubectl prints. */
export function tableOf(type: ResourceType, objects: readonly KubeObject[], metadata: Json, now: number): JsonObject {
  const shown = (columns[type.plural] as readonly Column[] | undefined) ?? [nameColumn, ageColumn];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: shown.map(({ name, isWide }) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: isWide ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: shown.map(({ cell }) => cell(object, now)),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}

/** What is going on with a pod, in one word. */
function podText({ metadata, status }: Pod): string {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const { state } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    if (state.waiting && state.waiting.reason !== 'PodInitializing') return state.waiting.reason;
    if (state.terminated && state.terminated.reason !== 'Completed') return state.terminated.reason;
  }
  return status.reason ?? (status.phase === 'Succeeded' ? 'Completed' : status.phase);
}

function externalAddress({ spec, status }: Service): string {
  if (spec.type !== 'LoadBalancer') return spec.externalName ?? '<none>';
  const [first] = status.loadBalancer.ingress ?? [];
  return first?.ip ?? first?.hostname ?? '<pending>';
}

function age(since: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
