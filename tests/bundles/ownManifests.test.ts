import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kubernetes, startKubernetes } from '../../sandbox/kubernetes/kubernetes';
import { bundleOf } from '../support/builtTasks';
import { sharedAuthority } from '../support/sharedKeys';
import { type ProcessEnd, startTaskProcess } from '../support/taskProcess';

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

describe('own manifests, with the bundle of DeployAks', function () {
  this.timeout(120_000);
  let kubernetes: Kubernetes;
  let folder: string;
  before(async () => {
    kubernetes = await startKubernetes({ timeScale: 100, authority: await sharedAuthority() });
    folder = await mkdtemp(join(tmpdir(), 'own-manifests-'));
    await writeFile(join(folder, 'shop.yaml'), workload('store') + workload('front'));
    await writeFile(join(folder, 'typo.yaml'), workload('typo', ', imagePullPolciy: Always, stdin: "yes"'));
    await writeFile(join(folder, 'list.yaml'), 'apiVersion: v1\nkind: List\nitems:\n-\n');
  });
  after(async () => {
    await kubernetes.close();
    await rm(folder, { recursive: true });
  });

  async function run(manifests: string, inputs: Readonly<Record<string, string>> = {}): Promise<ProcessEnd> {
    const kubeconfig = kubernetes.kubeconfig();
    const all = {
      connectionType: 'kubernetes',
      kubernetesConnection: 'cluster',
      source: 'manifests',
      manifests,
      ...inputs,
    };
    const process = await startTaskProcess(await bundleOf('DeployAks'), {
      ...Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      SYSTEM_DEFAULTWORKINGDIRECTORY: folder,
      ENDPOINT_URL_cluster: kubernetes.url,
      ENDPOINT_AUTH_SCHEME_cluster: 'Kubernetes',
      ENDPOINT_AUTH_cluster: JSON.stringify({ scheme: 'Kubernetes', parameters: { kubeconfig } }),
      ENDPOINT_AUTH_PARAMETER_cluster_KUBECONFIG: kubeconfig,
      ENDPOINT_DATA_cluster_AUTHORIZATIONTYPE: 'Kubeconfig',
    });
    return process.end;
  }

  it('are about the Deployment that gets the image; what the cluster would refuse is listed at once', async () => {
    const sample = { samplePayload: '{}', expectedJson: '$.path=/score' };
    const [deployed, unnamed, refused, empty] = await Promise.all([
      run('shop.yaml', { ...sample, images: 'r.io/front:2' }),
      run('shop.yaml', sample),
      run('typo.yaml'),
      run('list.yaml'),
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
});
