import assert from 'node:assert/strict';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ResourceQuota } from 'kubernetes-types/core/v1';
import { diagnose } from '../../../../shared/kubernetes/diagnose/diagnose';
import { collectEvidence } from '../../../../shared/kubernetes/diagnose/evidence';
import { CancelledError } from '../../../../shared/errors';
import { deployments, namespaces, pods, type Resource } from '../../../../shared/kubernetes/client/resource';
import {
  watchRollout,
  type RolloutEnd,
  type WatchRolloutOptions,
} from '../../../../shared/kubernetes/rollout/watchRollout';
import { testContext } from '../../../support/testContext';
import { openTestCluster, scoringDeployment, type TestCluster } from '../clusterFixture';

const resourceQuotas: Resource<ResourceQuota> = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  isNamespaced: true,
};

interface Failure {
  readonly image: string;
  readonly when?: string;
  readonly outcome?: RolloutEnd['outcome'];
  readonly spec?: Parameters<typeof scoringDeployment>[1];
  /** For containers that are ready for a moment. */
  readonly minStableSeconds?: number;
  readonly message: RegExp;
  readonly cause: RegExp;
  readonly advice: RegExp;
}

const failures: readonly Failure[] = [
  {
    image: 'registry.io/not-found:1',
    message: /1 of 1 new pods: (ErrImagePull|ImagePullBackOff)/,
    cause: /^The image registry\.io\/not-found:1 does not exist/,
    advice: /tag/,
  },
  {
    image: 'registry.io/unauthorized:1',
    message: /1 of 1 new pods: (ErrImagePull|ImagePullBackOff)/,
    cause: /^The cluster is not authorized to pull the image registry\.io\/unauthorized:1/,
    advice: /AcrPull/,
  },
  {
    image: 'crash:1',
    minStableSeconds: 30,
    message: /1 of 1 new pods: CrashLoopBackOff: exit 1\.$/,
    cause:
      /^The container 'score' exits after its start \(exit code 1\): ModuleNotFoundError: No module named 'sklearn'\.$/,
    advice: /requirements/,
  },
  {
    image: 'oom:1',
    minStableSeconds: 30,
    message: /CrashLoopBackOff: OOMKilled/,
    cause: /^The container 'score' was killed because it needs more memory than its limit of 512Mi/,
    advice: /Raise the memory/,
  },
  {
    image: 'root:1',
    spec: { securityContext: { runAsNonRoot: true } },
    message: /CreateContainerConfigError/,
    cause: /^The image root:1 runs as root/,
    advice: /USER 1000/,
  },
  {
    image: 'score:1',
    when: ' for a missing secret',
    spec: { envFrom: [{ secretRef: { name: 'none' } }] },
    message: /CreateContainerConfigError: secret "none" not found/,
    cause: /can't be started because something that it uses is missing: the secret 'none': secret "none" not found/,
    advice: /namespace/,
  },
  {
    image: 'score:1',
    when: ' when no node has capacity',
    spec: { memory: '900Gi' },
    outcome: 'timedOut',
    message: /not done in time: 1 of 1 new pods: Unschedulable/,
    cause:
      /^No node of the cluster can run the service: not enough memory \(1 node\): 0\/1 nodes are available: 1 Insufficient memory\.$/,
    advice: /memory/,
  },
  {
    image: 'unready:1',
    outcome: 'timedOut',
    message: /not done in time: 1 of 1 new pods: Unready/,
    cause:
      /^The container 'score' runs, but is not ready: GET \/healthz on port 5001 must answer 200 to 399 within 1 s/,
    advice: /health check/,
  },
  {
    image: 'unready:1',
    when: ' at its own deadline',
    spec: { progressDeadlineSeconds: 120 },
    message: /exceeded its progress deadline/,
    cause: /is not ready/,
    advice: /health check/,
  },
];

