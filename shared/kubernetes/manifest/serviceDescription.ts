import type { Toleration } from 'kubernetes-types/core/v1';

/** A scoring service in the terms of its owners. */
export interface ServiceDescription {
  readonly serviceName: string;
  readonly image: string;
  /** The port on which the container listens. */
  readonly port: number;
  readonly scoringPath: string;
  /** The path that answers 2xx when the model is loaded. */
  readonly healthPath: string;
  /** The CPU request, such as `0.5` or `500m`. */
  readonly cpu: string;
  /** The CPU limit; without it, no limit is set. */
  readonly cpuLimit?: string | undefined;
  /** The memory request and limit, such as `1Gi`. */
  readonly memory: string;
  /** The replicas of a service without an autoscaler. */
  readonly replicas: number;
  readonly autoscaling?: Autoscaling | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Environment variables that are kept in a Secret. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Contents by file name; the container finds them in `configFolder`. */
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
  /** NVIDIA GPUs per replica. */
  readonly gpus?: number | undefined;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  readonly tolerations?: readonly Toleration[] | undefined;
  /** How long the model may take to load. */
  readonly startupSeconds: number;
  /** A rollout without progress for this long has failed. Less than the timeout of the step. */
  readonly progressDeadlineSeconds: number;
}

export interface Autoscaling {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly targetCpuPercent: number;
}

/** The folder of a container's config files. */
export const configFolder = '/config';

/** The port of the Service, independent of the container's. */
export const servicePort = 80;

/** The rule for names of Services, which is the strictest one, with room for suffixes of slots and hashes. */
export const serviceNameRule = {
  matches: /^[a-z]([-a-z0-9]{0,51}[a-z0-9])?$/,
  rule: 'must have 1 to 53 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen.',
};
