import type { Cluster } from '../cluster';
import { timeText } from '../objects';
import { quantityOf } from '../quantity';
import type { Node, Pod, Taint } from '../types';
import { conditionOf, withCondition } from './conditions';
import type { Reconcile } from './controlLoop';
import type { EventRecorder } from './eventRecorder';
import { writeStatus } from './writeStatus';

const component = 'default-scheduler';
const unhelpful = 'Preemption is not helpful for scheduling';

/** Puts pods on the node as far as it has room for what they request. */
export function scheduler(cluster: Cluster, events: EventRecorder): Reconcile {
  const { store, clock } = cluster;
  const requested = (pods: readonly Pod[], resource: string) =>
    pods
      .flatMap(({ spec }) => spec.containers)
      .reduce((sum, { resources }) => sum + quantityOf(resources?.requests?.[resource]), 0);

  /** Why no node at all can run the pod. */
  function volumeObstacle({ metadata, spec }: Pod): string | undefined {
    const names = (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []);
    const claims = names.map((name) => ({
      name,
      claim: store.get('persistentvolumeclaims', metadata.namespace, name),
    }));
    const missing = claims.find(({ claim }) => !claim);
    if (missing) return `persistentvolumeclaim "${missing.name}" not found`;
    const isUnbound = claims.some(({ claim }) => claim?.status.phase !== 'Bound');
    return isUnbound ? 'pod has unbound immediate PersistentVolumeClaims' : undefined;
  }

  function obstacle(pod: Pod, node: Node): string | undefined {
    const placed = store
      .list('pods')
      .filter(
        ({ spec, status }) =>
          spec.nodeName === node.metadata.name && status.phase !== 'Succeeded' && status.phase !== 'Failed',
      );
    const { allocatable } = node.status;
    if (node.spec.unschedulable) return '1 node(s) were unschedulable';
    const taint = node.spec.taints?.find((one) => one.effect !== 'PreferNoSchedule' && !isTolerated(one, pod));
    if (taint) return `1 node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
    const selector = Object.entries(pod.spec.nodeSelector ?? {});
    if (selector.some(([key, value]) => node.metadata.labels?.[key] !== value))
      return "1 node(s) didn't match Pod's node affinity/selector";
    const taken = new Set(placed.flatMap(hostPortsOf));
    if (hostPortsOf(pod).some((port) => taken.has(port)))
      return "1 node(s) didn't have free ports for the requested pod ports";
    if (placed.length >= quantityOf(allocatable.pods)) return '1 Too many pods';
    const lacking = ['cpu', 'memory', 'nvidia.com/gpu'].filter((resource) => {
      const wanted = requested([pod], resource);
      return wanted > 0 && wanted + requested(placed, resource) > quantityOf(allocatable[resource]) + 1e-9;
    });
    return lacking.length > 0 ? lacking.map((resource) => `1 Insufficient ${resource}`).join(', ') : undefined;
  }

  return () => {
    const [node] = store.list('nodes');
    if (!node) return;
    for (const pod of store.list('pods')) {
      const { namespace, name, deletionTimestamp } = pod.metadata;
      if (pod.spec.nodeName !== undefined || deletionTimestamp !== undefined) continue;
      const why = volumeObstacle(pod) ?? obstacle(pod, node);
      const now = timeText(clock.now());
      if (why === undefined) {
        const condition = { type: 'PodScheduled', status: 'True' } as const;
        const conditions = withCondition(pod.status.conditions, condition, now).map((one) =>
          one.type === 'PodScheduled' ? { type: one.type, status: one.status, lastTransitionTime: now } : one,
        );
        const bound = {
          ...pod,
          spec: { ...pod.spec, nodeName: node.metadata.name },
          status: { ...pod.status, conditions },
        };
        store.replace('pods', bound);
        const message = `Successfully assigned ${String(namespace)}/${name} to ${node.metadata.name}`;
        events.record(pod, { reason: 'Scheduled', message, component });
        continue;
      }
      const helps = /Insufficient|Too many|free ports/.test(why)
        ? 'No preemption victims found for incoming pod'
        : unhelpful;
      const message = `0/1 nodes are available: ${why}. preemption: 0/1 nodes are available: 1 ${helps}.`;
      if (conditionOf(pod.status.conditions, 'PodScheduled')?.message === message) continue;
      const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
      const status = { ...pod.status, conditions: withCondition(pod.status.conditions, condition, now) };
      writeStatus(cluster, 'pods', pod, status, 'kube-scheduler');
      events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message, component });
    }
  };
}

function isTolerated(taint: Taint, { spec }: Pod): boolean {
  return (spec.tolerations ?? []).some(
    ({ key, operator = 'Equal', value = '', effect }) =>
      (effect === undefined || effect === '' || effect === taint.effect) &&
      (key === undefined || key === '' ? operator === 'Exists' : key === taint.key) &&
      (operator === 'Exists' || value === (taint.value ?? '')),
  );
}

function hostPortsOf({ spec }: Pod): readonly string[] {
  return spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort === undefined ? [] : `${protocol} ${hostPort}`)),
  );
}
