import type { Cluster } from '../cluster';
import { clone, equal, type JsonObject, without } from '../json';
import type { Deployment, PodTemplate, ReplicaSet } from '../types';
import type { Reconcile } from './controlLoop';
import { deploymentStatus, surgeOf, unavailableOf } from './deploymentStatus';
import type { EventRecorder } from './eventRecorder';
import { isOwnedBy } from './replicaSets';
import { templateHash } from './templateHash';
import { controllerWrite, writeStatus } from './writeStatus';

const component = 'deployment-controller';
const revisionKey = 'deployment.kubernetes.io/revision';
const hashLabel = 'pod-template-hash';
const copiedElsewhere = new Set([revisionKey, 'kubectl.kubernetes.io/last-applied-configuration']);

const revisionOf = ({ metadata }: ReplicaSet | Deployment) => Number(metadata.annotations?.[revisionKey] ?? 0);

/** Makes replica sets of deployments, and replaces old ones as their strategy tells. */
export function deployments(cluster: Cluster, events: EventRecorder): Reconcile {
  const { store, objects } = cluster;

  function templateOf(set: ReplicaSet): PodTemplate {
    const labels = without(set.spec.template.metadata?.labels ?? {}, hashLabel);
    return { ...set.spec.template, metadata: { ...set.spec.template.metadata, labels } };
  }

  function createSet(deployment: Deployment, revision: number): void {
    const { metadata, spec } = deployment;
    const hash = templateHash(spec.template);
    const template = clone(spec.template);
    template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [hashLabel]: hash } };
    const selector = clone(spec.selector);
    selector.matchLabels = { ...selector.matchLabels, [hashLabel]: hash };
    const body: JsonObject = {
      metadata: {
        name: `${metadata.name}-${hash}`,
        labels: { ...template.metadata.labels },
        annotations: setAnnotations(deployment, revision),
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: metadata.name,
            uid: metadata.uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: { replicas: 0, selector, template, ...(spec.minReadySeconds && { minReadySeconds: spec.minReadySeconds }) },
    };
    objects.create('replicasets', metadata.namespace, body, controllerWrite);
  }

  function scale(deployment: Deployment, set: ReplicaSet, replicas: number): void {
    const from = set.spec.replicas;
    if (from === replicas) return;
    const { name, namespace } = set.metadata;
    objects.update(
      'replicasets',
      namespace,
      name,
      (draft) => ({ ...draft, spec: { ...draft.spec, replicas } }),
      controllerWrite,
    );
    const message = `Scaled ${from < replicas ? 'up' : 'down'} replica set ${name} from ${from} to ${replicas}`;
    events.record(deployment, { reason: 'ScalingReplicaSet', message, component });
  }

  /** Gives a set what its deployment says beside the template, when it doesn't have it yet. */
  function bringInLine({ metadata, spec }: ReplicaSet, deployment: Deployment, revision: number): void {
    const annotations = { ...metadata.annotations, ...setAnnotations(deployment, revision) };
    const { minReadySeconds = 0 } = deployment.spec;
    if ((spec.minReadySeconds ?? 0) === minReadySeconds && equal(metadata.annotations, annotations)) return;
    objects.update(
      'replicasets',
      metadata.namespace,
      metadata.name,
      (draft) => ({
        ...draft,
        metadata: { ...draft.metadata, annotations },
        spec: { ...draft.spec, ...((minReadySeconds || draft.spec.minReadySeconds) && { minReadySeconds }) },
      }),
      controllerWrite,
    );
  }

  /** The set of the wished template, marked with its revision; made when it's missing and `mayCreate`. */
  function newSetOf(deployment: Deployment, sets: readonly ReplicaSet[], mayCreate: boolean): ReplicaSet | undefined {
    const { namespace } = deployment.metadata;
    const same = sets.find((set) => equal(templateOf(set) as JsonObject, deployment.spec.template as JsonObject));
    const highest = Math.max(0, ...sets.filter((set) => set !== same).map(revisionOf));
    const revision = same && revisionOf(same) > highest ? revisionOf(same) : highest + 1;
    if (!same) {
      if (!mayCreate) return undefined;
      createSet(deployment, revision);
    } else bringInLine(same, deployment, revision);
    if (revisionOf(deployment) !== revision) {
      const annotations = { ...deployment.metadata.annotations, [revisionKey]: String(revision) };
      objects.update(
        'deployments',
        namespace,
        deployment.metadata.name,
        (draft) => ({ ...draft, metadata: { ...draft.metadata, annotations } }),
        { ...controllerWrite, subresource: 'status' },
      );
    }
    return store.get(
      'replicasets',
      namespace,
      same?.metadata.name ?? `${deployment.metadata.name}-${templateHash(deployment.spec.template)}`,
    );
  }

  function rollOut(deployment: Deployment, young: ReplicaSet, old: readonly ReplicaSet[]): void {
    const wished = deployment.spec.replicas;
    const sum = (sets: readonly ReplicaSet[]) => sets.reduce((total, { spec }) => total + spec.replicas, 0);
    if (deployment.spec.strategy.type === 'Recreate') {
      for (const set of old) scale(deployment, set, 0);
      const isOldGone = !old.some((set) =>
        store.list('pods', set.metadata.namespace).some((pod) => isOwnedBy(pod, set.metadata.uid)),
      );
      if (isOldGone) scale(deployment, young, wished);
      return;
    }
    const surge = surgeOf(deployment);
    const room = wished + surge - sum([young, ...old]);
    if (young.spec.replicas > wished) scale(deployment, young, wished);
    else if (room > 0) scale(deployment, young, Math.min(wished, young.spec.replicas + room));
    const current = store.get('replicasets', young.metadata.namespace, young.metadata.name) ?? young;
    const available = (set: ReplicaSet) => Math.min(set.status.availableReplicas ?? 0, set.spec.replicas);
    const least = wished - unavailableOf(deployment);
    const unavailableNew = current.spec.replicas - available(current);
    let removable = sum([current, ...old]) - least - unavailableNew;
    // Pods that don't work anyway go first, then those that do, as far as enough others work.
    for (const set of old) {
      const broken = Math.min(removable, set.spec.replicas - available(set));
      if (broken <= 0) continue;
      scale(deployment, set, set.spec.replicas - broken);
      removable -= broken;
    }
    const left = old.map((set) => store.get('replicasets', set.metadata.namespace, set.metadata.name) ?? set);
    let spare = [current, ...left].reduce((total, set) => total + available(set), 0) - least;
    for (const set of left) {
      const count = Math.min(spare, set.spec.replicas);
      if (count <= 0) continue;
      scale(deployment, set, set.spec.replicas - count);
      spare -= count;
    }
  }

  return (wakeAt) => {
    for (const { metadata } of store.list('deployments')) {
      const { namespace, name, uid } = metadata;
      if (metadata.deletionTimestamp !== undefined) continue;
      const setsOf = () => store.list('replicasets', namespace).filter((set) => isOwnedBy(set, uid));
      const read = () => store.get('deployments', namespace, name);
      const deployment = read();
      if (!deployment) continue;
      const { paused: isPaused = false } = deployment.spec;
      const young = newSetOf(deployment, setsOf(), !isPaused);
      const old = setsOf()
        .filter((set) => set.metadata.uid !== young?.metadata.uid)
        .sort((a, b) => revisionOf(a) - revisionOf(b));
      if (young && !isPaused) rollOut(deployment, young, old);
      else if (isPaused) scalePaused(deployment, young ?? old.at(-1));
      const current = read();
      if (!current) continue;
      const status = deploymentStatus(cluster, current, setsOf(), young?.metadata.uid, wakeAt);
      writeStatus(cluster, 'deployments', current, status);
      cleanUp(current, old);
    }
  };

  /** A paused deployment can be scaled, not changed. */
  function scalePaused(deployment: Deployment, set: ReplicaSet | undefined): void {
    const isOnly = store
      .list('replicasets', deployment.metadata.namespace)
      .filter((one) => isOwnedBy(one, deployment.metadata.uid))
      .every((one) => one.metadata.uid === set?.metadata.uid || one.spec.replicas === 0);
    if (set && isOnly) scale(deployment, set, deployment.spec.replicas);
  }

  /** Deletes the oldest empty sets above the limit. */
  function cleanUp({ spec }: Deployment, old: readonly ReplicaSet[]): void {
    const { revisionHistoryLimit = 10 } = spec;
    const empty = old
      .map((set) => store.get('replicasets', set.metadata.namespace, set.metadata.name))
      .filter((set): set is ReplicaSet => set !== undefined && set.spec.replicas === 0 && set.status.replicas === 0);
    for (const { metadata } of empty.slice(0, Math.max(0, empty.length - revisionHistoryLimit)))
      objects.delete('replicasets', metadata.namespace, metadata.name);
  }
}

function setAnnotations(deployment: Deployment, revision: number): Record<string, string> {
  const { metadata, spec } = deployment;
  const own = Object.entries(metadata.annotations ?? {}).filter(([key]) => !copiedElsewhere.has(key));
  return {
    ...Object.fromEntries(own),
    [revisionKey]: String(revision),
    'deployment.kubernetes.io/desired-replicas': String(spec.replicas),
    'deployment.kubernetes.io/max-replicas': String(spec.replicas + surgeOf(deployment)),
  };
}
