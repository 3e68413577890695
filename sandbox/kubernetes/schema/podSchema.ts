import { conditions, labelSelector, objectMeta } from './metaSchema';
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
  quantity,
  retainingStruct,
  string,
  strings,
  struct,
  time,
} from './schema';

const httpGet = struct({
  path: string,
  port: intOrString,
  host: string,
  scheme: string,
  httpHeaders: listOf(struct({ name: string, value: string })),
});
const handler = {
  exec: struct({ command: listOf(string) }),
  httpGet,
  tcpSocket: struct({ port: intOrString, host: string }),
};
const probe = struct({
  ...handler,
  grpc: struct({ port: integer, service: string }),
  initialDelaySeconds: integer,
  timeoutSeconds: integer,
  periodSeconds: integer,
  successThreshold: integer,
  failureThreshold: integer,
  terminationGracePeriodSeconds: integer,
});
const lifecycleHandler = struct({ ...handler, sleep: struct({ seconds: integer }) });

const seLinuxOptions = struct({ user: string, role: string, type: string, level: string });
const seccompProfile = struct({ type: string, localhostProfile: string });
const windowsOptions = struct({
  gmsaCredentialSpecName: string,
  gmsaCredentialSpec: string,
  runAsUserName: string,
  hostProcess: boolean,
});
const runAs = {
  seLinuxOptions,
  windowsOptions,
  runAsUser: integer,
  runAsGroup: integer,
  runAsNonRoot: boolean,
  seccompProfile,
  appArmorProfile: seccompProfile,
};
const securityContext = struct({
  ...runAs,
  capabilities: struct({ add: listOf(string), drop: listOf(string) }),
  privileged: boolean,
  readOnlyRootFilesystem: boolean,
  allowPrivilegeEscalation: boolean,
  procMount: string,
});
const podSecurityContext = struct({
  ...runAs,
  supplementalGroups: listOf(integer),
  supplementalGroupsPolicy: string,
  fsGroup: integer,
  fsGroupChangePolicy: string,
  sysctls: listOf(struct({ name: string, value: string })),
});

const keyReference = atomicStruct({ name: string, key: string, optional: boolean });
const fieldReference = atomicStruct({ apiVersion: string, fieldPath: string });
const resourceFieldReference = atomicStruct({ containerName: string, resource: string, divisor: quantity });
const envSource = struct({ name: string, optional: boolean });

export const resources = struct({
  limits: quantities,
  requests: quantities,
  claims: listBy(['name'], { name: string, request: string }),
});

const container = {
  name: string,
  image: string,
  command: listOf(string),
  args: listOf(string),
  workingDir: string,
  ports: listBy(['containerPort', 'protocol'], {
    name: string,
    hostPort: integer,
    containerPort: integer,
    protocol: string,
    hostIP: string,
  }),
  envFrom: listOf(struct({ prefix: string, configMapRef: envSource, secretRef: envSource })),
  env: listBy(['name'], {
    name: string,
    value: string,
    valueFrom: struct({
      fieldRef: fieldReference,
      resourceFieldRef: resourceFieldReference,
      configMapKeyRef: keyReference,
      secretKeyRef: keyReference,
    }),
  }),
  resources,
  resizePolicy: listOf(struct({ resourceName: string, restartPolicy: string })),
  restartPolicy: string,
  volumeMounts: listBy(['mountPath'], {
    name: string,
    readOnly: boolean,
    recursiveReadOnly: string,
    mountPath: string,
    subPath: string,
    mountPropagation: string,
    subPathExpr: string,
  }),
  volumeDevices: listBy(['devicePath'], { name: string, devicePath: string }),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: struct({ postStart: lifecycleHandler, preStop: lifecycleHandler, stopSignal: string }),
  terminationMessagePath: string,
  terminationMessagePolicy: string,
  imagePullPolicy: string,
  securityContext,
  stdin: boolean,
  stdinOnce: boolean,
  tty: boolean,
};

