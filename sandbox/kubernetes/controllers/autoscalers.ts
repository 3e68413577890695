import type { Cluster } from '../cluster';
import { timeText } from '../objects';
import { typesByPlural } from '../resources';
import type { Condition, HorizontalPodAutoscaler } from '../types';
import { withCondition } from './conditions';
import type { Reconcile } from './controlLoop';
import type { EventRecorder } from './eventRecorder';
import { controllerWrite, writeStatus } from './writeStatus';

const component = 'horizontal-pod-autoscaler';

/** How many replicas the load asks for, by `<namespace>/<name>` of the autoscaler. */
export type WantedReplicas = ReadonlyMap<string, number>;

/** Keeps the replicas of deployments between the bounds of their autoscalers, at what the load asks for. */
export function autoscalers(cluster: Cluster, events: EventRecorder, wanted: WantedReplicas): Reconcile {
  const { store, objects, clock } = cluster;
  function follow(scaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler['status'] {
    const { namespace = '', name, generation = 1 } = scaler.metadata;
    const { scaleTargetRef: target, minReplicas = 1, maxReplicas } = scaler.spec;
    const now = timeText(clock.now());
    const set = (conditions: Condition[] | undefined, condition: Condition) =>
      withCondition(conditions, condition, now);
    const workload = target.kind === 'Deployment' ? store.get('deployments', namespace, target.name) : undefined;
    if (!workload) {
      const title = `${typesByPlural.deployments.plural}.apps "${target.name}" not found`;
      const message = `the HPA controller was unable to get the target's current scale: ${title}`;
      const conditions = set(scaler.status.conditions, {
        type: 'AbleToScale',
        status: 'False',
        reason: 'FailedGetScale',
        message,
      });
      return { ...scaler.status, conditions };
    }
    const current = workload.spec.replicas;
    const load = wanted.get(`${namespace}/${name}`) ?? current;
    // No replicas at all switch the autoscaler off.
    const desired = current === 0 ? 0 : Math.min(maxReplicas, Math.max(minReplicas, load));
    if (desired !== current) {
      const write = { ...controllerWrite, subresource: 'scale' as const };
      objects.update(
        'deployments',
        namespace,
        target.name,
        (draft) => ({ ...draft, spec: { ...draft.spec, replicas: desired } }),
        write,
      );
      const why =
        current < minReplicas
          ? 'Current number of replicas below Spec.MinReplicas'
          : current > maxReplicas
            ? 'Current number of replicas above Spec.MaxReplicas'
            : desired > current
              ? 'cpu resource utilization (percentage of request) above target'
              : 'All metrics below target';
      events.record(scaler, {
        reason: 'SuccessfulRescale',
        message: `New size: ${desired}; reason: ${why}`,
        component,
      });
    }
    const ready = set(scaler.status.conditions, {
      type: 'AbleToScale',
      status: 'True',
      reason: 'ReadyForNewScale',
      message: 'recommended size matches current size',
    });
    const active: Condition =
      current === 0
        ? {
            type: 'ScalingActive',
            status: 'False',
            reason: 'ScalingDisabled',
            message: 'scaling is disabled since the replica count of the target is zero',
          }
        : {
            type: 'ScalingActive',
            status: 'True',
            reason: 'ValidMetricFound',
            message:
              'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
          };
    return {
      observedGeneration: generation,
      currentReplicas: workload.status.replicas ?? 0,
      desiredReplicas: desired,
      ...((desired !== current || scaler.status.lastScaleTime !== undefined) && {
        lastScaleTime: desired === current ? (scaler.status.lastScaleTime ?? now) : now,
      }),
      conditions: set(ready, active),
    };
  }

  return () => {
    for (const scaler of store.list('horizontalpodautoscalers')) {
      writeStatus(cluster, 'horizontalpodautoscalers', scaler, follow(scaler));
    }
  };
}
