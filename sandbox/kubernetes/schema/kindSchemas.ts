import type { Plural } from '../types';
import { conditions, labelSelector, object } from './metaSchema';
import { podSpec, podStatus, podTemplate } from './podSchema';
import {
  any,
  atomicStrings,
  atomicStruct,
  boolean,
  integer,
  intOrString,
  listBy,
  listOf,
  quantities,
  retainingStruct,
  setOf,
  string,
  strings,
  struct,
  type StructSchema,
  time,
} from './schema';

const reference = atomicStruct({
  kind: string,
  namespace: string,
  name: string,
  uid: string,
  apiVersion: string,
  resourceVersion: string,
  fieldPath: string,
});

const ports = listBy(['port', 'protocol'], {
  name: string,
  protocol: string,
  appProtocol: string,
  port: integer,
  targetPort: intOrString,
  nodePort: integer,
});

const service = object({
  spec: struct({
    ports,
    selector: atomicStrings,
    clusterIP: string,
    clusterIPs: listOf(string),
    type: string,
    externalIPs: listOf(string),
    sessionAffinity: string,
    loadBalancerIP: string,
    loadBalancerSourceRanges: listOf(string),
    externalName: string,
    externalTrafficPolicy: string,
    healthCheckNodePort: integer,
    publishNotReadyAddresses: boolean,
    sessionAffinityConfig: struct({ clientIP: struct({ timeoutSeconds: integer }) }),
    ipFamilies: listOf(string),
    ipFamilyPolicy: string,
    allocateLoadBalancerNodePorts: boolean,
    loadBalancerClass: string,
    internalTrafficPolicy: string,
    trafficDistribution: string,
  }),
  status: struct({ loadBalancer: struct({ ingress: listOf(any) }), conditions }),
});

const deployment = object({
  spec: struct({
    replicas: integer,
    selector: labelSelector,
    template: podTemplate,
    strategy: retainingStruct({
      type: string,
      rollingUpdate: struct({ maxUnavailable: intOrString, maxSurge: intOrString }),
    }),
    minReadySeconds: integer,
    revisionHistoryLimit: integer,
    paused: boolean,
    progressDeadlineSeconds: integer,
  }),
  status: struct({
    observedGeneration: integer,
    replicas: integer,
    updatedReplicas: integer,
    readyReplicas: integer,
    availableReplicas: integer,
    unavailableReplicas: integer,
    terminatingReplicas: integer,
    conditions,
    collisionCount: integer,
  }),
});

const replicaSet = object({
  spec: struct({ replicas: integer, minReadySeconds: integer, selector: labelSelector, template: podTemplate }),
  status: struct({
    replicas: integer,
    fullyLabeledReplicas: integer,
    readyReplicas: integer,
    availableReplicas: integer,
    terminatingReplicas: integer,
    observedGeneration: integer,
    conditions,
  }),
});

const scalingRules = struct({
  stabilizationWindowSeconds: integer,
  selectPolicy: string,
  policies: listOf(struct({ type: string, value: integer, periodSeconds: integer })),
  tolerance: string,
});
const horizontalPodAutoscaler = object({
  spec: struct({
    scaleTargetRef: struct({ kind: string, name: string, apiVersion: string }),
    minReplicas: integer,
    maxReplicas: integer,
    metrics: listOf(any),
    behavior: struct({ scaleUp: scalingRules, scaleDown: scalingRules }),
  }),
  status: struct({
    observedGeneration: integer,
    lastScaleTime: time,
    currentReplicas: integer,
    desiredReplicas: integer,
    currentMetrics: listOf(any),
    conditions,
  }),
});

const podDisruptionBudget = object({
  spec: struct({
    minAvailable: intOrString,
    selector: labelSelector,
    maxUnavailable: intOrString,
    unhealthyPodEvictionPolicy: string,
  }),
  status: struct({
    observedGeneration: integer,
    disruptedPods: any,
    disruptionsAllowed: integer,
    currentHealthy: integer,
    desiredHealthy: integer,
    expectedPods: integer,
    conditions,
  }),
});

const ingressBackend = struct({
  service: struct({ name: string, port: atomicStruct({ name: string, number: integer }) }),
  resource: reference,
});
const ingress = object({
  spec: struct({
    ingressClassName: string,
    defaultBackend: ingressBackend,
    tls: listOf(struct({ hosts: listOf(string), secretName: string })),
    rules: listOf(
      struct({
        host: string,
        http: struct({ paths: listOf(struct({ path: string, pathType: string, backend: ingressBackend })) }),
      }),
    ),
  }),
  status: struct({ loadBalancer: struct({ ingress: listOf(any) }) }),
});

const httpRoute = object({
  spec: struct({ parentRefs: listOf(any), hostnames: listOf(string), rules: listOf(any) }),
  status: struct({ parents: listOf(any) }),
});

/** The fields of every kind, as far as they are checked and merged field by field. */
export const kindSchemas: Readonly<Record<Plural, StructSchema>> = {
  namespaces: object({
    spec: struct({ finalizers: listOf(string) }),
    status: struct({ phase: string, conditions }),
  }),
  nodes: object({
    spec: struct({
      podCIDR: string,
      podCIDRs: setOf(string),
      providerID: string,
      unschedulable: boolean,
      taints: listOf(any),
      configSource: any,
    }),
    status: any,
  }),
  pods: object({ spec: podSpec, status: podStatus }),
  services: service,
  endpoints: object({ subsets: listOf(any) }),
  endpointslices: object({ addressType: string, endpoints: listOf(any), ports: listOf(any) }),
  configmaps: object({ immutable: boolean, data: strings, binaryData: strings }),
  secrets: object({ immutable: boolean, data: strings, stringData: strings, type: string }),
  serviceaccounts: object({
    secrets: listBy(['name'], { name: string }),
    imagePullSecrets: listOf(struct({ name: string })),
    automountServiceAccountToken: boolean,
  }),
  events: object({
    involvedObject: reference,
    reason: string,
    message: string,
    source: struct({ component: string, host: string }),
    firstTimestamp: time,
    lastTimestamp: time,
    count: integer,
    type: string,
    eventTime: time,
    series: any,
    action: string,
    related: reference,
    reportingComponent: string,
    reportingInstance: string,
  }),
  deployments: deployment,
  replicasets: replicaSet,
  horizontalpodautoscalers: horizontalPodAutoscaler,
  poddisruptionbudgets: podDisruptionBudget,
  resourcequotas: object({
    spec: struct({ hard: quantities, scopes: listOf(string), scopeSelector: any }),
    status: struct({ hard: quantities, used: quantities }),
  }),
  limitranges: object({ spec: struct({ limits: listOf(any) }) }),
  persistentvolumeclaims: object({ spec: any, status: any }),
  ingresses: ingress,
  httproutes: httpRoute,
};