describe('following a rollout', () => {
  let cluster: TestCluster;
  beforeEach(async () => (cluster = await openTestCluster()));
  afterEach(() => cluster.close());

  async function deploy(deployment: Deployment): Promise<Deployment> {
    return (await cluster.client.apply(deployments, deployment)).object;
  }
  function follow(
    applied: Deployment,
    { minutes = 10, ...options }: Partial<WatchRolloutOptions> & { readonly minutes?: number } = {},
  ): Promise<RolloutEnd> {
    const { agent, clock, client } = cluster;
    const context = testContext({ agent, clock, deadline: clock.now() + minutes * 60_000 });
    return watchRollout(client, { applied, ...options }, context);
  }

  it('ends when all replicas are available, and logs each change once', async () => {
    const end = await follow(await deploy(scoringDeployment('slow:1')));
    assert.equal(end.outcome, 'done');
    assert.equal(end.message, 'Deployment score: successfully rolled out (2 replicas).');
    const lines = cluster.agent.text('log').split('\n');
    assert.ok(lines.length > 0);
    lines.forEach((line, n) => assert.notEqual(line, lines[n - 1]));
    assert.match(lines.at(-1) ?? '', /^Deployment score: /);
  });

  it('ends at once when the same is deployed again', async () => {
    await follow(await deploy(scoringDeployment('score:1')));
    const calls = cluster.kubernetes.requests.list().length;
    const end = await follow(await deploy(scoringDeployment('score:1')));
    assert.equal(end.outcome, 'done');
    assert.ok(cluster.kubernetes.requests.list().length - calls <= 4);
  });

  it('replaces the pods of the old version, and ignores their faults', async () => {
    await follow(await deploy(scoringDeployment('crash:1')), { minStableSeconds: 30 });
    const end = await follow(await deploy(scoringDeployment('score:2')));
    assert.equal(end.outcome, 'done', end.message);
  });

  for (const { image, when = '', outcome = 'failed', spec, minStableSeconds = 0, ...expected } of failures) {
    it(`reports why ${image} fails${when}`, async () => {
      const applied = await deploy(scoringDeployment(image, { replicas: 1, ...spec }));
      const end = await follow(applied, { minutes: outcome === 'timedOut' ? 4 : 10, minStableSeconds });
      assert.equal(end.outcome, outcome, end.message);
      assert.match(end.message, expected.message);
      const found = diagnose(await collectEvidence(cluster.client, end.snapshot), end.message);
      assert.match(found.cause, expected.cause);
      assert.doesNotMatch(found.cause, /\n/);
      assert.match(found.advice, expected.advice);
      assert.match(found.evidence[0]?.text ?? '', /Replicas: 1 wanted/);
      assert.ok(
        !found.evidence.some(({ title }) => title === 'What could not be read'),
        JSON.stringify(found.evidence),
      );
    });
  }

  it('reports what a quota or the Pod Security level of the namespace refuses', async () => {
    const { client, clock, agent } = cluster;
    await client.create(namespaces, { metadata: { name: 'small' } });
    const small = client.in('small');
    await small.create(resourceQuotas, { metadata: { name: 'quota' }, spec: { hard: { pods: '0' } } });
    await client.create(namespaces, {
      metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    for (const [place, message, cause] of [
      [
        small,
        /exceeded quota/,
        /^The quota 'quota' of the namespace does not allow that many pods: exceeded quota: quota/,
      ],
      [
        client.in('strict'),
        /violates PodSecurity/,
        /^The Pod Security level of the namespace forbids these containers: violates PodSecurity/,
      ],
    ] as const) {
      const { object: applied } = await place.apply(deployments, scoringDeployment('score:1'));
      const context = testContext({ agent, clock, deadline: clock.now() + 600_000 });
      const end = await watchRollout(place, { applied }, context);
      assert.equal(end.outcome, 'failed');
      assert.match(end.message, message);
      assert.doesNotMatch(end.message, /deadline/);
      assert.match(diagnose(await collectEvidence(place, end.snapshot), end.message).cause, cause);
    }
  });

  it('waits for the deadline when it is not allowed to read why a volume is not mounted', async () => {
    const everything = { verbs: ['get', 'list', 'patch', 'watch'], apiGroups: ['apps'], resources: ['*'] };
    const podsOnly = { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['pods', 'pods/log'] };
    for (const [rules, outcome, trouble] of [
      [[everything, podsOnly], 'timedOut', /ContainerCreating/],
      [[everything, { ...podsOnly, resources: ['*'] }], 'failed', /FailedMount: .*configmap "rules" not found/],
    ] as const) {
      await cluster.close();
      cluster = await openTestCluster({
        timeScale: 0,
        users: [{ name: 'reader', groups: [], token: 'reader-token', rules }],
      });
      const deployment = scoringDeployment('score:1', { replicas: 1 });
      const pod = deployment.spec?.template.spec;
      assert.ok(pod);
      Object.assign(pod, { volumes: [{ name: 'rules', configMap: { name: 'rules' } }] });
      const end = await follow(await deploy(deployment), { minutes: 2 });
      assert.equal(end.outcome, outcome, end.message);
      assert.match(end.message, trouble);
    }
  });

  it('needs no permission to watch, and survives transient faults', async () => {
    const rules = [{ verbs: ['get', 'list', 'patch'], apiGroups: ['*'], resources: ['*'] }];
    await cluster.close();
    cluster = await openTestCluster({ users: [{ name: 'reader', groups: [], token: 'reader-token', rules }] });
    cluster.kubernetes.faults.add({ method: 'GET', path: '*/pods', effect: 'status', status: 503, from: 2, times: 2 });
    cluster.kubernetes.faults.add({ method: 'GET', path: '*/replicasets', effect: 'reset', from: 3 });
    const end = await follow(await deploy(scoringDeployment('slow:1')));
    assert.equal(end.outcome, 'done', end.message);
  });

  it('fails with the missing rule when it is not allowed to read', async () => {
    const rules = [{ verbs: ['get', 'list', 'patch'], apiGroups: ['apps'], resources: ['deployments'] }];
    await cluster.close();
    cluster = await openTestCluster({ users: [{ name: 'reader', groups: [], token: 'reader-token', rules }] });
    const applied = await deploy(scoringDeployment('slow:1'));
    await assert.rejects(
      follow(applied),
      /Role and a RoleBinding: apiGroups \["(apps)?"\], resources \["(replicasets|pods)"\], verbs \["list"\]/,
    );
  });

  it('shows the log of the container before its last restart', async () => {
    const end = await follow(await deploy(scoringDeployment('crash:1')), { minStableSeconds: 30 });
    const { evidence } = diagnose(await collectEvidence(cluster.client, end.snapshot), end.message);
    const log = evidence.find(({ title }) => title.startsWith('Log of container score'));
    assert.match(log?.title ?? '', /before its last restart$/);
    assert.match(log?.text ?? '', /Traceback/);
  });

  it('stops when somebody else deploys meanwhile', async () => {
    const applied = await deploy(scoringDeployment('unready:1'));
    const following = follow(applied);
    await cluster.client.mergePatch(deployments, 'score', {
      spec: { template: { metadata: { annotations: { by: 'another' } } } },
    });
    const end = await following;
    assert.equal(end.outcome, 'superseded');
    assert.match(end.message, /something else was deployed meanwhile/);
  });

  it('continues when an autoscaler changes the replicas meanwhile', async () => {
    const following = follow(await deploy(scoringDeployment('slow:1')));
    await cluster.client.mergePatch(deployments, 'score', { spec: { replicas: 3 } });
    const end = await following;
    assert.equal(end.outcome, 'done');
    assert.match(end.message, /3 replicas/);
  });

  it('stops when the Deployment is deleted meanwhile', async () => {
    const following = follow(await deploy(scoringDeployment('unready:1')));
    assert.equal(await cluster.client.delete(deployments, 'score'), true);
    assert.match((await following).message, /it was deleted meanwhile/);
  });

  it('waits until it has been stable for some time', async () => {
    const applied = await deploy(scoringDeployment('score:1'));
    const startedAt = cluster.clock.now();
    const end = await follow(applied, { minStableSeconds: 60 });
    assert.equal(end.outcome, 'done');
    assert.ok(cluster.clock.now() - startedAt >= 60_000);
  });

  describe('at its deadline', () => {
    const images = { 'late:1': { exit: { code: 1, afterSeconds: 90 } } };
    beforeEach(async () => {
      await cluster.close();
      cluster = await openTestCluster({ timeScale: 0, images });
    });

    it('waits for the last seconds of a rollout that is complete', async () => {
      const applied = await deploy(scoringDeployment('score:1'));
      const startedAt = cluster.clock.now();
      const end = await follow(applied, { minutes: 1, minStableSeconds: 120 });
      assert.equal(end.outcome, 'done', end.message);
      assert.ok(cluster.clock.now() - startedAt < 200_000);
    });

    it('says what is awaited, not that it is done, when a container then ends', async () => {
      const end = await follow(await deploy(scoringDeployment('late:1')), { minutes: 1, minStableSeconds: 600 });
      assert.equal(end.outcome, 'timedOut');
      assert.match(end.message, /^Deployment score: not done in time: .*(new pods: |replicas are available|restarted)/);
      assert.doesNotMatch(end.message, /successfully/);
    });

    it('waits no longer for one that has not even begun to be stable', async () => {
      const applied = await deploy(scoringDeployment('unready:1'));
      const startedAt = cluster.clock.now();
      const end = await follow(applied, { minutes: 1, minStableSeconds: 600 });
      assert.equal(end.outcome, 'timedOut');
      assert.ok(cluster.clock.now() - startedAt < 80_000);
    });

    it('says what was seen last, and why nothing was seen since', async () => {
      const applied = await deploy(scoringDeployment('score:1'));
      const { agent, kubernetes } = cluster;
      const log = agent.log.bind(agent);
      agent.log = (text) => {
        log(text);
        if (!text.includes('all replicas are available')) return;
        kubernetes.faults.add({ method: 'GET', path: '*/deployments', effect: 'status', status: 503, times: 1000 });
      };
      const end = await follow(applied, { minutes: 2, minStableSeconds: 30 });
      assert.equal(end.outcome, 'timedOut');
      assert.match(
        end.message,
        /not done in time: all replicas are available; waiting 30 s without a restart\. The last attempt to read it failed: .*503/,
      );
    });
  });

  it('survives watches that break off, and expired versions', async () => {
    const applied = await deploy(scoringDeployment('slow:1'));
    const following = follow(applied);
    const { kubernetes, clock } = cluster;
    for (let count = 0; count < 5; count++) {
      await clock.sleep(2000);
      kubernetes.compact();
      kubernetes.dropWatches();
    }
    assert.equal((await following).outcome, 'done');
  });

  it('rejects with the reason of the signal', async () => {
    const applied = await deploy(scoringDeployment('unready:1'));
    const cancel = new AbortController();
    const { clock, client, agent } = cluster;
    const context = testContext({ agent, clock, signal: cancel.signal, deadline: clock.now() + 600_000 });
    const following = watchRollout(client, { applied }, context);
    await clock.sleep(3000);
    cancel.abort(new CancelledError());
    await assert.rejects(following, CancelledError);
    const { items } = await client.list(pods, { labelSelector: 'app=score' });
    assert.ok(items.length > 0, 'the rollout itself goes on');
  });
});
