import type { Cluster } from '../cluster';
import { clone, isObject, type Json, type JsonObject, objectOf } from '../json';
import { jsonPatch } from '../patch/jsonPatch';
import { mergePatch } from '../patch/mergePatch';
import { selects } from '../selectors';
import { badRequest, internalError, methodNotAllowed, notFound, tooManyRequests, unknownPath } from '../status';
import type { Deployment, LabelSelector, ReplicaSet } from '../types';
import type { ApiCall } from './apiCall';
import { mediaTypeOf, patchTypes, readJson, readObject } from './readBody';
import { deleteOptionsOf, writeOf } from './writeOptions';

const scalable = (call: ApiCall): 'deployments' | 'replicasets' => {
  const { plural } = call.type;
  if (plural !== 'deployments' && plural !== 'replicasets') throw unknownPath();
  return plural;
};

export function readScale({ store }: Cluster, call: ApiCall): JsonObject {
  const found = store.get(scalable(call), call.path.namespace, call.path.name);
  if (!found) throw notFound(call.type, call.path.name);
  return scaleOf(found);
}

/** Replaces or patches the scale of a workload. */
export function writeScale(cluster: Cluster, call: ApiCall): JsonObject {
  const { received, path } = call;
  const body = readJson(received.body);
  const change = (scale: JsonObject): Json => {
    if (received.method === 'PUT') return body;
    if (received.method !== 'PATCH') throw methodNotAllowed();
    return mediaTypeOf(received.headers['content-type']) === patchTypes.json
      ? jsonPatch(scale, body)
      : mergePatch(scale, body);
  };
  const written = cluster.objects.update(
    scalable(call),
    path.namespace,
    path.name,
    (live) => {
      const scale = change(clone(scaleOf(live)));
      const replicas = isObject(scale) ? (objectOf(scale.spec).replicas ?? 0) : undefined;
      if (typeof replicas !== 'number') throw badRequest('Scale in version "v1" cannot be handled as a Scale');
      const version = isObject(scale) ? objectOf(scale.metadata).resourceVersion : undefined;
      return {
        ...live,
        metadata: { ...live.metadata, ...(typeof version === 'string' && { resourceVersion: version }) },
        spec: { ...live.spec, replicas },
      };
    },
    { ...writeOf(call), subresource: 'scale' },
  );
  return scaleOf(written);
}

function scaleOf({ metadata, spec, status }: Deployment | ReplicaSet): JsonObject {
  const { name, namespace = '', uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas },
    status: { replicas: status.replicas ?? 0, selector: selectorText(spec.selector) },
  };
}

const selectorText = ({ matchLabels = {} }: LabelSelector) =>
  Object.entries(matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** Deletes a pod as far as its disruption budget allows. */
export function evict({ store, objects }: Cluster, call: ApiCall): JsonObject {
  const { path, type, received, query } = call;
  if (received.method !== 'POST' || type.plural !== 'pods') throw methodNotAllowed();
  const pod = store.get('pods', path.namespace, path.name);
  if (!pod) throw notFound(type, path.name);
  const body = readObject(received.body, received.headers['content-type']);
  const options = deleteOptionsOf(
    { ...received, body: Buffer.from(JSON.stringify(objectOf(body.deleteOptions))) },
    query,
  );
  const budgets = store
    .list('poddisruptionbudgets', path.namespace)
    .filter(({ spec }) => selects(spec.selector, pod.metadata.labels));
  if (budgets.length > 1)
    throw internalError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  if (budgets.some(({ status }) => status.disruptionsAllowed <= 0))
    throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 10);
  objects.delete('pods', path.namespace, path.name, options);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}
