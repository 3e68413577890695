import { formatQuantity, quantityOf } from '../quantity';
import type { Store } from '../store';
import type { Pod, PodSpec } from '../types';

type Usage = Readonly<Record<string, number>>;

const sum = (usages: readonly Usage[]): Record<string, number> => {
  const total: Record<string, number> = {};
  for (const usage of usages)
    for (const [name, amount] of Object.entries(usage)) total[name] = (total[name] ?? 0) + amount;
  return total;
};

/** What a pod counts for in a quota. */
export function podUsage({ containers }: PodSpec): Record<string, number> {
  const usages = containers.flatMap(({ resources = {} }) =>
    (['requests', 'limits'] as const).map((side) => {
      const amounts: Record<string, number> = {};
      for (const [name, value] of Object.entries(resources[side] ?? {})) {
        amounts[`${side}.${name}`] = quantityOf(value);
        if (side === 'requests') amounts[name] = quantityOf(value);
      }
      return amounts;
    }),
  );
  return { ...sum(usages), pods: 1, 'count/pods': 1 };
}

/** What the pods of a namespace use that have not ended. */
export const namespaceUsage = (store: Store, namespace: string): Record<string, number> =>
  sum(
    store
      .list('pods', namespace)
      .filter(({ status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed')
      .map(({ spec }) => podUsage(spec)),
  );

/** Why the quotas of the namespace don't admit another pod. */
export function quotaDenial(store: Store, namespace: string, spec: Pod['spec']): string | undefined {
  const asked = podUsage(spec);
  const used = namespaceUsage(store, namespace);
  for (const quota of store.list('resourcequotas', namespace)) {
    const hard = quota.spec.hard ?? {};
    const missing = Object.keys(hard).filter((name) => computeResource.test(name) && asked[name] === undefined);
    if (missing.length > 0)
      return `failed quota: ${quota.metadata.name}: must specify ${missing.map((name) => `${name} for: ${spec.containers.map((one) => one.name).join(',')}`).join('; ')}`;
    const exceeded = Object.keys(hard).filter(
      (name) => asked[name] !== undefined && (used[name] ?? 0) + asked[name] > quantityOf(hard[name]),
    );
    if (exceeded.length === 0) continue;
    const list = (amountOf: (name: string) => string) => exceeded.map((name) => `${name}=${amountOf(name)}`).join(',');
    return (
      `exceeded quota: ${quota.metadata.name}, ` +
      `requested: ${list((name) => formatQuantity(asked[name] ?? 0, name))}, ` +
      `used: ${list((name) => formatQuantity(used[name] ?? 0, name))}, ` +
      `limited: ${list((name) => hard[name] ?? '0')}`
    );
  }
  return undefined;
}

const computeResource = /^((requests|limits)\.)?(cpu|memory)$/;
