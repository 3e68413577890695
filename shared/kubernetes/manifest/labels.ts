import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** The value of `app.kubernetes.io/managed-by`, and the prefix of our own labels. */
export const product = 'model-pipelines';

export const labels = {
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  version: 'app.kubernetes.io/version',
  partOf: 'app.kubernetes.io/part-of',
  managedBy: 'app.kubernetes.io/managed-by',
  modelName: `${product}/model-name`,
  modelVersion: `${product}/model-version`,
  /** On all objects of one service. */
  service: `${product}/service`,
  /** On ConfigMaps and Secrets that get a new name for new content: its hash. */
  content: `${product}/content`,
  /** The slot that a pod belongs to. */
  slot: `${product}/slot`,
  /** `main`, or `canary` for the pods that receive a share of their slot's traffic. */
  track: `${product}/track`,
} as const;

export const annotations = {
  /** On a Deployment, as JSON: the proven ReplicaSet and its replicas. */
  good: `${product}/good`,
  /** On a Deployment whose template is not proven yet. */
  unproven: `${product}/unproven`,
  /** On a Deployment whose pods are proven, while what surrounds them is changed and not tested yet. */
  untested: `${product}/untested`,
  /** On a Deployment that was started with as many replicas as the one before: the number that was described. */
  described: `${product}/described-replicas`,
  /** On a Service: the slot that it selected before; empty when it is no longer relevant. */
  previousSlot: `${product}/previous-slot`,
} as const;

/** The annotations that name the run of the pipeline that deployed an object. */
export const runAnnotationPrefix = 'azure-pipelines/';

/** A text as the value of a label: at most 63 of the allowed characters. */
export function labelValue(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}

/** Without undefined values. */
export function present<T>(map: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter((entry): entry is [string, T] => entry[1] !== undefined));
}

/** Adds labels and annotations; existing ones stay unless they are given again. Empty maps are left out. */
export function marked(
  metadata: ObjectMeta | undefined,
  { labels: more = {}, annotations: notes = {} }: Pick<ObjectMeta, 'labels' | 'annotations'>,
): ObjectMeta {
  const { labels: own, annotations: ownNotes, ...rest } = metadata ?? {};
  const all = { ...own, ...more };
  const allNotes = { ...ownNotes, ...notes };
  return {
    ...rest,
    ...(Object.keys(all).length > 0 && { labels: all }),
    ...(Object.keys(allNotes).length > 0 && { annotations: allNotes }),
  };
}
