import type { Cluster } from '../cluster';
import { equal, type JsonObject } from '../json';
import { isReady, isSelected, portOf } from '../pods/serviceTargets';
import type { EndpointSlice, Pod, Service } from '../types';
import type { Reconcile } from './controlLoop';
import { controllerWrite } from './writeStatus';

/** Keeps one endpoint slice, and the older Endpoints object, for each service with a selector. */
export function endpoints({ store, objects }: Cluster): Reconcile {
  function put(service: Service, kind: 'endpoints' | 'endpointslices', name: string, body: JsonObject): void {
    const { namespace } = service.metadata;
    const live = store.get(kind, namespace, name);
    if (!live) {
      objects.create(kind, namespace, body, controllerWrite);
      return;
    }
    const isSame = Object.entries(body).every(
      ([key, value]) => key === 'metadata' || equal(live[key] as JsonObject, value),
    );
    if (!isSame)
      objects.update(
        kind,
        namespace,
        name,
        (draft) => ({ ...draft, ...body, metadata: draft.metadata }),
        controllerWrite,
      );
  }

  return () => {
    for (const service of store.list('services')) {
      const { name, namespace = '', uid } = service.metadata;
      if (!service.spec.selector) continue;
      const pods = store
        .list('pods', namespace)
        .filter((pod) => isSelected(service, pod) && pod.status.podIP !== undefined)
        .filter(({ status }) => status.phase === 'Running' || status.phase === 'Pending');
      const slice = sliceOf(store.list('endpointslices', namespace), uid);
      put(service, 'endpointslices', slice?.metadata.name ?? `${name}-${uid.slice(0, 5)}`, sliceBody(service, pods));
      put(service, 'endpoints', name, endpointsBody(service, pods));
    }
  };
}

const sliceOf = (slices: readonly EndpointSlice[], uid: string) =>
  slices.find(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));

const portsOf = ({ spec }: Service, pod: Pod | undefined) =>
  (spec.ports ?? []).flatMap(({ name, protocol, targetPort }) => {
    const port = pod ? portOf(pod, targetPort) : typeof targetPort === 'number' ? targetPort : undefined;
    return port === undefined ? [] : [{ ...(name !== undefined && { name }), port, protocol }];
  });

const referenceOf = ({ metadata }: Pod) => ({
  kind: 'Pod',
  name: metadata.name,
  namespace: metadata.namespace ?? '',
  uid: metadata.uid,
});

/** Null where there are none, as the API server returns an empty list of Go. */
function endpointsOf(pods: readonly Pod[]): JsonObject[] | null {
  if (pods.length === 0) return null;
  return pods.map((pod) => {
    const isEnding = pod.metadata.deletionTimestamp !== undefined;
    return {
      addresses: [pod.status.podIP ?? ''],
      conditions: { ready: isReady(pod) && !isEnding, serving: isReady(pod), terminating: isEnding },
      nodeName: pod.spec.nodeName ?? '',
      targetRef: referenceOf(pod),
    };
  });
}

function sliceBody(service: Service, pods: readonly Pod[]): JsonObject {
  const { name, uid } = service.metadata;
  const owner = { apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true };
  return {
    metadata: {
      name: `${name}-${uid.slice(0, 5)}`,
      labels: {
        ...service.metadata.labels,
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [owner],
    },
    addressType: 'IPv4',
    endpoints: endpointsOf(pods),
    ports: portsOf(service, pods[0]).map((port) => ({ name: '', ...port })),
  };
}

function endpointsBody(service: Service, pods: readonly Pod[]): JsonObject {
  const alive = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const addressOf = (pod: Pod) => ({
    ip: pod.status.podIP ?? '',
    nodeName: pod.spec.nodeName ?? '',
    targetRef: referenceOf(pod),
  });
  const ready = alive.filter(isReady).map(addressOf);
  const notReady = alive.filter((pod) => !isReady(pod)).map(addressOf);
  const { name, labels } = service.metadata;
  const subset = {
    ...(ready.length > 0 && { addresses: ready }),
    ...(notReady.length > 0 && { notReadyAddresses: notReady }),
    ports: portsOf(service, pods[0]),
  };
  return { metadata: { name, ...(labels && { labels }) }, subsets: alive.length > 0 ? [subset] : [] };
}
