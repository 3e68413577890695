import type { ListPage } from './types';
import { kindKeyOf, type KubernetesObject, type Resource } from './resource';
import { hostName, ipAddress, portNumber } from '../../http/transport/address';
import * as shape from '../../http/shape';

// The API server leaves out what is empty, or writes null: Go does not distinguish them.
// No shape has a default or changes a value, because objects are compared with what was applied.
const text = shape.maybe(shape.text);
const number = shape.maybe(shape.number);
const map = shape.maybe(shape.mapOf(shape.text));
const some = <E extends shape.Entries>(entries: E) => shape.maybe(shape.object(entries));
const many = <E extends shape.Entries>(entries: E) => shape.maybe(shape.list(shape.object(entries)));

const metadata = {
  namespace: text,
  uid: text,
  resourceVersion: text,
  generation: number,
  creationTimestamp: text,
  deletionTimestamp: text,
  labels: map,
  annotations: map,
  finalizers: shape.maybe(shape.list(shape.text)),
  ownerReferences: many({ apiVersion: shape.text, kind: shape.text, name: shape.text, uid: shape.text }),
  managedFields: many({ manager: text, operation: text, subresource: text, fieldsV1: some({}) }),
};

const container = {
  name: shape.text,
  image: text,
  ports: many({ name: text, containerPort: portNumber }),
  env: many({ name: shape.text, value: text }),
  resources: some({ limits: some({}), requests: some({}) }),
};
const podSpec = { containers: shape.list(shape.object(container)), initContainers: many(container), volumes: many({}) };
const conditions = many({ type: shape.text, status: shape.text, reason: text, message: text });
const ended = some({ exitCode: shape.number, reason: text, message: text });
const containerState = some({ waiting: some({ reason: text, message: text }), running: some({}), terminated: ended });
const containerStatuses = many({
  name: shape.text,
  image: text,
  imageID: text,
  restartCount: number,
  state: containerState,
  lastState: containerState,
});
const ingress = {
  ip: shape.maybe(ipAddress),
  hostname: shape.maybe(hostName),
  ports: many({ port: portNumber }),
};
const selector = some({ matchLabels: map, matchExpressions: many({ key: shape.text, operator: shape.text }) });
const template = some({ metadata: some({ labels: map, annotations: map }), spec: some(podSpec) });
const replicated = {
  spec: some({ replicas: number, selector, template }),
  status: some({
    observedGeneration: number,
    replicas: number,
    readyReplicas: number,
    updatedReplicas: number,
    availableReplicas: number,
    unavailableReplicas: number,
    conditions,
  }),
};

/** What is read of the kinds that this product knows, beyond what every object has. */
const known: Readonly<Record<string, shape.Entries>> = {
  'Deployment.apps': replicated,
  'ReplicaSet.apps': replicated,
  'Pod.': {
    spec: shape.object(podSpec),
    status: some({
      phase: text,
      reason: text,
      message: text,
      conditions,
      containerStatuses,
      initContainerStatuses: containerStatuses,
    }),
  },
  'Service.': {
    spec: some({
      type: text,
      selector: map,
      clusterIP: text,
      ports: many({ name: text, port: portNumber, targetPort: shape.maybe(shape.either(shape.text, portNumber)) }),
    }),
    status: some({ loadBalancer: some({ ingress: many(ingress) }) }),
  },
  'EndpointSlice.discovery.k8s.io': {
    endpoints: many({
      conditions: some({ ready: shape.maybe(shape.boolean) }),
      targetRef: some({ kind: text, name: text }),
    }),
    ports: many({ name: text, port: shape.maybe(portNumber) }),
  },
  'HorizontalPodAutoscaler.autoscaling': {
    spec: some({ minReplicas: number, maxReplicas: number, scaleTargetRef: some({ kind: text, name: text }) }),
    status: some({ conditions }),
  },
  'Event.': {
    reason: text,
    message: text,
    type: text,
    count: number,
    involvedObject: some({ kind: text, name: text, uid: text }),
  },
  'Ingress.networking.k8s.io': {
    spec: some({ rules: many({ host: text }), tls: many({}) }),
    status: some({ loadBalancer: some({ ingress: many(ingress) }) }),
  },
  'PodDisruptionBudget.policy': { spec: some({ selector }) },
  'ConfigMap.': { data: map },
  'Secret.': { data: map, type: text },
};

/** An object of a kind, as the API server returns it alone; of one name, where one was asked for. */
export function objectShape<T extends KubernetesObject>(resource: Resource<T>, name?: string): shape.Shape<T> {
  const { kind } = resource;
  const isIt = (object: T): boolean => object.kind === kind && (name === undefined || object.metadata?.name === name);
  // A review of permissions, which is not stored, has no name.
  return shape.checked(
    itemShape(resource, text),
    isIt,
    `it is not ${name === undefined ? `a ${kind}` : `${kind} ${name}`}`,
  );
}

/** A page of a list of objects of a kind. */
export function pageShape<T extends KubernetesObject>(resource: Resource<T>): shape.Shape<ListPage<T>> {
  return shape.object({
    metadata: shape.object({ resourceVersion: text, continue: text }),
    kind: shape.checked(shape.text, (kind) => kind.endsWith('List'), 'it is not a list'),
    items: shape.list(itemShape(resource)),
  });
}

/** The answer to a deletion: the object as it was, or a `Status`. */
export const deletedShape = shape.checked(
  shape.object({ kind: text, status: shape.optional(shape.json) }),
  ({ kind, status }) => kind !== 'Status' || status === 'Success',
  "it is a 'Status' without success",
);

const apiResource = shape.object({ name: shape.text, kind: shape.text, namespaced: shape.boolean });
/** A kind of a group and version, or a subresource of it. */
export type ApiResource = shape.Read<typeof apiResource>;
export const resourcesShape = shape.object({ resources: shape.list(apiResource) });

/** The answer to a question about permissions. */
export const reviewShape = shape.object({ status: shape.object({ allowed: shape.boolean }) });

function itemShape<T extends KubernetesObject>(
  resource: Resource<T>,
  ofName: shape.Shape<string | undefined> = shape.text,
): shape.Shape<T> {
  const whole: shape.Shape<KubernetesObject> = shape.object({
    apiVersion: text,
    kind: text,
    metadata: shape.object({ ...metadata, name: ofName }),
    ...known[kindKeyOf(resource)],
  });
  // The types of Kubernetes describe the fields that only pass through.
  return whole as shape.Shape<T>;
}
