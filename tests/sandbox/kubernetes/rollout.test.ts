import assert from 'node:assert/strict';
import { textOf } from '../../../sandbox/kubernetes/json';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from '../../../sandbox/kubernetes/kubernetes';
import type { Condition, Deployment } from '../../../sandbox/kubernetes/types';
import { apply, ask, deployment, type DeploymentFields, deploymentsPath } from './clusterClient';
import { sharedAuthority } from '../../support/sharedKeys';

describe('deployments of the Kubernetes sandbox', () => {
  let cluster: Kubernetes;
  async function start(options: KubernetesOptions = {}): Promise<void> {
    cluster = await startKubernetes({ timeScale: 0, authority: await sharedAuthority(), ...options });
  }
  afterEach(() => cluster.close());

  const put = (fields: DeploymentFields = {}) => apply(cluster, `${deploymentsPath}/web`, deployment(fields));
  const pass = (seconds: number) => cluster.clock.advance(seconds * 1000);
  const live = (): Deployment => {
    const found = cluster.store.get('deployments', 'default', 'web');
    assert.ok(found);
    return found;
  };
  const condition = (type: string): Condition | undefined => live().status.conditions?.find((one) => one.type === type);
  const sets = () => cluster.store.list('replicasets', 'default');
  const pods = () => cluster.store.list('pods', 'default');
  const revision = () => live().metadata.annotations?.['deployment.kubernetes.io/revision'];
  const eventsOf = (kind: string) =>
    cluster.store.list('events', 'default').filter(({ involvedObject }) => involvedObject.kind === kind);

  it('roll out: replica set, pods, conditions, events', async () => {
    await start();
    const { json } = await put({ replicas: 2 });
    assert.deepEqual(json.status, {});
    await pass(5);
    const { observedGeneration, replicas, updatedReplicas, readyReplicas, availableReplicas } = live().status;
    assert.deepEqual(
      [observedGeneration, replicas, updatedReplicas, readyReplicas, availableReplicas],
      [1, 2, 2, 2, 2],
    );
    assert.deepEqual(
      [condition('Available')?.status, condition('Progressing')?.reason],
      ['True', 'NewReplicaSetAvailable'],
    );
    const [set] = sets();
    const hash = set?.metadata.labels?.['pod-template-hash'];
    assert.equal(set?.metadata.name, `web-${String(hash)}`);
    assert.ok(pods().every(({ metadata }) => metadata.labels?.['pod-template-hash'] === hash));
    assert.equal(revision(), '1');
    assert.deepEqual(
      eventsOf('Deployment').map(({ message }) => message),
      [`Scaled up replica set ${set.metadata.name} from 0 to 2`],
    );
  });

  it('always have as many pods, and available pods, as the strategy allows', async () => {
    await start();
    await put({ replicas: 4, spec: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } });
    await pass(10);
    const seen: [available: number, total: number][] = [];
    cluster.store.onChange(({ plural, object }) => {
      if (plural === 'deployments')
        seen.push([
          (object as Deployment).status.availableReplicas ?? 0,
          pods().filter(({ metadata }) => !metadata.deletionTimestamp).length,
        ]);
    });
    await put({
      replicas: 4,
      image: 'good:2',
      spec: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    });
    await pass(60);
    assert.equal(condition('Progressing')?.reason, 'NewReplicaSetAvailable');
    assert.ok(
      seen.every(([available, total]) => available >= 4 && total <= 5),
      JSON.stringify(seen),
    );
    assert.deepEqual(
      sets()
        .map(({ spec }) => spec.replicas)
        .sort(),
      [0, 4],
    );
    assert.equal(revision(), '2');
  });

  it('keep the old pods when the new ones fail, and exceed the progress deadline', async () => {
    await start();
    await put({ replicas: 3, spec: { progressDeadlineSeconds: 30 } });
    await pass(10);
    await put({ replicas: 3, image: 'x-not-found:1', spec: { progressDeadlineSeconds: 30 } });
    await pass(25);
    assert.equal(condition('Progressing')?.status, 'True');
    await pass(15);
    assert.deepEqual(
      [condition('Progressing')?.status, condition('Progressing')?.reason],
      ['False', 'ProgressDeadlineExceeded'],
    );
    assert.match(condition('Progressing')?.message ?? '', /^ReplicaSet "web-\w+" has timed out progressing\.$/);
    assert.deepEqual([live().status.availableReplicas, live().status.updatedReplicas], [3, 1]);
    await put({ replicas: 3, spec: { progressDeadlineSeconds: 30 } });
    await pass(10);
    assert.deepEqual(
      [revision(), condition('Progressing')?.reason, live().status.replicas],
      ['3', 'NewReplicaSetAvailable', 3],
    );
  });

  it('delete old revisions above their limit', async () => {
    await start();
    for (const tag of [1, 2, 3, 4]) {
      await put({ image: `good:${tag}`, spec: { revisionHistoryLimit: 1 } });
      await pass(40);
    }
    assert.equal(sets().length, 2);
    assert.equal(revision(), '4');
  });

  it('make no changes while they are paused', async () => {
    await start();
    await put();
    await pass(10);
    await put({ image: 'good:2', spec: { paused: true } });
    await pass(10);
    assert.deepEqual([sets().length, condition('Progressing')?.reason], [1, 'DeploymentPaused']);
    await put({ image: 'good:2', spec: { paused: false } });
    await pass(40);
    assert.deepEqual([sets().length, live().status.updatedReplicas], [2, 1]);
  });

  it('with the strategy Recreate create new pods only after the last old one is deleted', async () => {
    await start();
    const spec = { strategy: { type: 'Recreate' } };
    await put({ replicas: 2, spec });
    await pass(10);
    let mixed = false;
    cluster.store.onChange(() => (mixed ||= new Set(pods().map((pod) => pod.spec.containers[0]?.image)).size > 1));
    await put({ replicas: 2, image: 'good:2', spec });
    await pass(40);
    assert.deepEqual([mixed, live().status.updatedReplicas, live().status.availableReplicas], [false, 2, 2]);
  });

  it('report a pod as available only after minReadySeconds', async () => {
    await start();
    await put({ spec: { minReadySeconds: 20 } });
    await pass(10);
    assert.deepEqual([live().status.readyReplicas, live().status.availableReplicas], [1, undefined]);
    await pass(20);
    assert.equal(live().status.availableReplicas, 1);
  });

  it('report why Pod Security rejects their pods', async () => {
    await start();
    const labels = {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'baseline',
    };
    await ask(cluster, '/api/v1/namespaces/default', {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { metadata: { labels } },
    });
    const answer = await put({ pod: { hostNetwork: true } });
    assert.equal(
      answer.headers.warning,
      '299 - "would violate PodSecurity \\"baseline:latest\\": host namespaces (hostNetwork=true)"',
    );
    await pass(2);
    assert.equal(condition('ReplicaFailure')?.reason, 'FailedCreate');
    assert.match(
      condition('ReplicaFailure')?.message ?? '',
      /^pods "web-\w+-\w{5}" is forbidden: violates PodSecurity "restricted:latest": host namespaces \(hostNetwork=true\), allowPrivilegeEscalation != false \(container "score" must set/,
    );
    assert.match(eventsOf('ReplicaSet')[0]?.message ?? '', /^Error creating: pods "web-/);
    const unlabelled = { ...labels, 'pod-security.kubernetes.io/warn': null };
    await ask(cluster, '/api/v1/namespaces/default', {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { metadata: { labels: unlabelled } },
    });
    const enforced = await put({ pod: { hostNetwork: true, securityContext: { runAsNonRoot: false } } });
    assert.match(
      String(enforced.headers.warning),
      /would violate PodSecurity \\"restricted:latest\\".*runAsNonRoot != true \(pod must not set securityContext\.runAsNonRoot=false\)/,
    );
    const securityContext = {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    };
    await put({ container: { securityContext } });
    await pass(40);
    assert.deepEqual([condition('ReplicaFailure'), live().status.availableReplicas], [undefined, 1]);
  });

  it('report why a quota rejects their pods, and continue when the quota allows it', async () => {
    await start();
    const path = '/api/v1/namespaces/default/resourcequotas';
    await ask(cluster, path, { method: 'POST', body: { metadata: { name: 'small' }, spec: { hard: { pods: '1' } } } });
    await put({ replicas: 2 });
    await pass(2);
    assert.match(
      condition('ReplicaFailure')?.message ?? '',
      /is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1$/,
    );
    const quota = cluster.store.get('resourcequotas', 'default', 'small');
    assert.deepEqual(quota?.status, { hard: { pods: '1' }, used: { pods: '1' } });
    await ask(cluster, `${path}/small`, { method: 'DELETE' });
    await pass(30);
    assert.equal(live().status.availableReplicas, 2);
  });

  it('are deleted with their dependents, unless these are orphaned', async () => {
    await start();
    await put({ replicas: 2 });
    await pass(5);
    await ask(cluster, `${deploymentsPath}/web?propagationPolicy=Orphan`, { method: 'DELETE' });
    await pass(5);
    assert.deepEqual([sets().length, pods().length], [1, 2]);
    await put({ image: 'good:2' });
    await pass(5);
    await ask(cluster, `${deploymentsPath}/web?propagationPolicy=Foreground`, { method: 'DELETE' });
    await pass(5);
    assert.equal(cluster.store.get('deployments', 'default', 'web'), undefined);
    assert.equal(sets().length, 1);
  });

  it('replace a pod that somebody deleted', async () => {
    await start();
    await put();
    await pass(5);
    const name = pods()[0]?.metadata.name ?? '';
    await ask(cluster, `/api/v1/namespaces/default/pods/${name}`, { method: 'DELETE' });
    await pass(10);
    assert.deepEqual(
      [pods().length, live().status.availableReplicas, pods()[0]?.metadata.name === name],
      [1, 1, false],
    );
  });

  it('are deleted with their namespace', async () => {
    await start({ namespaces: ['team'] });
    await apply(cluster, '/apis/apps/v1/namespaces/team/deployments/web', deployment());
    await pass(5);
    await ask(cluster, '/api/v1/namespaces/team', { method: 'DELETE' });
    const late = await apply(cluster, '/apis/apps/v1/namespaces/team/deployments/other', deployment({ name: 'other' }));
    assert.equal(late.status, 403);
    await pass(5);
    assert.equal((await ask(cluster, '/api/v1/namespaces/team')).status, 404);
  });

  it('are scaled by their autoscaler within its bounds', async () => {
    await start();
    await put();
    await apply(cluster, '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 2,
        maxReplicas: 4,
      },
    });
    await pass(5);
    assert.equal(live().spec.replicas, 2);
    cluster.setWantedReplicas('default', 'web', 9);
    await pass(5);
    assert.equal(live().spec.replicas, 4);
    const answer = await put({ replicas: 1 });
    assert.match(textOf(answer.json.message), /conflict with "kube-controller-manager" with subresource "scale"/);
    await put({ image: 'good:2' });
    await pass(40);
    assert.deepEqual([live().spec.replicas, live().status.updatedReplicas], [4, 4]);
  });

  it('are protected by disruption budgets', async () => {
    await start();
    await put({ replicas: 2 });
    await apply(cluster, '/apis/policy/v1/namespaces/default/poddisruptionbudgets/web', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } },
    });
    await pass(5);
    const budget = () => cluster.store.get('poddisruptionbudgets', 'default', 'web')?.status;
    assert.deepEqual([budget()?.currentHealthy, budget()?.desiredHealthy, budget()?.disruptionsAllowed], [2, 1, 1]);
    const evict = (name = '') =>
      ask(cluster, `/api/v1/namespaces/default/pods/${name}/eviction`, {
        method: 'POST',
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } },
      });
    const [first, second] = pods().map(({ metadata }) => metadata.name);
    assert.equal((await evict(first)).status, 201);
    const refused = await evict(second);
    assert.deepEqual(
      [refused.status, refused.json.message],
      [429, "Cannot evict pod as it would violate the pod's disruption budget."],
    );
  });
});
