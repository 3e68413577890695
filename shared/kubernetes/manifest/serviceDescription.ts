import type { Toleration } from 'kubernetes-types/core/v1';

/** A scoring service as its owners think of it. */
export interface ServiceDescription {
  readonly serviceName: string;
  readonly image: string;
  /** Where the container listens. */
  readonly port: number;
  readonly scoringPath: string;
  /** Answers 2xx when the model is loaded. */
  readonly healthPath: string;
  /** As Kubernetes writes amounts: `0.5` or `500m`. Asked for, and no limit. */
  readonly cpu: string;
  /** `1Gi`; asked for, and the limit. */
  readonly memory: string;
  /** Of a service without an autoscaler. */
  readonly replicas: number;
  readonly autoscaling?: Autoscaling | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Environment variables that are kept in a Secret. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Contents by file name; they are found in `configFolder`. */
  readonly configFiles?: Readonly<Record<string, string>> | undefined;
  /** The client id of an Azure identity that the service acts as (workload identity). */
  readonly identityClientId?: string | undefined;
  readonly imagePullSecret?: string | undefined;
  readonly exposure: 'clusterIp' | 'loadBalancer' | 'internalLoadBalancer';
  readonly modelName?: string | undefined;
  readonly modelVersion?: string | undefined;
  readonly runAsNonRoot: boolean;
  readonly readOnlyRootFilesystem: boolean;
  readonly command?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
  /** How many GPUs of NVIDIA a replica has. */
  readonly gpus?: number | undefined;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  readonly tolerations?: readonly Toleration[] | undefined;
  /** How long the model may take to load. */
  readonly startupSeconds: number;
  /** After which a rollout that makes no progress has failed: less than anybody waits for it. */
  readonly progressDeadlineSeconds: number;
}

export interface Autoscaling {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly targetCpuPercent: number;
}

/** Where a container finds its config files. */
export const configFolder = '/config';

/** The port of the Service, whatever the container's own. */
export const servicePort = 80;

/** Names of Services are the strictest; what is added to them are slots and hashes. */
export const serviceNameRule = {
  matches: /^[a-z]([-a-z0-9]{0,51}[a-z0-9])?$/,
  rule: 'must have 1 to 53 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen.',
};
