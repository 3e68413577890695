import { objectOf } from '../json';
import type { Store } from '../store';
import type { Deployment, KubeObject, Plural, Pod, Service } from '../types';
import { applyLimitRanges, limitRangeDenial } from './limitRange';
import { checkPodSecurity } from './podSecurity';
import { askWebhooks, type PodWebhook } from './podWebhook';
import { quotaDenial } from './quota';

/** The priority classes that every cluster has. */
const priorityClasses = ['system-cluster-critical', 'system-node-critical'];

/**
 * Why a pod is rejected: by Pod Security, a limit range or a quota, or because its service account or priority class does
 * not exist.
 */
function denialOf(store: Store, { metadata, spec }: Pod, warn?: (text: string) => void): string | undefined {
  const { namespace = '' } = metadata;
  const account = spec.serviceAccountName ?? 'default';
  if (!store.get('serviceaccounts', namespace, account))
    return `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
  const { priorityClassName } = spec;
  if (priorityClassName !== undefined && !priorityClasses.includes(priorityClassName))
    return `no PriorityClass with name ${priorityClassName} was found`;
  const { denial, warning } = checkPodSecurity(store.get('namespaces', undefined, namespace), spec);
  if (denial === undefined && warning !== undefined) warn?.(warning);
  return denial ?? limitRangeDenial(store, namespace, spec) ?? quotaDenial(store, namespace, spec);
}

/** What the cluster adds to new objects, and its addresses. */
export class Admission {
  readonly #store: Store;
  readonly #webhooks: readonly PodWebhook[];
  #addresses = 0;
  #nodePorts = 30_000;

  constructor(store: Store, webhooks: readonly PodWebhook[] = []) {
    this.#store = store;
    this.#webhooks = webhooks;
  }

  /** Why a new pod is rejected; throws what the API server answers when one of its webhooks rejects it. */
  podDenial(pod: Pod, warn?: (text: string) => void): string | undefined {
    askWebhooks(this.#webhooks, pod);
    return denialOf(this.#store, pod, warn);
  }

  /** Adds what the cluster decides, in place. */
  beforeDefaults(plural: Plural, object: KubeObject, live: KubeObject | undefined): void {
    if (plural === 'pods' && !live) {
      const { spec } = object as Pod;
      spec.serviceAccountName ??= 'default';
      applyLimitRanges(this.#store, object as Pod);
    }
    if (plural === 'services') this.#addressService(object as Service, live as Service | undefined);
    if (plural === 'namespaces')
      object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
  }

  /** Warns of a pod template that the namespace's Pod Security level `warn` dislikes. */
  warnOfTemplate({ metadata, spec }: Deployment, warn?: (text: string) => void): void {
    const namespace = this.#store.get('namespaces', undefined, metadata.namespace ?? '');
    const { warning } = checkPodSecurity(namespace, spec.template.spec);
    if (warning !== undefined) warn?.(warning);
  }

  /** The status of an object that nobody has seen yet. */
  initialStatus(plural: Plural, object: KubeObject): { readonly status?: object } {
    switch (plural) {
      case 'namespaces':
        return { status: { phase: 'Active' } };
      case 'pods':
        return { status: { phase: 'Pending', qosClass: qosClass(object as Pod) } };
      case 'deployments':
        return { status: {} };
      case 'replicasets':
        return { status: { replicas: 0 } };
      case 'services':
      case 'ingresses':
        return { status: { loadBalancer: {} } };
      case 'horizontalpodautoscalers':
        return { status: { desiredReplicas: 0, currentMetrics: null } };
      case 'poddisruptionbudgets':
        return { status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 } };
      case 'resourcequotas':
        return { status: {} };
      case 'persistentvolumeclaims':
        return { status: { phase: 'Pending' } };
      default:
        return {};
    }
  }

  #addressService({ spec }: Service, live: Service | undefined): void {
    if (spec.type === 'ExternalName') return;
    const before = live?.spec;
    if (!spec.clusterIP) {
      this.#addresses += before?.clusterIP ? 0 : 1;
      spec.clusterIP = before?.clusterIP ?? `10.0.${Math.floor(this.#addresses / 250)}.${(this.#addresses % 250) + 1}`;
    }
    spec.clusterIPs ??= [spec.clusterIP];
    for (const port of spec.ports ?? []) {
      const known = before?.ports?.find(
        (one) => one.port === port.port && (one.protocol || 'TCP') === (port.protocol || 'TCP'),
      );
      if (hasNodePorts(spec)) port.nodePort ??= known?.nodePort ?? ++this.#nodePorts;
      // Who changes the type need not take away what the cluster gave for the type before.
      else if (before && hasNodePorts(before) && port.nodePort === known?.nodePort) delete port.nodePort;
    }
  }
}

const hasNodePorts = ({ type }: Service['spec']): boolean => type === 'NodePort' || type === 'LoadBalancer';

function qosClass({ spec }: Pod): string {
  const all = spec.containers.map(({ resources }) => resources ?? {});
  const isBestEffort = all.every(({ requests, limits }) => !requests && !limits);
  if (isBestEffort) return 'BestEffort';
  const isGuaranteed = all.every(({ requests, limits }) =>
    ['cpu', 'memory'].every((name) => {
      const limit = objectOf(limits)[name];
      return limit !== undefined && (objectOf(requests)[name] ?? limit) === limit;
    }),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}
