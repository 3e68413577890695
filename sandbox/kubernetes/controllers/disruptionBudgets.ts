import type { Cluster } from '../cluster';
import { timeText } from '../objects';
import { isReady } from '../pods/serviceTargets';
import { scaledValue } from '../quantity';
import { selects } from '../selectors';
import type { PodDisruptionBudget } from '../types';
import { withCondition } from './conditions';
import type { Reconcile } from './controlLoop';
import { writeStatus } from './writeStatus';

/** Counts how many pods of each budget may be disrupted now. */
export function disruptionBudgets(cluster: Cluster): Reconcile {
  const { store, clock } = cluster;
  function statusOf({ metadata, spec, status }: PodDisruptionBudget): PodDisruptionBudget['status'] {
    const pods = store
      .list('pods', metadata.namespace)
      .filter((pod) => selects(spec.selector, pod.metadata.labels) && pod.metadata.deletionTimestamp === undefined);
    const expectedPods = pods.length;
    const currentHealthy = pods.filter(isReady).length;
    const desiredHealthy =
      spec.maxUnavailable === undefined
        ? scaledValue(spec.minAvailable ?? 1, expectedPods, 'up')
        : Math.max(0, expectedPods - scaledValue(spec.maxUnavailable, expectedPods, 'up'));
    const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy);
    const isAllowed = disruptionsAllowed > 0;
    const condition = {
      type: 'DisruptionAllowed',
      status: isAllowed ? ('True' as const) : ('False' as const),
      reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    };
    return {
      observedGeneration: metadata.generation ?? 1,
      currentHealthy,
      desiredHealthy,
      disruptionsAllowed,
      expectedPods,
      conditions: withCondition(status.conditions, condition, timeText(clock.now())),
    };
  }

  return () => {
    for (const budget of store.list('poddisruptionbudgets')) {
      writeStatus(cluster, 'poddisruptionbudgets', budget, statusOf(budget));
    }
  };
}
