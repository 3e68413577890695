import type { Container, ContainerStatus, Pod, Probe } from 'kubernetes-types/core/v1';
import type { Trouble } from '../rollout/trouble';

/** The spec and the status of a container. */
export interface PodContainer {
  readonly spec: Container | undefined;
  readonly status: ContainerStatus | undefined;
}

/** The container at fault, in the first pod with the trouble. */
export function containerOf({ container, pods }: Trouble): PodContainer {
  const [pod] = pods;
  return {
    spec: containersOf(pod).find(({ name }) => name === container),
    status: statusesOf(pod).find(({ name }) => name === container),
  };
}

export function statusesOf(pod: Pod | undefined): readonly ContainerStatus[] {
  return [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
}

function containersOf(pod: Pod | undefined): readonly Container[] {
  return [...(pod?.spec?.initContainers ?? []), ...(pod?.spec?.containers ?? [])];
}

/** `GET /healthz on port 5001 must answer 200 to 399 within 1 s` */
export function probeText(probe: Probe): string {
  const { httpGet, tcpSocket, grpc, exec, timeoutSeconds = 1 } = probe;
  const within = `within ${timeoutSeconds} s`;
  if (httpGet) return `GET ${httpGet.path ?? '/'} on port ${httpGet.port} must answer 200 to 399 ${within}`;
  if (tcpSocket) return `port ${tcpSocket.port} must be open ${within}`;
  if (grpc) return `the gRPC health check on port ${grpc.port} must answer ${within}`;
  return `the command ${(exec?.command ?? []).join(' ')} must succeed ${within}`;
}