const keysToPaths = listOf(struct({ key: string, path: string, mode: integer }));
const downwardItems = listOf(
  struct({ path: string, fieldRef: fieldReference, resourceFieldRef: resourceFieldReference, mode: integer }),
);
const volumes = {
  ...listBy(['name'], {}),
  items: retainingStruct({
    name: string,
    emptyDir: struct({ medium: string, sizeLimit: quantity }),
    hostPath: struct({ path: string, type: string }),
    configMap: struct({ name: string, items: keysToPaths, defaultMode: integer, optional: boolean }),
    secret: struct({ secretName: string, items: keysToPaths, defaultMode: integer, optional: boolean }),
    persistentVolumeClaim: struct({ claimName: string, readOnly: boolean }),
    downwardAPI: struct({ items: downwardItems, defaultMode: integer }),
    projected: struct({
      sources: listOf(
        struct({
          secret: struct({ name: string, items: keysToPaths, optional: boolean }),
          configMap: struct({ name: string, items: keysToPaths, optional: boolean }),
          downwardAPI: struct({ items: downwardItems }),
          serviceAccountToken: struct({ audience: string, expirationSeconds: integer, path: string }),
          clusterTrustBundle: any,
        }),
      ),
      defaultMode: integer,
    }),
    csi: struct({
      driver: string,
      readOnly: boolean,
      fsType: string,
      volumeAttributes: strings,
      nodePublishSecretRef: atomicStruct({ name: string }),
    }),
    azureFile: struct({ secretName: string, shareName: string, readOnly: boolean }),
    azureDisk: struct({
      diskName: string,
      diskURI: string,
      cachingMode: string,
      fsType: string,
      readOnly: boolean,
      kind: string,
    }),
    nfs: struct({ server: string, path: string, readOnly: boolean }),
    ephemeral: struct({ volumeClaimTemplate: any }),
    image: struct({ reference: string, pullPolicy: string }),
  }),
};

export const podSpec = struct({
  volumes,
  initContainers: listBy(['name'], container),
  containers: listBy(['name'], container),
  ephemeralContainers: listBy(['name'], { ...container, targetContainerName: string }),
  restartPolicy: string,
  terminationGracePeriodSeconds: integer,
  activeDeadlineSeconds: integer,
  dnsPolicy: string,
  nodeSelector: atomicStrings,
  serviceAccountName: string,
  serviceAccount: string,
  automountServiceAccountToken: boolean,
  nodeName: string,
  hostNetwork: boolean,
  hostPID: boolean,
  hostIPC: boolean,
  hostUsers: boolean,
  shareProcessNamespace: boolean,
  securityContext: podSecurityContext,
  imagePullSecrets: listBy(['name'], { name: string }),
  hostname: string,
  subdomain: string,
  affinity: any,
  schedulerName: string,
  tolerations: listOf(
    struct({ key: string, operator: string, value: string, effect: string, tolerationSeconds: integer }),
  ),
  hostAliases: listBy(['ip'], { ip: string, hostnames: listOf(string) }),
  priorityClassName: string,
  priority: integer,
  dnsConfig: struct({
    nameservers: listOf(string),
    searches: listOf(string),
    options: listOf(struct({ name: string, value: string })),
  }),
  readinessGates: listOf(struct({ conditionType: string })),
  runtimeClassName: string,
  enableServiceLinks: boolean,
  preemptionPolicy: string,
  overhead: quantities,
  topologySpreadConstraints: listBy(['topologyKey', 'whenUnsatisfiable'], {
    maxSkew: integer,
    topologyKey: string,
    whenUnsatisfiable: string,
    labelSelector,
    minDomains: integer,
    nodeAffinityPolicy: string,
    nodeTaintsPolicy: string,
    matchLabelKeys: listOf(string),
  }),
  setHostnameAsFQDN: boolean,
  os: struct({ name: string }),
  schedulingGates: listBy(['name'], { name: string }),
  resourceClaims: listBy(['name'], {
    name: string,
    resourceClaimName: string,
    resourceClaimTemplateName: string,
  }),
  resources,
});

export const podTemplate = struct({ metadata: objectMeta, spec: podSpec });

const state = struct({
  waiting: struct({ reason: string, message: string }),
  running: struct({ startedAt: time }),
  terminated: struct({
    exitCode: integer,
    signal: integer,
    reason: string,
    message: string,
    startedAt: time,
    finishedAt: time,
    containerID: string,
  }),
});
const containerStatuses = listOf(
  struct({
    name: string,
    state,
    lastState: state,
    ready: boolean,
    restartCount: integer,
    image: string,
    imageID: string,
    containerID: string,
    started: boolean,
    resources,
    allocatedResources: quantities,
    volumeMounts: any,
    user: any,
  }),
);

export const podStatus = struct({
  observedGeneration: integer,
  phase: string,
  conditions,
  message: string,
  reason: string,
  nominatedNodeName: string,
  hostIP: string,
  hostIPs: listOf(struct({ ip: string })),
  podIP: string,
  podIPs: listBy(['ip'], { ip: string }),
  startTime: time,
  initContainerStatuses: containerStatuses,
  containerStatuses,
  qosClass: string,
  ephemeralContainerStatuses: containerStatuses,
});
