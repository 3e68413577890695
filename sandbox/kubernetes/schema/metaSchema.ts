import {
  any,
  atomicStruct,
  boolean,
  integer,
  listBy,
  listOf,
  type Schema,
  setOf,
  string,
  strings,
  struct,
  type StructSchema,
  time,
} from './schema';

export const objectMeta = struct({
  name: string,
  generateName: string,
  namespace: string,
  selfLink: string,
  uid: string,
  resourceVersion: string,
  generation: integer,
  creationTimestamp: time,
  deletionTimestamp: time,
  deletionGracePeriodSeconds: integer,
  labels: strings,
  annotations: strings,
  finalizers: setOf(string),
  ownerReferences: {
    ...listBy(['uid'], {}),
    items: atomicStruct({
      apiVersion: string,
      kind: string,
      name: string,
      uid: string,
      controller: boolean,
      blockOwnerDeletion: boolean,
    }),
  },
  managedFields: listOf(any),
});

export const labelSelector = atomicStruct({
  matchLabels: strings,
  matchExpressions: listOf(struct({ key: string, operator: string, values: listOf(string) })),
});

export const conditions = listBy(['type'], {
  type: string,
  status: string,
  reason: string,
  message: string,
  lastProbeTime: time,
  lastHeartbeatTime: time,
  lastTransitionTime: time,
  lastUpdateTime: time,
  observedGeneration: integer,
});

/** A whole object: its own fields beside those that all have. */
export const object = (fields: Readonly<Record<string, Schema>>): StructSchema =>
  struct({ apiVersion: string, kind: string, metadata: objectMeta, ...fields });
