import type { JsonObject } from './json';

// The parts of the API's objects that the server itself reads or writes; everything else is carried as it is.

export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};

export type ManagedFieldsEntry = {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  fieldsType: 'FieldsV1';
  fieldsV1: JsonObject;
  subresource?: string;
};

export type Metadata = {
  name: string;
  generateName?: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
};

export type KubeObject = {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [field: string]: unknown;
} & JsonObject;

export type LabelSelector = {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
};

export type Condition = {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
  observedGeneration?: number;
};

export type Probe = {
  httpGet?: { path?: string; port: number | string; scheme?: string };
  tcpSocket?: { port: number | string };
  exec?: { command?: string[] };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
};

export type SecurityContext = {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: { type: string };
};

type KeyReference = { name?: string; key: string; optional?: boolean };

export type EnvironmentVariable = {
  name: string;
  value?: string;
  valueFrom?: {
    configMapKeyRef?: KeyReference;
    secretKeyRef?: KeyReference;
    fieldRef?: { fieldPath: string };
    resourceFieldRef?: JsonObject;
  };
};

export type Resources = { requests?: Record<string, string>; limits?: Record<string, string> };

export type Container = {
  name: string;
  image: string;
  imagePullPolicy?: string;
  ports?: { name?: string; containerPort: number; protocol?: string; hostPort?: number }[];
  env?: EnvironmentVariable[];
  envFrom?: {
    prefix?: string;
    configMapRef?: { name: string; optional?: boolean };
    secretRef?: { name: string; optional?: boolean };
  }[];
  resources?: Resources;
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  securityContext?: SecurityContext;
  volumeMounts?: { name: string; mountPath: string }[];
};

export type Volume = {
  name: string;
  configMap?: { name?: string; optional?: boolean };
  secret?: { secretName?: string; optional?: boolean };
  hostPath?: JsonObject;
  persistentVolumeClaim?: { claimName: string };
  [kind: string]: unknown;
} & JsonObject;

export type PodSpec = {
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  restartPolicy?: string;
  terminationGracePeriodSeconds?: number;
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  tolerations?: { key?: string; operator?: string; value?: string; effect?: string }[];
  priorityClassName?: string;
  serviceAccountName?: string;
  securityContext?: SecurityContext;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
};

export type ContainerState = {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: {
    exitCode: number;
    reason: string;
    message?: string;
    startedAt: string;
    finishedAt: string;
    containerID?: string;
  };
};

export type ContainerStatus = {
  name: string;
  image: string;
  imageID: string;
  containerID?: string;
  ready: boolean;
  started?: boolean;
  restartCount: number;
  state: ContainerState;
  lastState: ContainerState;
};

export type PodStatus = {
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  reason?: string;
  message?: string;
  conditions?: Condition[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
  hostIP?: string;
  podIP?: string;
  podIPs?: { ip: string }[];
  startTime?: string;
  qosClass?: string;
};

export type Pod = KubeObject & { spec: PodSpec; status: PodStatus };

export type PodTemplate = {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: PodSpec;
};

export type ReplicaSet = KubeObject & {
  spec: { replicas: number; minReadySeconds?: number; selector: LabelSelector; template: PodTemplate };
  status: {
    replicas: number;
    fullyLabeledReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    observedGeneration?: number;
    conditions?: Condition[];
  };
};

export type Deployment = KubeObject & {
  spec: {
    replicas: number;
    selector: LabelSelector;
    template: PodTemplate;
    strategy: {
      type: string;
      rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string };
    };
    minReadySeconds?: number;
    revisionHistoryLimit?: number;
    progressDeadlineSeconds?: number;
    paused?: boolean;
  };
  status: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    unavailableReplicas?: number;
    conditions?: Condition[];
  };
};

export type ServicePort = {
  name?: string;
  port: number;
  protocol: string;
  targetPort: number | string;
  nodePort?: number;
  appProtocol?: string;
};

export type LoadBalancerIngress = { ip?: string; hostname?: string; ports?: { port: number; protocol: string }[] };

