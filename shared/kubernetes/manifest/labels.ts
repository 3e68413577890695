import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** Who made an object: the value of `app.kubernetes.io/managed-by`, and what our own labels begin with. */
export const product = 'model-pipelines';

export const labels = {
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  version: 'app.kubernetes.io/version',
  partOf: 'app.kubernetes.io/part-of',
  managedBy: 'app.kubernetes.io/managed-by',
  modelName: `${product}/model-name`,
  modelVersion: `${product}/model-version`,
  /** Of all that belongs to one service. */
  service: `${product}/service`,
  /** On configuration that is made anew for each content: its hash. */
  content: `${product}/content`,
  /** Which of the Deployments that may stand for the service a pod is of. */
  slot: `${product}/slot`,
  /** `main`, or `canary` for the pods that take a share of their slot's requests. */
  track: `${product}/track`,
} as const;

export const annotations = {
  /** On a Deployment, as JSON: the ReplicaSet and the replicas that have proven themselves. */
  good: `${product}/good`,
  /** On a Deployment whose template has yet to prove itself. */
  unproven: `${product}/unproven`,
  /** On a Service: the slot that it pointed at before; empty when that no longer matters. */
  previousSlot: `${product}/previous-slot`,
} as const;

/** A text as the value of a label: 63 characters at most, of which only some are allowed. */
export function labelValue(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}

/** Without what is undefined. */
export function present<T>(map: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter((entry): entry is [string, T] => entry[1] !== undefined));
}

/** Labels and annotations that are added; those that were there stay unless they are given anew. */
export function marked(
  metadata: ObjectMeta | undefined,
  { labels: more = {}, annotations: notes = {} }: Pick<ObjectMeta, 'labels' | 'annotations'>,
): ObjectMeta {
  const all = { ...metadata?.labels, ...more };
  const allNotes = { ...metadata?.annotations, ...notes };
  return {
    ...metadata,
    ...(Object.keys(all).length > 0 && { labels: all }),
    ...(Object.keys(allNotes).length > 0 && { annotations: allNotes }),
  };
}
