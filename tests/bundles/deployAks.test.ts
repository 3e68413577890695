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

describe('the DeployAks bundle', function () {
  this.timeout(90_000);
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
  async function deploy(run: string): Promise<ProcessEnd> {
    const kubeconfig = kubernetes.kubeconfig();
    const inputs = {
      ...{ connectionType: 'kubernetes', kubernetesConnection: 'cluster', namespace: 'default' },
      ...{ source: 'manifests', manifests: 'own.yaml', images: 'r.io:443/score:2' },
      ...{ samplePayload: '{"data": [1]}', smokeRequests: '1' },
    };
    const task = await startTaskProcess(await bundleOf('DeployAks'), {
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ENDPOINT_URL_cluster: kubernetes.url,
      ENDPOINT_AUTH_SCHEME_cluster: 'Kubernetes',
      ENDPOINT_AUTH_cluster: JSON.stringify({ scheme: 'Kubernetes', parameters: { kubeconfig } }),
      ENDPOINT_AUTH_PARAMETER_cluster_KUBECONFIG: kubeconfig,
      ENDPOINT_DATA_cluster_AUTHORIZATIONTYPE: 'Kubeconfig',
      SYSTEM_DEFAULTWORKINGDIRECTORY: folder,
      BUILD_BUILDNUMBER: run,
      BUILD_BUILDID: run,
    });
    const end = await task.end;
    assert.equal(end.result, 'Succeeded', end.output);
    return end;
  }

  it('takes over what kubectl applied, leaves replicas to their autoscaler, and applies a change of the Service alone', async () => {
    const { objects, store } = kubernetes;
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
});