export type Service = KubeObject & {
  spec: {
    type: string;
    clusterIP?: string;
    clusterIPs?: string[];
    selector?: Record<string, string>;
    ports?: ServicePort[];
    publishNotReadyAddresses?: boolean;
    externalName?: string;
  };
  status: { loadBalancer: { ingress?: LoadBalancerIngress[] } };
};

type TargetReference = { kind: string; name: string; namespace: string; uid: string };
type EndpointAddress = { ip: string; nodeName?: string; targetRef?: TargetReference };
type EndpointPort = { name?: string; port: number; protocol: string };

export type Endpoints = KubeObject & {
  subsets?: { addresses?: EndpointAddress[]; notReadyAddresses?: EndpointAddress[]; ports?: EndpointPort[] }[];
};

export type EndpointSlice = KubeObject & {
  addressType: string;
  endpoints:
    | {
        addresses: string[];
        conditions: { ready: boolean; serving: boolean; terminating: boolean };
        nodeName?: string;
        targetRef?: TargetReference;
      }[]
    | null;
  ports: EndpointPort[];
};

export type ObjectReference = {
  kind: string;
  namespace?: string;
  name: string;
  uid?: string;
  apiVersion?: string;
  resourceVersion?: string;
  fieldPath?: string;
};

export type Event = KubeObject & {
  involvedObject: ObjectReference;
  reason: string;
  message: string;
  type: string;
  source: { component?: string; host?: string };
  firstTimestamp?: string;
  lastTimestamp?: string;
  count?: number;
};

export type HorizontalPodAutoscaler = KubeObject & {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string };
    minReplicas?: number;
    maxReplicas: number;
    metrics?: JsonObject[];
  };
  status: {
    observedGeneration?: number;
    currentReplicas?: number;
    desiredReplicas: number;
    lastScaleTime?: string;
    currentMetrics?: JsonObject[] | null;
    conditions?: Condition[];
  };
};

export type PodDisruptionBudget = KubeObject & {
  spec: { selector?: LabelSelector; minAvailable?: number | string; maxUnavailable?: number | string };
  status: {
    observedGeneration?: number;
    currentHealthy: number;
    desiredHealthy: number;
    disruptionsAllowed: number;
    expectedPods: number;
    conditions?: Condition[];
  };
};

export type ResourceQuota = KubeObject & {
  spec: { hard?: Record<string, string> };
  status: { hard?: Record<string, string>; used?: Record<string, string> };
};

export type LimitRange = KubeObject & {
  spec: {
    limits: {
      type: string;
      min?: Record<string, string>;
      max?: Record<string, string>;
      default?: Record<string, string>;
      defaultRequest?: Record<string, string>;
      maxLimitRequestRatio?: Record<string, string>;
    }[];
  };
};

export type PersistentVolumeClaim = KubeObject & {
  spec: { volumeName?: string; storageClassName?: string };
  status: { phase: 'Pending' | 'Bound' | 'Lost' };
};

export type Taint = { key: string; value?: string; effect: string };

export type Namespace = KubeObject & { spec: { finalizers?: string[] }; status: { phase: string } };

export type Node = KubeObject & {
  spec: { unschedulable?: boolean; taints?: Taint[] };
  status: { capacity: Record<string, string>; allocatable: Record<string, string> } & JsonObject;
};

export type Secret = KubeObject & { data?: Record<string, string>; stringData?: Record<string, string>; type?: string };
export type ConfigMap = KubeObject & { data?: Record<string, string>; immutable?: boolean };

/** What the server keeps, by the plural name that its paths use. */
export interface Kinds {
  namespaces: Namespace;
  nodes: Node;
  pods: Pod;
  services: Service;
  endpoints: Endpoints;
  endpointslices: EndpointSlice;
  configmaps: ConfigMap;
  secrets: Secret;
  serviceaccounts: KubeObject;
  events: Event;
  deployments: Deployment;
  replicasets: ReplicaSet;
  horizontalpodautoscalers: HorizontalPodAutoscaler;
  poddisruptionbudgets: PodDisruptionBudget;
  resourcequotas: ResourceQuota;
  limitranges: LimitRange;
  persistentvolumeclaims: PersistentVolumeClaim;
  ingresses: KubeObject;
  httproutes: KubeObject;
}

export type Plural = keyof Kinds;
