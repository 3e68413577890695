import type { Store } from '../store';
import type { Container, Pod, Service, ServicePort } from '../types';

export interface Target {
  readonly pod: Pod;
  readonly port: number;
}

/** The port of a pod's container that a number or a name stands for. */
export function portOf({ spec }: Pod, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  return spec.containers.flatMap(({ ports = [] }: Container) => ports).find(({ name }) => name === port)?.containerPort;
}

export const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

/** Whether all of the labels of a service's selector are on the pod. */
export const isSelected = ({ spec }: Service, { metadata }: Pod): boolean =>
  spec.selector !== undefined &&
  Object.entries(spec.selector).every(([key, value]) => metadata.labels?.[key] === value);

/** The pods that a port of a service sends requests to: the endpoints that are ready now. */
export function readyTargets(store: Store, service: Service, { targetPort }: ServicePort): Target[] {
  const { namespace = '', name } = service.metadata;
  const slices = store
    .list('endpointslices', namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  return slices
    .flatMap(({ endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions.ready))
    .flatMap(({ targetRef }) => {
      const pod = targetRef && store.get('pods', namespace, targetRef.name);
      const port = pod && portOf(pod, targetPort);
      return pod && port !== undefined ? [{ pod, port }] : [];
    });
}
