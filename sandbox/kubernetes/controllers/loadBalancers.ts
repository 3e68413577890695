import type { Cluster } from '../cluster';
import type { Kubelet } from '../pods/kubelet';
import { notFound } from '../status';
import { typesByPlural } from '../resources';
import type { Service } from '../types';
import { Balancer } from './balancer';
import type { Reconcile } from './controlLoop';
import type { EventRecorder } from './eventRecorder';
import { writeStatus } from './writeStatus';

const component = 'service-controller';
const failure =
  'Error syncing load balancer: failed to ensure load balancer: Code="PublicIPCountLimitReached" Message="Cannot create more than 20 public IP addresses for this subscription in this region."';

/** Gives services of the type LoadBalancer a loopback address, where their requests go to the ready pods in turn. */
export class LoadBalancers {
  readonly #cluster: Cluster;
  readonly #kubelet: Kubelet;
  readonly #balancers: Balancer[] = [];
  readonly #urls = new Map<string, Promise<string>>();
  readonly #known = new Set<string>();
  readonly #opening = new Set<Promise<void>>();
  #isClosed = false;

  constructor(cluster: Cluster, kubelet: Kubelet) {
    this.#cluster = cluster;
    this.#kubelet = kubelet;
  }

  /** Where requests to the first port of a service are balanced, whatever its type. */
  url(namespace: string, name: string): Promise<string> {
    const key = `${namespace}/${name}`;
    let url = this.#urls.get(key);
    if (!url) this.#urls.set(key, (url = this.#openUrl(namespace, name)));
    return url;
  }

  /** `seconds`: how long an address takes; `never`: the cloud has none. */
  reconcile(events: EventRecorder, seconds: number | 'never'): Reconcile {
    const { store, clock } = this.#cluster;
    return () => {
      for (const service of store.list('services')) {
        const { uid } = service.metadata;
        if (service.spec.type !== 'LoadBalancer' || this.#known.has(uid)) continue;
        this.#known.add(uid);
        events.record(service, { reason: 'EnsuringLoadBalancer', message: 'Ensuring load balancer', component });
        if (seconds === 'never')
          events.record(service, { type: 'Warning', reason: 'SyncLoadBalancerFailed', message: failure, component });
        else {
          const opening = clock.sleep(seconds * 1000).then(() => this.#address(service, events));
          this.#opening.add(opening);
          void opening.finally(() => this.#opening.delete(opening));
        }
      }
    };
  }

  /** After the clock, which ends the waits for addresses: one that is about to be opened is closed too. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([...this.#opening, ...this.#urls.values()]);
    await Promise.all(this.#balancers.map((balancer) => balancer.close()));
  }

  async #address({ metadata, spec }: Service, events: EventRecorder): Promise<void> {
    if (this.#isClosed) return;
    const { namespace = '', name, uid } = metadata;
    const balancer = this.#balancer(namespace, name);
    const { ip, ports } = await balancer.openPublic(spec.ports ?? []);
    const live = this.#cluster.store.get('services', namespace, name);
    if (live?.metadata.uid !== uid) {
      await balancer.close();
      return;
    }
    const shown = ports.map((port) => ({ port, protocol: 'TCP' }));
    const status = { loadBalancer: { ingress: [{ ip, ipMode: 'VIP', ports: shown }] } };
    writeStatus(this.#cluster, 'services', live, status, 'cloud-controller-manager');
    events.record(live, { reason: 'EnsuredLoadBalancer', message: 'Ensured load balancer', component });
  }

  async #openUrl(namespace: string, name: string): Promise<string> {
    const [port] = this.#cluster.store.get('services', namespace, name)?.spec.ports ?? [];
    if (!port) throw notFound(typesByPlural.services, name);
    return `http://127.0.0.1:${await this.#balancer(namespace, name).open(port.port)}`;
  }

  #balancer(namespace: string, name: string): Balancer {
    const balancer = new Balancer(this.#cluster.store, this.#kubelet, namespace, name);
    this.#balancers.push(balancer);
    return balancer;
  }
}
