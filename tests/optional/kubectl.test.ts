import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../sandbox/kubernetes/json';
import { type Kubernetes, startKubernetes } from '../../sandbox/kubernetes/kubernetes';
import { deployment, type DeploymentFields, service } from '../sandbox/kubernetes/clusterClient';

const kubectl = process.env.KUBECTL ?? 'kubectl';

describe('the Kubernetes sandbox, used by the real kubectl', function () {
  this.timeout(120_000);
  let cluster: Kubernetes;
  let folder: string;

  before(async function () {
    if (spawnSync(kubectl, ['version', '--client']).status !== 0) {
      process.stderr.write('SKIPPED: there is no kubectl on the PATH, and KUBECTL names none.\n');
      this.skip();
    }
    cluster = await startKubernetes({
      timeScale: 10,
      users: [
        { name: 'admin', groups: ['system:masters'], token: 'admin-token' },
        {
          name: 'reader',
          groups: [],
          token: 'reader-token',
          rules: [{ verbs: ['get', 'list', 'watch'], apiGroups: ['', 'apps'], resources: ['pods', 'deployments'] }],
        },
      ],
    });
    folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
    for (const user of ['admin', 'reader']) await writeFile(join(folder, user), cluster.kubeconfig(user));
  });
  after(async () => {
    if (!folder) return;
    await cluster.close();
    await rm(folder, { recursive: true });
  });

  const environment = (user: string) => ({ PATH: process.env.PATH, HOME: folder, KUBECONFIG: join(folder, user) });
  interface Run {
    readonly code: number;
    readonly out: string;
  }
  function runAs(user: string, ...args: string[]): Promise<Run> {
    return new Promise((resolve) => {
      execFile(kubectl, args, { env: environment(user), cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, out: stdout + stderr }),
      );
    });
  }
  /** Runs kubectl as the administrator; it has to succeed. */
  async function run(...args: string[]): Promise<string> {
    const { code, out } = await runAs('admin', ...args);
    assert.equal(code, 0, out);
    return out;
  }
  async function applyFile(config: JsonObject, ...args: string[]): Promise<Run> {
    await writeFile(join(folder, 'a.json'), JSON.stringify(config));
    return runAs('admin', 'apply', '-f', 'a.json', ...args);
  }
  const web = (fields: DeploymentFields = {}) =>
    deployment({ replicas: 2, ...fields, spec: { progressDeadlineSeconds: 20, ...fields.spec } });

  it('applies the same object twice on the server side, and waits for the rollout', async () => {
    for (let time = 0; time < 2; time++) {
      const { code, out } = await applyFile(web(), '--server-side');
      assert.deepEqual([code, out], [0, 'deployment.apps/web serverside-applied\n']);
    }
    assert.match(await run('rollout', 'status', 'deploy/web'), /successfully rolled out/);
    assert.match(await run('get', 'deploy', 'web'), /^NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\nweb\s+2\/2\s+2\s+2/);
  });

  it('uses the field validation of the server', async () => {
    const { code, out } = await applyFile(web({ container: { imagePolicy: 'Always' } }));
    assert.equal(code, 1);
    assert.match(out, /strict decoding error: unknown field "spec\.template\.spec\.containers\[0\]\.imagePolicy"/);
  });

  it('reports a conflict of field managers', async () => {
    const { code, out } = await applyFile(web({ replicas: 5 }), '--server-side', '--field-manager=other');
    assert.equal(code, 1);
    assert.match(out, /Apply failed with 1 conflict: conflict with "kubectl": \.spec\.replicas/);
    assert.match(out, /Please review the fields above--they currently have other managers/);
    const forced = await applyFile(web(), '--server-side', '--field-manager=other', '--force-conflicts');
    assert.equal(forced.code, 0, forced.out);
  });

  it('takes over what it applied on the client side, and removes what is no longer applied', async () => {
    const env = (...names: string[]): JsonObject =>
      deployment({ name: 'moved', container: { env: names.map((name) => ({ name, value: name })) } });
    assert.equal((await applyFile(env('A', 'B'))).code, 0);
    const refused = await applyFile(env('A', 'A'), '--server-side');
    assert.equal(refused.code, 1);
    assert.match(refused.out, /containers\[name="score"\]\.env: duplicate entries for key \[name="A"\]/);
    const moved = await applyFile(env('A'), '--server-side');
    assert.equal(moved.code, 0, moved.out);
    const names = 'jsonpath={.spec.template.spec.containers[0].env[*].name}';
    assert.equal(await run('get', 'deploy', 'moved', '-o', names), 'A');
  });

  it('shows a failed rollout and its history, and rolls it back', async () => {
    await run('set', 'image', 'deploy/web', 'score=model-not-found:2');
    const { code, out } = await runAs('admin', 'rollout', 'status', 'deploy/web');
    assert.equal(code, 1);
    assert.match(out, /deployment "web" exceeded its progress deadline/);
    assert.match(await run('rollout', 'history', 'deploy/web'), /REVISION\s+CHANGE-CAUSE\n1\s+<none>\n2\s+<none>/);
    const described = await run('describe', 'deploy', 'web');
    assert.match(described, /Progressing\s+False\s+ProgressDeadlineExceeded/);
    assert.match(described, /NewReplicaSet:\s+web-\w+ \(1\/1 replicas created\)/);
    assert.match(await run('get', 'pods'), /ErrImagePull|ImagePullBackOff/);
    assert.match(await run('describe', 'pods'), /Failed to pull image "model-not-found:2"/);
    assert.match(await run('rollout', 'undo', 'deploy/web'), /rolled back/);
    assert.match(await run('rollout', 'status', 'deploy/web'), /successfully rolled out/);
    assert.match(await run('rollout', 'history', 'deploy/web'), /REVISION\s+CHANGE-CAUSE\n2\s+<none>\n3\s+<none>/);
  });

  it('pauses, resumes, restarts and scales', async () => {
    await run('rollout', 'pause', 'deploy/web');
    await run('set', 'image', 'deploy/web', 'score=good:3');
    await run('rollout', 'resume', 'deploy/web');
    await run('rollout', 'restart', 'deploy/web');
    await run('scale', 'deploy/web', '--replicas=3');
    await run('rollout', 'status', 'deploy/web');
    assert.match(
      await run(
        'get',
        'deploy',
        'web',
        '-o',
        'jsonpath={.status.availableReplicas} {.spec.template.spec.containers[0].image}',
      ),
      /^3 good:3$/,
    );
    await run('wait', '--for=condition=Available', 'deploy/web', '--timeout=20s');
  });

  it('reads logs, also of the previous container after a crash', async () => {
    await applyFile(deployment({ name: 'broken', image: 'model-crash:1' }), '--server-side');
    await run(
      'wait',
      '--for=jsonpath={.status.containerStatuses[0].restartCount}=1',
      'pod',
      '-l',
      'app=broken',
      '--timeout=20s',
    );
    assert.match(await run('logs', 'deploy/broken', '--tail=1'), /^ModuleNotFoundError/);
    assert.match(await run('logs', '-l', 'app=broken', '--previous'), /Traceback/);
    await run('delete', 'deploy', 'broken');
  });

  it('watches pods until they exist', async () => {
    const watching: ChildProcess = spawn(kubectl, ['get', 'pods', '-w', '-l', 'app=seen'], {
      env: environment('admin'),
    });
    let seen = '';
    watching.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await applyFile(deployment({ name: 'seen' }), '--server-side');
    while (!/Running/.test(seen) && watching.exitCode === null) await once(watching.stdout ?? watching, 'data');
    const ended = once(watching, 'exit');
    watching.kill();
    await ended;
    assert.match(seen, /Pending|ContainerCreating/);
    await run('delete', 'deploy', 'seen', '--cascade=foreground');
    assert.equal((await runAs('admin', 'get', 'rs', '-l', 'app=seen', '-o', 'name')).out, '');
  });

  it('applies on the client side, prunes fields and patches', async () => {
    const config = (data: Record<string, string>) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c' },
      data,
    });
    await applyFile(config({ a: '1', b: '2' }));
    const { out } = await applyFile(config({ b: '3' }));
    assert.equal(out, 'configmap/c configured\n');
    assert.equal(await run('get', 'cm', 'c', '-o', 'jsonpath={.data}'), '{"b":"3"}');
    await run(
      'patch',
      'cm',
      'c',
      '--type=json',
      '-p',
      '[{"op":"test","path":"/data/b","value":"3"},{"op":"remove","path":"/data/b"}]',
    );
    await run('label', 'cm', 'c', 'a=b');
    assert.match(await run('diff', '-f', 'a.json').catch((error: unknown) => String(error)), /\+\s+b: "3"/);
    await run('delete', 'cm', 'c');
  });

  it('checks its permissions', async () => {
    assert.equal((await runAs('reader', 'auth', 'can-i', 'list', 'pods')).out, 'yes\n');
    const { code, out } = await runAs('reader', 'auth', 'can-i', 'create', 'deployments');
    assert.deepEqual([code, out.trim()], [1, 'no']);
    assert.match(
      (await runAs('reader', 'auth', 'can-i', '--list')).out,
      /deployments\.apps\s+\[\]\s+\[\]\s+\[get list watch\]/,
    );
    assert.match(
      (await runAs('reader', 'get', 'secrets')).out,
      /Error from server \(Forbidden\): secrets is forbidden: User "reader" cannot list resource "secrets" in API group "" in the namespace "default"/,
    );
  });

  it('explains fields, lists resources and shows events', async () => {
    assert.match(await run('explain', 'deployment.spec.strategy'), /rollingUpdate/);
    assert.match(await run('api-resources', '--no-headers'), /horizontalpodautoscalers\s+hpa\s+autoscaling\/v2/);
    assert.match(await run('get', 'events'), /Scaled up replica set/);
    assert.match(await run('describe', 'node'), /Ready\s+True/);
  });

  it('creates, exposes and describes services, autoscalers and budgets', async () => {
    await applyFile(
      { ...service('web', { type: 'LoadBalancer', ports: [{ port: 48124, targetPort: 5001 }] }) },
      '--server-side',
    );
    await run('wait', '--for=jsonpath={.status.loadBalancer.ingress[0].ip}', 'svc/web', '--timeout=20s');
    assert.match(await run('describe', 'svc', 'web'), /Ensured load balancer/);
    assert.match(await run('get', '--raw', '/api/v1/namespaces/default/services/web/proxy/score'), /"path":"\/score"/);
    const budget = { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } };
    await applyFile({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web' }, spec: budget });
    assert.match(await run('describe', 'pdb', 'web'), /Allowed disruptions:\s+1/);
    const scaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 4,
        maxReplicas: 6,
      },
    };
    await applyFile(scaler, '--server-side');
    await run('wait', '--for=jsonpath={.spec.replicas}=4', 'deploy/web', '--timeout=20s');
    assert.match(
      await run('describe', 'hpa', 'web'),
      /New size: 4; reason: Current number of replicas below Spec\.MinReplicas/,
    );
  });

  it('deletes everything', async () => {
    await run('create', 'namespace', 'team');
    await applyFile(deployment({ name: 'd' }), '-n', 'team');
    await run('delete', 'namespace', 'team');
    await run('delete', 'deploy,svc,hpa,pdb', '--all');
    assert.match((await runAs('admin', 'get', 'deploy')).out, /No resources found/);
  });
});
