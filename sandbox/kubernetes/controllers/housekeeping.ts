import { namespaceUsage } from '../admission/quota';
import type { Cluster } from '../cluster';
import { formatQuantity } from '../quantity';
import { typesByPlural } from '../resources';
import type { Plural } from '../types';
import type { Reconcile } from './controlLoop';
import { controllerWrite, writeStatus } from './writeStatus';

const plurals = Object.keys(typesByPlural) as Plural[];

/** Gives each namespace its default service account, and empties those that are deleted. */
export function namespaces({ store, objects }: Cluster): Reconcile {
  return () => {
    for (const { metadata, status } of store.list('namespaces')) {
      const { name } = metadata;
      if (status.phase !== 'Terminating') {
        if (!store.get('serviceaccounts', name, 'default'))
          objects.create('serviceaccounts', name, { metadata: { name: 'default' } }, controllerWrite);
        if (!store.get('configmaps', name, 'kube-root-ca.crt'))
          objects.create(
            'configmaps',
            name,
            { metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': '' } },
            controllerWrite,
          );
        continue;
      }
      for (const plural of plurals) {
        if (!typesByPlural[plural].isNamespaced) continue;
        for (const object of store.list(plural, name)) {
          if (object.metadata.deletionTimestamp === undefined) objects.delete(plural, name, object.metadata.name);
        }
      }
      if (plurals.every((plural) => store.list(plural, name).length === 0))
        objects.remove('namespaces', undefined, name);
    }
  };
}

/** Deletes what has lost all its owners, and owners that wait for their dependents. */
export function garbage({ store, objects }: Cluster): Reconcile {
  return () => {
    const all = plurals.flatMap((plural) => store.list(plural).map((object) => ({ plural, object })));
    const uids = new Set(all.map(({ object }) => object.metadata.uid));
    const waiting = new Set(
      all
        .filter(
          ({ object }) =>
            object.metadata.finalizers?.includes('foregroundDeletion') &&
            object.metadata.deletionTimestamp !== undefined,
        )
        .map(({ object }) => object.metadata.uid),
    );
    for (const { plural, object } of all) {
      const { namespace, name, ownerReferences = [], deletionTimestamp } = object.metadata;
      const isAbandoned =
        ownerReferences.length > 0 && ownerReferences.every(({ uid }) => !uids.has(uid) || waiting.has(uid));
      if (isAbandoned && deletionTimestamp === undefined) objects.delete(plural, namespace, name);
    }
    for (const { plural, object } of all) {
      const { namespace, name, uid, finalizers = [] } = object.metadata;
      if (!waiting.has(uid)) continue;
      const hasDependents = all.some(
        ({ plural: kind, object: one }) =>
          one.metadata.ownerReferences?.some((owner) => owner.uid === uid) &&
          store.get(kind, one.metadata.namespace, one.metadata.name),
      );
      if (hasDependents) continue;
      const rest = finalizers.filter((one) => one !== 'foregroundDeletion');
      if (rest.length === 0) objects.remove(plural, namespace, name);
    }
  };
}

/** Says how much of each quota is used. */
export function quotas(cluster: Cluster): Reconcile {
  const { store } = cluster;
  return () => {
    for (const quota of store.list('resourcequotas')) {
      const { metadata, spec } = quota;
      const usage = namespaceUsage(store, metadata.namespace ?? '');
      const hard = spec.hard ?? {};
      const used = Object.fromEntries(Object.keys(hard).map((name) => [name, formatQuantity(usage[name] ?? 0, name)]));
      writeStatus(cluster, 'resourcequotas', quota, { hard, used });
    }
  };
}
