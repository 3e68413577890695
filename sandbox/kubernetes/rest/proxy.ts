import { without } from '../json';
import { readyTargets } from '../pods/serviceTargets';
import type { ProxyRequest } from '../pods/serving';
import type { Answer } from '../server';
import { badRequest, methodNotAllowed, notFound, serviceUnavailable } from '../status';
import type { ApiCall, ApiParts } from './apiCall';

/** Passes a request on to a pod, or to one of the ready pods of a service. The caller's credentials stay here. */
export async function answerProxy({ cluster, kubelet }: ApiParts, { path, type, received }: ApiCall): Promise<Answer> {
  const { name, port } = parseTarget(path.name);
  const { namespace = '' } = path;
  const headers = without(received.headers, 'authorization', 'host', 'connection');
  const request: ProxyRequest = {
    method: received.method,
    path: `/${path.rest}${received.url.search}`,
    headers: Object.fromEntries(
      Object.entries(headers).filter(([, value]) => value !== undefined),
    ) as ProxyRequest['headers'],
    body: received.body,
  };
  if (type.plural === 'pods') {
    const pod = cluster.store.get('pods', namespace, name);
    if (!pod) throw notFound(type, name);
    const target = Number(port) || (pod.spec.containers[0]?.ports?.[0]?.containerPort ?? 80);
    return kubelet.ask(pod, target, request);
  }
  if (type.plural !== 'services') throw methodNotAllowed();
  const service = cluster.store.get('services', namespace, name);
  if (!service) throw notFound(type, name);
  const ports = service.spec.ports ?? [];
  const chosen =
    port === '' && ports.length === 1 ? ports[0] : ports.find((one) => one.name === port || String(one.port) === port);
  if (!chosen) throw serviceUnavailable(`no service port "${port}" found for service "${name}"`);
  const targets = readyTargets(cluster.store, service, chosen);
  const target = targets[Math.floor(Math.random() * targets.length)];
  if (!target) throw serviceUnavailable(`no endpoints available for service "${name}"`);
  return kubelet.ask(target.pod, target.port, request);
}

/** Reads `name`, `name:port` or `scheme:name:port`. */
function parseTarget(text: string): { readonly name: string; readonly port: string } {
  const parts = text.split(':');
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts;
  if (parts.length > 3 || name === '' || (parts.length === 3 && !['http', 'https', ''].includes(parts[0] ?? '')))
    throw badRequest(`invalid proxy target "${text}"`);
  return { name, port };
}
