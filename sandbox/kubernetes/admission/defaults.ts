import { isObject, type Json, type JsonObject, objectOf, objectsOf } from '../json';
import type { Plural } from '../types';

/** Sets fields that are missing to the API's defaults, in place. */
export function setDefaults(plural: Plural, object: JsonObject): void {
  const spec = objectOf(object.spec);
  switch (plural) {
    case 'pods':
      podDefaults(spec);
      for (const container of containersOf(spec)) requestDefaults(container);
      return;
    case 'deployments':
      fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
      strategyDefaults(spec);
      templateDefaults(spec);
      return;
    case 'replicasets':
      fill(spec, { replicas: 1 });
      templateDefaults(spec);
      return;
    case 'services':
      serviceDefaults(spec);
      return;
    case 'horizontalpodautoscalers':
      fill(spec, {
        minReplicas: 1,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      });
      return;
    case 'secrets':
      fill(object, { type: 'Opaque' });
      if (isObject(object.stringData)) {
        const encoded = Object.entries(object.stringData).map(([key, value]): [string, Json] => [
          key,
          Buffer.from(typeof value === 'string' ? value : '').toString('base64'),
        ]);
        object.data = { ...objectOf(object.data), ...Object.fromEntries(encoded) };
        Reflect.deleteProperty(object, 'stringData');
      }
      return;
    case 'endpointslices':
      object.endpoints ??= null;
      return;
    case 'namespaces':
      fill(object, { spec: {} });
      fill(objectOf(object.spec), { finalizers: ['kubernetes'] });
      return;
    default:
  }
}

/** Adds what isn't there. */
function fill(target: JsonObject, defaults: JsonObject): void {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= structuredClone(value);
}

function strategyDefaults(spec: JsonObject): void {
  fill(spec, { strategy: {} });
  const strategy = objectOf(spec.strategy);
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy.type !== 'RollingUpdate') return;
  fill(strategy, { rollingUpdate: {} });
  fill(objectOf(strategy.rollingUpdate), { maxUnavailable: '25%', maxSurge: '25%' });
}

function templateDefaults(spec: JsonObject): void {
  const template = objectOf(spec.template);
  fill(objectOf(template.metadata), { creationTimestamp: null });
  if (isObject(template.spec)) podDefaults(template.spec);
}

const containersOf = (spec: JsonObject) => [...objectsOf(spec.initContainers), ...objectsOf(spec.containers)];

function podDefaults(spec: JsonObject): void {
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  if (spec.serviceAccountName !== undefined) fill(spec, { serviceAccount: spec.serviceAccountName });
  for (const container of containersOf(spec)) containerDefaults(container);
  for (const volume of objectsOf(spec.volumes)) {
    if (Object.keys(volume).length === 1) volume.emptyDir = {};
    for (const source of ['configMap', 'secret', 'projected', 'downwardAPI'])
      if (isObject(volume[source])) fill(volume[source], { defaultMode: 420 });
  }
}

function containerDefaults(container: JsonObject): void {
  const image = typeof container.image === 'string' ? container.image : '';
  const isLatest = !image.includes('@') && !/:(?!latest$)[^/]+$/.test(image);
  fill(container, {
    imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
  });
  for (const port of objectsOf(container.ports)) fill(port, { protocol: 'TCP' });
  for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
    const probe = container[name];
    if (!isObject(probe)) continue;
    fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    if (isObject(probe.httpGet)) fill(probe.httpGet, { path: '/', scheme: 'HTTP' });
  }
  for (const variable of objectsOf(container.env)) {
    const source = objectOf(variable.valueFrom).fieldRef;
    if (isObject(source)) fill(source, { apiVersion: 'v1' });
  }
}

/** A pod that limits a resource asks for as much of it. */
function requestDefaults(container: JsonObject): void {
  const resources = objectOf(container.resources);
  if (!isObject(resources.limits)) return;
  fill(resources, { requests: {} });
  fill(objectOf(resources.requests), resources.limits);
}

function serviceDefaults(spec: JsonObject): void {
  fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  for (const port of objectsOf(spec.ports)) {
    fill(port, { protocol: 'TCP' });
    if (port.port !== undefined) fill(port, { targetPort: port.port });
  }
  if (spec.type === 'ExternalName') return;
  fill(spec, { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') fill(spec, { externalTrafficPolicy: 'Cluster' });
  if (spec.type === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true });
}
