import type { ContainerBody, GroupBody } from './groupBody';
import {
  addressPortsMissing,
  addressPortsUnused,
  containerNameInvalid,
  labelInvalid,
  limitsTooLow,
  portInvalid,
  requestsInvalid,
  variableNameInvalid,
} from './groupError';

/**
 * Names, ports and resources.
 * @throws ArmError when Azure does not accept one of them
 */
export function checkSettings(name: string, { properties }: GroupBody): void {
  for (const container of properties.containers) checkContainer(name, container);
  const { ipAddress } = properties;
  if (!ipAddress) return;
  if (ipAddress.ports.length === 0) throw addressPortsMissing(name);
  checkPorts(name, ipAddress.ports);
  const used = properties.containers.flatMap((container) => container.properties.ports ?? []);
  const unused = ipAddress.ports.filter(({ port }) => !used.some((each) => each.port === port));
  if (unused.length > 0)
    throw addressPortsUnused(
      unused.map(({ port }) => port),
      name,
    );
  const { dnsNameLabel: label } = ipAddress;
  if (label !== undefined && !/^[a-z][-a-z0-9]{3,61}[a-z0-9]$/.test(label)) throw labelInvalid(label, name);
}

function checkContainer(group: string, { name, properties }: ContainerBody): void {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) throw containerNameInvalid(name, group);
  for (const variable of properties.environmentVariables ?? [])
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable.name)) throw variableNameInvalid(name, group);
  checkPorts(group, properties.ports ?? []);
  for (const probe of [properties.livenessProbe, properties.readinessProbe])
    if (probe?.httpGet) checkPorts(group, [probe.httpGet]);
  const { requests, limits } = properties.resources;
  if (!isMultiple(requests.cpu, 0.01) || !isMultiple(requests.memoryInGB, 0.1))
    throw requestsInvalid(properties.resources, name, group);
  if ((limits?.cpu ?? Infinity) < requests.cpu) throw limitsTooLow(properties.resources, 'Cpu', name, group);
  if ((limits?.memoryInGB ?? Infinity) < requests.memoryInGB)
    throw limitsTooLow(properties.resources, 'MemoryInGB', name, group);
}

function checkPorts(group: string, ports: readonly { readonly port: unknown }[]): void {
  for (const { port } of ports)
    if (!Number.isInteger(port) || Number(port) < 1 || Number(port) > 65_535) throw portInvalid(port, group);
}

/** https://github.com/virtual-kubelet/azure-aci rounds what it asks for to these steps. */
function isMultiple(value: number, step: number): boolean {
  const steps = value / step;
  return steps > 0 && Math.abs(steps - Math.round(steps)) < 1e-6;
}
