import assert from 'node:assert/strict';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from '../../../sandbox/kubernetes/kubernetes';
import { serveByHandler } from '../../../sandbox/kubernetes/pods/serving';
import type { Pod } from '../../../sandbox/kubernetes/types';
import { apply, ask, deployment, type DeploymentFields, deploymentsPath, podsPath } from './clusterClient';
import { sharedAuthority } from '../../support/sharedKeys';

describe('pods of the Kubernetes sandbox', () => {
  let cluster: Kubernetes;
  async function start(options: KubernetesOptions = {}): Promise<void> {
    cluster = await startKubernetes({ timeScale: 0, authority: await sharedAuthority(), ...options });
  }
  afterEach(() => cluster.close());

  async function put(fields: DeploymentFields = {}): Promise<void> {
    const { status, text } = await apply(cluster, `${deploymentsPath}/web`, deployment(fields));
    assert.ok(status < 300, text);
  }
  const pass = (seconds: number) => cluster.clock.advance(seconds * 1000);
  const pod = (): Pod => {
    const found = cluster.store.list('pods', 'default').at(-1);
    assert.ok(found);
    return found;
  };
  const container = () => {
    const status = pod().status.containerStatuses?.[0];
    assert.ok(status);
    return status;
  };
  const events = () =>
    cluster.store
      .list('events', 'default')
      .filter(({ involvedObject }) => involvedObject.kind === 'Pod')
      .sort((a, b) => (a.metadata.name.split('.')[1] ?? '').localeCompare(b.metadata.name.split('.')[1] ?? ''))
      .map(({ reason, message, count }) => ({ reason, message, count }));
  const logs = (query = '') => ask(cluster, `${podsPath}/${pod().metadata.name}/log${query}`);

  it('report the same states and events at their start as a kubelet', async () => {
    await start();
    await put();
    await pass(3);
    assert.deepEqual(
      events().map(({ reason }) => reason),
      ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started'],
    );
    const { phase, podIP, conditions = [] } = pod().status;
    assert.deepEqual([phase, container().ready, container().restartCount], ['Running', true, 0]);
    assert.match(podIP ?? '', /^10\.244\./);
    assert.deepEqual(
      conditions.map(({ type, status }) => `${type}=${status}`),
      ['PodScheduled=True', 'PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True'],
    );
  });

  it('with an image that does not exist back off', async () => {
    await start();
    await put({ image: 'reg.example.com/model-not-found:7' });
    await pass(2);
    assert.equal(container().state.waiting?.reason, 'ErrImagePull');
    assert.match(container().state.waiting?.message ?? '', /model-not-found:7: not found$/);
    await pass(5);
    assert.equal(container().state.waiting?.reason, 'ImagePullBackOff');
    await pass(120);
    assert.ok((events().find(({ message }) => message === 'Error: ErrImagePull')?.count ?? 0) >= 3);
    assert.equal((await logs()).status, 400);
  });

  it('with a registry that refuses pulls start when it works again', async () => {
    await start({ images: { 'reg.example.com/m:1': { pullError: { kind: 'unauthorized', healsAfterSeconds: 30 } } } });
    await put({ image: 'reg.example.com/m:1' });
    await pass(5);
    assert.match(container().state.waiting?.message ?? '', /401 Unauthorized/);
    await pass(60);
    assert.equal(container().ready, true);
  });

  it('that crash are restarted with increasing delays, and keep the log of the previous container', async () => {
    await start();
    await put({ image: 'model-crash:1' });
    await pass(6);
    assert.equal(container().restartCount, 1);
    assert.equal(container().state.waiting?.reason, 'CrashLoopBackOff');
    assert.match(container().state.waiting?.message ?? '', /^back-off 10s restarting failed container=score pod=web-/);
    assert.deepEqual(
      [container().lastState.terminated?.exitCode, container().lastState.terminated?.reason],
      [1, 'Error'],
    );
    assert.match((await logs()).text, /^Traceback[^]*ModuleNotFoundError: No module named 'sklearn'\n$/);
    assert.match((await logs('?previous=true')).text, /ModuleNotFoundError/);
    await pass(40);
    assert.equal(container().restartCount, 3);
    assert.match(container().state.waiting?.message ?? '', /^back-off 40s/);
    assert.ok(
      events().some(
        ({ reason, message }) =>
          reason === 'BackOff' && message.startsWith('Back-off restarting failed container score'),
      ),
    );
  });

  it('that use too much memory are killed', async () => {
    await start();
    await put({ image: 'model-oom:1' });
    await pass(4);
    const { exitCode, reason } = container().state.terminated ?? container().lastState.terminated ?? {};
    assert.deepEqual([exitCode, reason], [137, 'OOMKilled']);
  });

  it('that start slowly become ready after their start time', async () => {
    await start();
    await put({ image: 'model-slow:1' });
    await pass(15);
    assert.equal(container().ready, false);
    assert.match(
      events().find(({ reason }) => reason === 'Unhealthy')?.message ?? '',
      /^Readiness probe failed: Get "http:\/\/10\.244\.\d+\.\d+:5001\/": dial tcp .*: connect: connection refused$/,
    );
    await pass(10);
    assert.equal(container().ready, true);
  });

  it('that never become ready fail their probe with 503', async () => {
    await start();
    await put({ image: 'model-unready:1' });
    await pass(30);
    const unhealthy = events().find(({ reason }) => reason === 'Unhealthy');
    assert.equal(unhealthy?.message, 'Readiness probe failed: HTTP probe failed with statuscode: 503');
    assert.ok((unhealthy.count ?? 0) > 10);
  });

  it('are restarted when they fail their startup probe', async () => {
    await start();
    const startupProbe = { httpGet: { path: '/', port: 5001 }, periodSeconds: 2, failureThreshold: 3 };
    await put({ image: 'model-unready:1', container: { startupProbe } });
    await pass(20);
    assert.ok(container().restartCount >= 1);
    assert.ok(events().some(({ message }) => message === 'Container score failed startup probe, will be restarted'));
  });

  it('are ready according to the response of their service to probes', async () => {
    let status = 200;
    const serve = serveByHandler(() => ({ status, headers: {}, body: Buffer.alloc(0) }));
    await start({ images: { 'm:1': { serve } } });
    await put({ image: 'm:1' });
    await pass(5);
    assert.equal(container().ready, true);
    status = 500;
    await pass(5);
    assert.equal(container().ready, false);
    assert.ok(
      events().some(({ message }) => message === 'Readiness probe failed: HTTP probe failed with statuscode: 500'),
    );
  });

  it('with a root image do not start with runAsNonRoot', async () => {
    await start();
    await put({ image: 'model-root:1', pod: { securityContext: { runAsNonRoot: true } } });
    await pass(3);
    assert.equal(container().state.waiting?.reason, 'CreateContainerConfigError');
    assert.match(
      container().state.waiting?.message ?? '',
      /^container has runAsNonRoot and image will run as root \(pod: "web-/,
    );
    await put({ image: 'model-root:1', pod: { securityContext: { runAsNonRoot: true, runAsUser: 1000 } } });
    await pass(20);
    assert.equal(container().ready, true);
  });

  it('wait for their secrets and config maps', async () => {
    await start();
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } }];
    const volumes = [{ name: 'config', configMap: { name: 'config' } }];
    await put({ container: { env }, pod: { volumes } });
    await pass(3);
    assert.ok(
      events().some(
        ({ reason, message }) =>
          reason === 'FailedMount' &&
          message === 'MountVolume.SetUp failed for volume "config" : configmap "config" not found',
      ),
    );
    await ask(cluster, '/api/v1/namespaces/default/configmaps', {
      method: 'POST',
      body: { metadata: { name: 'config' } },
    });
    await pass(10);
    assert.deepEqual(container().state.waiting, {
      reason: 'CreateContainerConfigError',
      message: 'secret "keys" not found',
    });
    await ask(cluster, '/api/v1/namespaces/default/secrets', {
      method: 'POST',
      body: { metadata: { name: 'keys' }, stringData: { key: '1' } },
    });
    await pass(20);
    assert.equal(container().ready, true);
  });

  it('wait for capacity on the node', async () => {
    await start({ node: { cpu: '2' } });
    await put({ container: { resources: { requests: { cpu: '1500m' } } }, replicas: 2 });
    await pass(5);
    const waiting = cluster.store.list('pods', 'default').find(({ spec }) => spec.nodeName === undefined);
    const condition = waiting?.status.conditions?.[0];
    assert.deepEqual([waiting?.status.phase, condition?.reason], ['Pending', 'Unschedulable']);
    assert.match(condition?.message ?? '', /^0\/1 nodes are available: 1 Insufficient cpu\./);
    await put({ container: { resources: { requests: { cpu: '1500m' } } }, replicas: 1 });
    await pass(5);
    assert.deepEqual([cluster.store.list('pods', 'default').length, pod().status.phase], [1, 'Running']);
  });

  it('run their init containers first', async () => {
    await start({ images: { 'init:1': { exit: { code: 0, afterSeconds: 5 } } } });
    await put({ pod: { initContainers: [{ name: 'fetch', image: 'init:1' }] } });
    await pass(4);
    assert.deepEqual([pod().status.phase, container().state.waiting?.reason], ['Pending', 'PodInitializing']);
    const init = () => pod().status.initContainerStatuses?.[0];
    assert.deepEqual([init()?.ready, init()?.started, init()?.state.running !== undefined], [false, true, true]);
    const waiting = pod().status.conditions?.find(({ type }) => type === 'Initialized');
    assert.equal(waiting?.message, 'containers with incomplete status: [fetch]');
    await pass(10);
    assert.deepEqual([pod().status.phase, container().ready], ['Running', true]);
    assert.deepEqual([init()?.ready, init()?.started, init()?.state.terminated?.reason], [true, false, 'Completed']);
  });

  it('are not ready to start containers until their volumes are mounted', async () => {
    await start();
    await put({ pod: { volumes: [{ name: 'config', configMap: { name: 'config' } }] } });
    const condition = () => pod().status.conditions?.find(({ type }) => type === 'PodReadyToStartContainers');
    await pass(3);
    assert.deepEqual([condition()?.status, container().state.waiting?.reason], ['False', 'ContainerCreating']);
    await ask(cluster, '/api/v1/namespaces/default/configmaps', {
      method: 'POST',
      body: { metadata: { name: 'config' } },
    });
    await pass(10);
    assert.equal(condition()?.status, 'True');
  });

  it('whose program does not exist report why in their last state', async () => {
    await start();
    await put({ image: 'no-program:1' });
    await pass(1);
    assert.equal(container().state.waiting?.reason, 'RunContainerError');
    await pass(10);
    const { state, lastState } = container();
    assert.deepEqual(
      [state.waiting?.reason, lastState.terminated?.reason, lastState.terminated?.exitCode],
      ['CrashLoopBackOff', 'StartError', 128],
    );
    assert.match(
      lastState.terminated?.message ?? '',
      /exec: "gunicorn": executable file not found in \$PATH: unknown$/,
    );
  });

  it('terminate when their restart policy is Never', async () => {
    await start({ images: { 'job:1': { exit: { code: 0 } }, 'job:2': { exit: { code: 3 } } } });
    for (const tag of [1, 2]) {
      const spec = { restartPolicy: 'Never', containers: [{ name: 'c', image: `job:${tag}` }] };
      await ask(cluster, podsPath, { method: 'POST', body: { metadata: { name: `job-${tag}` }, spec } });
    }
    await pass(10);
    assert.deepEqual(
      cluster.store.list('pods', 'default').map(({ status }) => status.phase),
      ['Succeeded', 'Failed'],
    );
  });

  it('have a grace period to stop', async () => {
    await start({ images: { 'slow-stop:1': { stopSeconds: 20 } } });
    await put({ image: 'slow-stop:1', replicas: 1 });
    await pass(3);
    await put({ image: 'slow-stop:1', replicas: 0 });
    await pass(10);
    assert.ok(pod().metadata.deletionTimestamp);
    assert.ok(events().some(({ reason, message }) => reason === 'Killing' && message === 'Stopping container score'));
    await pass(15);
    assert.deepEqual(cluster.store.list('pods', 'default'), []);
  });

  it('return parts of their logs', async () => {
    await start({ images: { 'm:1': { logs: ['one', 'two', 'three'] } } });
    await put({ image: 'm:1' });
    await pass(5);
    assert.equal((await logs()).text, 'one\ntwo\nthree\n');
    assert.equal((await logs('?tailLines=2')).text, 'two\nthree\n');
    assert.equal((await logs('?limitBytes=5')).text, 'one\nt');
    assert.equal((await logs('?sinceSeconds=1')).text, '');
    assert.match((await logs('?timestamps=true&tailLines=1')).text, /^\d{4}-\d\d-\d\dT[\d:.]+Z three\n$/);
    const missing = await logs('?previous=true');
    assert.equal(
      missing.json.message,
      `previous terminated container "score" in pod "${pod().metadata.name}" not found`,
    );
    assert.equal((await logs('?container=other')).status, 400);
  });
});
