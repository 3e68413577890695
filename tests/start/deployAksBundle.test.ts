import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Kubernetes, startKubernetes } from '../../sandbox/kubernetes/kubernetes';
import { writesOf } from '../shared/kubernetes/deploy/writesOf';
import { bundleOf } from '../support/builtTasks';
import { eventually } from '../support/eventually';
import { ownManifests } from '../support/runDeployAks';
import { sharedAuthority } from '../support/sharedKeys';
import { type ProcessEnd, startTaskProcess } from '../support/taskProcess';

const settings = (data: string): string => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: own-settings }
data: { ${data} }
`;

/** A Deployment and its Service, which has another port first. */
const workload = (name: string, container = '') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: , labels: }
spec: { selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: a, image: 'r.io/${name}:1'${container} }] } } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ name: metrics, port: 9090 }, { name: http, port: 80 }] }
---
`;

describe('the DeployAks bundle', function () {
  this.timeout(240_000);
  let kubernetes: Kubernetes;
  let folder: string;
  beforeEach(async () => {
    kubernetes = await startKubernetes({ timeScale: 100, authority: await sharedAuthority() });
    folder = await mkdtemp(path.join(tmpdir(), 'deploy-aks-bundle-'));
  });
  afterEach(async () => {
    await kubernetes.close();
    await rm(folder, { recursive: true });
  });

  /** One run of the step, each in another run of the pipeline. */
  async function run(inputs: Readonly<Record<string, string>>, buildId = '1'): Promise<ProcessEnd> {
    const kubeconfig = kubernetes.kubeconfig();
    const all = { connectionType: 'kubernetes', kubernetesConnection: 'cluster', source: 'manifests', ...inputs };
    const task = await startTaskProcess(await bundleOf('DeployAks'), {
      ...Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ENDPOINT_URL_cluster: kubernetes.url,
      ENDPOINT_AUTH_SCHEME_cluster: 'Kubernetes',
      ENDPOINT_AUTH_cluster: JSON.stringify({ scheme: 'Kubernetes', parameters: { kubeconfig } }),
      ENDPOINT_AUTH_PARAMETER_cluster_KUBECONFIG: kubeconfig,
      ENDPOINT_DATA_cluster_AUTHORIZATIONTYPE: 'Kubeconfig',
      SYSTEM_DEFAULTWORKINGDIRECTORY: folder,
      BUILD_BUILDNUMBER: buildId,
      BUILD_BUILDID: buildId,
    });
    return await task.end;
  }

  it('takes over what kubectl applied, leaves replicas to their autoscaler, and applies a change of the Service alone', async () => {
    const { objects, store } = kubernetes;
    const deploy = async (buildId: string): Promise<ProcessEnd> => {
      const own = { namespace: 'default', manifests: 'own.yaml', images: 'r.io:443/score:2' };
      const end = await run({ ...own, samplePayload: '{"data": [1]}', smokeRequests: '1' }, buildId);
      assert.equal(end.result, 'Succeeded', end.output);
      return end;
    };
    const metadata = { name: 'own-settings' };
    const before = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1', b: '2' } };
    objects.create('configmaps', 'default', before, { manager: 'kubectl-client-side-apply' });
    const manifest = ownManifests('own') + settings("a: '1'");
    await writeFile(path.join(folder, 'own.yaml'), manifest);
    const first = await deploy('1');
    assert.equal(first.outputs['resultState'], 'Deployed');
    assert.match(first.output, /ConfigMap own-settings: took over .*kubectl-client-side-apply applied.*: \.data\.b$/m);
    assert.deepEqual(store.get('configmaps', 'default', 'own-settings')?.data, { a: '1' });

    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'own' };
    const spec = { scaleTargetRef, minReplicas: 4, maxReplicas: 9 };
    const scaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'theirs' },
      spec,
    };
    objects.create('horizontalpodautoscalers', 'default', scaler, { manager: 'kubectl-autoscale' });
    const live = () => store.get('deployments', 'default', 'own');
    await eventually(
      () => Promise.resolve(live()?.status.availableReplicas),
      (replicas) => replicas === 4,
    );
    await writeFile(path.join(folder, 'own.yaml'), manifest.replace('port: 80,', 'port: 8080,'));
    const second = await deploy('2');
    assert.equal(second.outputs['resultState'], 'Deployed');
    assert.match(second.output, /Service own-front was updated[^]*the sample was answered as expected/);
    assert.match(second.output, /4 replicas stay, because HorizontalPodAutoscaler theirs manages their number/);
    assert.equal(store.get('services', 'default', 'own-front')?.spec.ports?.[0]?.port, 8080);
    assert.equal(live()?.spec.replicas, 4);

    kubernetes.requests.clear();
    const third = await deploy('3');
    assert.equal(third.outputs['resultState'], 'Unchanged', third.output);
    assert.deepEqual(writesOf(kubernetes), []);
  });

  it('deploys the Deployment that gets the image, and lists what the cluster would refuse at once', async () => {
    await writeFile(path.join(folder, 'shop.yaml'), workload('store') + workload('front'));
    await writeFile(path.join(folder, 'typo.yaml'), workload('typo', ', imagePullPolciy: Always, stdin: "yes"'));
    await writeFile(path.join(folder, 'list.yaml'), 'apiVersion: v1\nkind: List\nitems:\n-\n');
    const sample = { samplePayload: '{}', expectedJson: '$.path=/score' };
    const [deployed, unnamed, refused, empty] = await Promise.all([
      run({ manifests: 'shop.yaml', ...sample, images: 'r.io/front:2' }),
      run({ manifests: 'shop.yaml', ...sample }),
      run({ manifests: 'typo.yaml' }),
      run({ manifests: 'list.yaml' }),
    ]);
    assert.equal(deployed.result, 'Succeeded', deployed.output);
    const { deploymentName, image, scoringUri } = deployed.outputs;
    assert.deepEqual([deploymentName, image], ['front', 'r.io/front:2']);
    assert.equal(scoringUri, 'http://front.default.svc.cluster.local/score');
    assert.deepEqual([unnamed.result, refused.result, empty.result], ['Failed', 'Failed', 'Failed']);
    assert.match(unnamed.output, /Input 'serviceName' is required, .*: store, front\./);
    assert.match(refused.output, /imagePullPolciy: field not declared in schema[^]*stdin: expected boolean/);
    assert.doesNotMatch(refused.output, /Tried \d+ times/);
    assert.match(empty.output, /list\.yaml: item 1 of the List is empty\./);
  });

  // That they appear nowhere else is checked for every process that any test starts: see taskProcess.
  it('announces the values of its secrets, also as a Secret has them, and sends them in a Secret only', async () => {
    const value = 'value+of/the=key';
    const secrets = JSON.stringify({ KEY: value, PIN: 13579, DEBUG: true });
    const settings = { serviceName: 'score', image: 'r.io/score:1', memory: '256Mi', namespace: 'default' };
    const { result, output, commands } = await run({ source: 'service', ...settings, secrets });
    assert.equal(result, 'Succeeded', output);
    const announced = commands.filter(({ name }) => name === 'task.setsecret').map(({ data }) => data);
    for (const secret of [value, '13579'])
      for (const form of [secret, Buffer.from(secret).toString('base64')]) assert.ok(announced.includes(form), form);
    // The agent would mask it in every line.
    assert.ok(!announced.includes('true'));
    const KEY = Buffer.from(value).toString('base64');
    assert.equal(
      kubernetes.store.list('secrets').find(({ data }) => data?.['KEY'] === KEY)?.data?.['DEBUG'],
      'dHJ1ZQ==',
    );
  });
});
