import type { Container, PodTemplateSpec, Service } from 'kubernetes-types/core/v1';
import { scoredPort, type NamedPort } from './scoredPort';

/** The ports of a Service, in its order. */
export function servicePorts({ spec }: Service): readonly NamedPort[] {
  return (spec?.ports ?? []).map(({ name, port, protocol, appProtocol }) => ({
    name,
    number: port,
    protocol,
    appProtocol,
  }));
}

/** The ports of containers. */
export function containerPorts(containers: readonly Container[]): readonly NamedPort[] {
  return containers
    .flatMap(({ ports = [] }) => ports)
    .map(({ name, containerPort, protocol }) => ({ name, number: containerPort, protocol }));
}

/** The position of the port that is called in a Service as it exists: the one with the number, else the one that is told. */
export function calledPort(service: Service, number: number | undefined): number {
  const ports = servicePorts(service);
  const known = ports.findIndex((port) => port.number === number && (port.protocol ?? 'TCP') === 'TCP');
  if (known >= 0) return known;
  const choice = scoredPort(ports);
  return Math.max(0, 'port' in choice ? ports.indexOf(choice.port) : 0);
}

/** The port on which the pods of a template listen for a Service, or, without one, the one with the number. */
export function podPort(service: Service | undefined, { spec }: PodTemplateSpec, number: number | undefined): number {
  if (!service) return number ?? containerPorts(spec?.containers ?? [])[0]?.number ?? 80;
  const called = service.spec?.ports?.[calledPort(service, number)];
  const target = called?.targetPort ?? called?.port;
  if (typeof target === 'number') return target;
  const all = containerPorts(spec?.containers ?? []);
  return (all.find(({ name }) => name === target) ?? all[0])?.number ?? 80;
}
