import type { Pod, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { originOf } from '../../http/transport/address';
import { poll, TimedOutError } from '../../http/poll';
import type { KubernetesClient } from '../client/client';
import { endpointSlices, events, services } from '../client/resource';
import { calledPort } from '../serving/ports';

/** The address of a Service: reachable from everywhere, or only from inside the cluster. */
export interface Address {
  /** `http://20.1.2.3` */
  readonly origin: string;
  readonly isPublic: boolean;
}

const secondsToFindEndpoints = 60;
/** At least, for a load balancer of a version that was complete only when the time was nearly over. */
const leastSecondsToFindAddress = 60;
/** Of a Service whose port is not known. */
const httpPort = 80;
const internalAnnotation = 'service.beta.kubernetes.io/azure-load-balancer-internal';

/** The address of a Service, with the port that is called; undefined while it has none. */
export function addressOf(service: Service, namespace: string, number: number | undefined): Address | undefined {
  const { metadata, spec, status } = service;
  const index = calledPort(service, number);
  const port = spec?.ports?.[index];
  if (spec?.type !== 'LoadBalancer') {
    const host = `${metadata?.name ?? ''}.${namespace}.svc.cluster.local`;
    // The name of a headless Service stands for the pods themselves.
    const target = spec?.clusterIP === 'None' && typeof port?.targetPort === 'number' ? port.targetPort : port?.port;
    return { origin: originOf(host, target ?? httpPort), isPublic: false };
  }
  const [ingress] = status?.loadBalancer?.ingress ?? [];
  const host = ingress?.hostname ?? ingress?.ip;
  if (host === undefined) return undefined;
  const isPublic = metadata?.annotations?.[internalAnnotation] !== 'true';
  return { origin: originOf(host, ingress?.ports?.[index]?.port ?? port?.port ?? httpPort), isPublic };
}

/** Waits until a load balancer has its address. Throws a TaskError with the last warning of the cluster about it. */
export async function awaitAddress(
  client: KubernetesClient,
  name: string,
  port: number | undefined,
  { agent, clock, signal, deadline }: Context,
): Promise<Address> {
  let service = await client.get(services, name);
  if (service && !addressOf(service, client.namespace, port)) agent.log(`Service ${name}: waiting for its address`);
  try {
    const found = await poll({
      clock,
      signal,
      deadline: Math.max(deadline, clock.now() + leastSecondsToFindAddress * 1000),
      awaited: `the address of the Service ${name}`,
      probe: async () => {
        service = await client.get(services, name);
        return service && addressOf(service, client.namespace, port);
      },
      isDone: (address) => address !== undefined,
    });
    return found as Address;
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    const uid = service?.metadata?.uid ?? '';
    const { items } = await client.list(events, { fieldSelector: `involvedObject.uid=${uid},type=Warning` });
    const said = items.at(-1)?.message;
    const reason = said === undefined ? '.' : `: ${said}`;
    throw new TaskError(`The Service ${name} got no address from the cloud in time${reason}`, { cause: error });
  }
}

/** Waits until a Service routes to one of these pods. Throws a TaskError when it doesn't, although they are ready. */
export async function awaitEndpoints(
  client: KubernetesClient,
  service: string,
  pods: readonly Pod[],
  { clock, signal }: Context,
): Promise<void> {
  const names = new Set(pods.map(({ metadata }) => metadata?.name));
  try {
    await poll({
      clock,
      signal,
      deadline: clock.now() + secondsToFindEndpoints * 1000,
      awaited: `the Service ${service} to route to the new pods`,
      probe: () => client.list(endpointSlices, { labelSelector: `kubernetes.io/service-name=${service}` }),
      isDone: ({ items }) =>
        items.some((slice) =>
          endpointsOf(slice).some(
            ({ targetRef, conditions }) => names.has(targetRef?.name) && conditions?.ready !== false,
          ),
        ),
    });
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    throw new TaskError(
      `The Service ${service} does not route to the new pods, although they are ready: its selector or port does not match them.`,
      { cause: error },
    );
  }
}

/** The API server returns null for no endpoints. */
function endpointsOf({ endpoints }: { readonly endpoints?: EndpointSlice['endpoints'] | null }) {
  return endpoints ?? [];
}
