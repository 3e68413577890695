import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildControlPlane } from '../../tools/kubernetes/buildControlPlane';
import { KubernetesApi } from '../../tools/kubernetes/kubernetesApi';
import type { Condition, Pod } from '../../tools/kubernetes/pod';
import { startControlPlane } from '../../tools/kubernetes/startControlPlane';
import { openTestCluster, type TestCluster } from '../../tools/kubernetes/testCluster';
import { eventually } from '../support/eventually';

interface Deployment {
  readonly status: { readonly availableReplicas?: number; readonly conditions?: readonly Condition[] };
}
const deployments = '/apis/apps/v1/namespaces/default/deployments';

describe('the control plane for tests', function () {
  this.timeout(60_000);
  let cluster: TestCluster | undefined;
  let api: KubernetesApi;

  before(async function () {
    this.timeout(0); // the first build takes minutes
    cluster = await openTestCluster();
    if (!cluster?.controlPlane) {
      if (cluster) process.stderr.write('SKIPPED: only a control plane started here plays what these tests look at.\n');
      this.skip();
    }
    const { server, token, caFile } = cluster.controlPlane;
    api = new KubernetesApi(server, token, await readFile(caFile, 'utf8'));
  });
  after(async () => {
    if (!cluster?.controlPlane) return;
    api.close();
    await cluster.close();
    assert.equal(existsSync(path.dirname(cluster.kubeconfig)), false);
  });

  async function deploy(name: string, image: string, spec: object = {}): Promise<void> {
    const labels = { app: name };
    const { status, body } = await api.send('POST', deployments, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'score', image }] } },
        ...spec,
      },
    });
    assert.equal(status, 201, body);
  }
  const deployment = (name: string) => api.get<Deployment>(`${deployments}/${name}`);
  const condition = (of: Deployment | Pod, type: string) => of.status.conditions?.find((each) => each.type === type);

  /** The pod of a deployment and its container, once it is so. */
  async function podOf(app: string, isSo: (pod: Pod) => boolean) {
    const find = async () =>
      (await api.get<{ items: Pod[] }>(`/api/v1/namespaces/default/pods?labelSelector=app%3D${app}`)).items[0];
    const pod = await eventually(find, (seen) => seen !== undefined && isSo(seen));
    const container = pod?.status.containerStatuses?.[0];
    assert.ok(pod && container);
    return { pod, container };
  }
  const podPath = ({ metadata }: Pod) => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
  const waits = (reason: string) => (pod: Pod) => pod.status.containerStatuses?.[0]?.state.waiting?.reason === reason;

  it('makes the replicas of a deployment available', async () => {
    await deploy('normal', 'registry.example/score:1', { replicas: 3 });
    const { status } = await eventually(
      () => deployment('normal'),
      (seen) => seen.status.availableReplicas === 3,
    );
    assert.equal(status.conditions?.find(({ type }) => type === 'Available')?.status, 'True');
  });

  it('sees that a deployment whose containers crash makes no progress', async () => {
    await deploy('crash', 'registry.example/score-crash:1', { progressDeadlineSeconds: 2 });
    const { pod, container } = await podOf('crash', waits('CrashLoopBackOff'));
    assert.equal(pod.status.phase, 'Running');
    assert.equal(container.ready, false);
    assert.ok(container.restartCount >= 1);
    assert.equal(container.lastState.terminated?.exitCode, 1);
    assert.equal(container.lastState.terminated.reason, 'Error');
    const log = await api.send('GET', `${podPath(pod)}/log?previous=true&tailLines=1`);
    assert.deepEqual(log, { status: 200, body: "ModuleNotFoundError: No module named 'sklearn'\n" });
    const served = await api.send('GET', `${podPath(pod)}:5001/proxy/healthz`);
    assert.equal(served.status, 503, 'nothing runs there');

    const failed = await eventually(
      () => deployment('crash'),
      (seen) => condition(seen, 'Progressing')?.status === 'False',
    );
    assert.equal(condition(failed, 'Progressing')?.reason, 'ProgressDeadlineExceeded');
  });

  it('waits with a container whose image is not found', async () => {
    await deploy('missing', 'registry.example/score:not-found');
    const { pod, container } = await podOf('missing', waits('ImagePullBackOff'));
    assert.equal(pod.status.phase, 'Pending');
    assert.equal(condition(pod, 'Ready')?.reason, 'ContainersNotReady');
    assert.equal(container.restartCount, 0);
    const { status, body } = await api.send('GET', `${podPath(pod)}/log`);
    assert.equal(status, 400);
    assert.match(body, /is waiting to start: trying and failing to pull image/);
  });

  it('kills a container for its memory', async () => {
    await deploy('oom', 'registry.example/score:oom');
    const { container } = await podOf('oom', waits('CrashLoopBackOff'));
    assert.equal(container.lastState.terminated?.exitCode, 137);
    assert.equal(container.lastState.terminated.reason, 'OOMKilled');
  });

  it('runs a container that is never ready', async () => {
    await deploy('unready', 'registry.example/score:unready', { progressDeadlineSeconds: 2 });
    await eventually(
      () => deployment('unready'),
      (seen) => condition(seen, 'Progressing')?.reason === 'ProgressDeadlineExceeded',
    );
    const { pod, container } = await podOf('unready', () => true);
    assert.equal(condition(pod, 'Ready')?.status, 'False');
    assert.equal(container.ready, false);
    assert.ok(container.state.running);
  });

  it('makes a slow container ready in the end', async () => {
    await deploy('slow', 'registry.example/score:slow');
    const { pod } = await podOf('slow', (seen) => seen.status.phase === 'Running');
    assert.equal(condition(pod, 'Ready')?.status, 'False');
    await eventually(
      () => deployment('slow'),
      (seen) => seen.status.availableReplicas === 1,
    );
  });

  it('forwards requests to a pod, and through a service', async () => {
    await deploy('served', 'registry.example/score:2');
    const { pod } = await podOf('served', (seen) => seen.status.phase === 'Running');
    const answer = {
      status: 200,
      body: JSON.stringify({ pod: pod.metadata.name, images: ['registry.example/score:2'] }),
    };
    assert.deepEqual(await api.send('POST', `${podPath(pod)}:5001/proxy/score`, { data: [1] }), answer);

    const services = '/api/v1/namespaces/default/services';
    const spec = { selector: { app: 'served' }, ports: [{ port: 80, targetPort: 5001 }] };
    const { status, body } = await api.send('POST', services, { metadata: { name: 'served' }, spec });
    assert.equal(status, 201, body);
    const served = await eventually(
      () => api.send('POST', `${services}/served:80/proxy/score`, { data: [1] }),
      (seen) => seen.status === 200, // once there are endpoints
    );
    assert.deepEqual(served, answer);
  });

  it('refuses to apply a field that another manager owns', async () => {
    const config = (color: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'shared' },
      data: { color },
    });
    const apply = async (manager: string, color: string) =>
      await api.send(
        'PATCH',
        `/api/v1/namespaces/default/configmaps/shared?fieldManager=${manager}`,
        config(color),
        'application/apply-patch+yaml',
      );
    assert.equal((await apply('one', 'blue')).status, 201);
    assert.equal((await apply('one', 'blue')).status, 200);
    const { status, body } = await apply('two', 'green');
    assert.equal(status, 409);
    const refusal = JSON.parse(body) as { reason: string; details: { causes: { reason: string; field: string }[] } };
    assert.equal(refusal.reason, 'Conflict');
    assert.deepEqual(
      refusal.details.causes.map(({ reason, field }) => ({ reason, field })),
      [{ reason: 'FieldManagerConflict', field: '.data.color' }],
    );
  });

  it('returns the log of a program that does not start', async () => {
    const binaries = await buildControlPlane(() => assert.fail('It is built already.'));
    // kwok does not support the flags of the scheduler.
    await assert.rejects(startControlPlane({ ...binaries, scheduler: binaries.kwok }), {
      name: 'ToolError',
      message: /^kwok ended \(exit code 1\):[^]*unknown flag: --leader-elect/,
    });
  });
});
