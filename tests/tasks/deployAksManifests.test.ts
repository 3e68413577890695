import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startKubernetes, type Kubernetes } from '../../sandbox/kubernetes/kubernetes';
import type { FakeAgent } from '../support/fakeAgent';
import { kubeconfigConnection, runDeployAks } from '../support/runDeployAks';
import { sharedAuthority } from '../support/sharedKeys';
import { steppedClock } from '../support/steppedClock';

type Inputs = Readonly<Record<string, string>>;

interface Containers {
  readonly image?: string;
  readonly sidecar?: string;
  readonly ports?: string;
  readonly labels?: string;
  readonly more?: string;
}

/** A Deployment whose pods have the label `app` with its name. */
function deployment(
  name: string,
  { image = `r.io/${name}:1`, sidecar = '', ports, labels, more = '' }: Containers = {},
) {
  const marks = labels ?? `{ app: ${name} }`;
  const main = `{ name: main, image: '${image}'${ports === undefined ? '' : `, ports: ${ports}`}${more} }`;
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec: { selector: { matchLabels: ${marks} }, template: { metadata: { labels: ${marks} }, spec: { containers: [${sidecar}${main}] } } }
---
`;
}
function service(
  name: string,
  { app = name, ports = '[{ port: 80 }]', type = 'ClusterIP' }: { app?: string; ports?: string; type?: string } = {},
) {
  return `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { type: ${type}, selector: { app: ${app} }, ports: ${ports} }\n---\n`;
}
const sample = { samplePayload: '{}', expectedJson: '$.path=/score' };

describe("DeployAks with a team's own manifests", function () {
  this.timeout(120_000);
  let kubernetes: Kubernetes;
  let folder: string;
  before(async () => {
    kubernetes = await startKubernetes({ timeScale: 0, authority: await sharedAuthority() });
    folder = await mkdtemp(path.join(tmpdir(), 'deploy-manifests-'));
  });
  after(async () => {
    await kubernetes.close();
    await rm(folder, { recursive: true });
  });

  async function run(manifests: string, inputs: Inputs = {}): Promise<FakeAgent> {
    await writeFile(path.join(folder, 'm.yaml'), manifests);
    return runDeployAks(
      { source: 'manifests', manifests: 'm.yaml', ...inputs },
      {
        clock: steppedClock(kubernetes.clock),
        folder,
        connections: { cluster: kubeconfigConnection(kubernetes.url, kubernetes.kubeconfig()) },
      },
    );
  }
  async function succeeds(manifests: string, inputs?: Inputs): Promise<FakeAgent> {
    const agent = await run(manifests, inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }
  async function fails(manifests: string, inputs?: Inputs): Promise<string> {
    const agent = await run(manifests, inputs);
    assert.equal(agent.end.result, 'Failed', agent.text());
    assert.doesNotMatch(agent.end.message, /internal error|defect/i);
    return agent.end.message;
  }
  const imageOf = (name: string) =>
    kubernetes.store
      .get('deployments', 'default', name)
      ?.spec.template.spec.containers.map(({ image }) => image)
      .join();

  const shop =
    deployment('store') +
    service('store', { ports: '[{ port: 6379 }]' }) +
    deployment('front') +
    service('front', { type: 'LoadBalancer' });

  it('speaks of the Deployment with the image, and asks it, wherever it is in the manifests', async () => {
    const { outputs, end } = await succeeds(shop, { ...sample, images: 'r.io/front:2' });
    assert.deepEqual(
      [outputs['deploymentName'], outputs['image'], outputs['revision']],
      ['front', 'r.io/front:2', '1'],
    );
    assert.match(outputs['scoringUri'] ?? '', /^http:\/\/127\./);
    assert.match(end.message, /^front runs r\.io\/front:2: http:\/\/127\./);
    const [pod] = kubernetes.store.list('pods', 'default').filter(({ metadata }) => metadata.labels?.app === 'front');
    assert.equal(pod?.status.containerStatuses?.[0]?.imageID.split('@')[1], outputs['digest']);
  });

  it('rolls the Deployment with the image back when it does not answer, and says so', async () => {
    const message = await fails(shop, { ...sample, images: 'r.io/front:3', expectedStatus: '201' });
    assert.match(message, /^The deployment of front failed\./);
    assert.match(message, /Rolled back to r\.io\/front:2/);
    assert.equal(imageOf('front'), 'r.io/front:2');
    assert.doesNotMatch(message, /store/);
  });

  it('requires the name where it is not told what serves and a sample is to be sent, before any call', async () => {
    kubernetes.requests.clear();
    const message = await fails(shop, sample);
    assert.match(message, /^Input 'serviceName' is required, because .* several Deployments .*: store, front\./);
    assert.match(await fails(shop, { action: 'promote' }), /^Input 'serviceName' is required/);
    assert.match(
      await fails(shop, { ...sample, serviceName: 'back' }),
      /'serviceName' names nothing .*Deployment store, Deployment front, Service store, Service front/,
    );
    assert.deepEqual(kubernetes.requests.list(), []);
    const named = await succeeds(shop, { ...sample, serviceName: 'store' });
    assert.deepEqual([named.outputs['image'], named.outputs['deploymentName']], ['r.io/store:1', 'store']);
    assert.match(named.outputs['scoringUri'] ?? '', /^http:\/\/store\.default\.svc\.cluster\.local:6379\//);
  });

  it('deploys all without a sample, sets no output about one of them, and warns', async () => {
    const all = shop.replaceAll('store', 'one').replaceAll('front', 'two');
    const { outputs, end, said } = await succeeds(all);
    assert.deepEqual(outputs, { rolledBack: 'false', resultState: 'Deployed' });
    assert.equal(end.message, 'one, two: each runs.');
    const warnings = said.filter(({ kind }) => kind === 'warning').map(({ text }) => text);
    assert.match(
      warnings.join('\n'),
      /outputs .*image.* are not set\. Input 'serviceName' is required, .*: one, two\./,
    );
    const again = await succeeds(all);
    assert.deepEqual([again.end.message, again.outputs['resultState']], ['one, two: each already runs.', 'Unchanged']);
    const deleted = await succeeds(all, { action: 'delete' });
    assert.match(deleted.end.message, /4 objects/);
  });

  it('tells of two Deployments with one image the one with a Service, and the image from that of a sidecar', async () => {
    const sidecar = "{ name: a-proxy, image: 'r.io/proxy:1', ports: [{ containerPort: 15090 }] }, ";
    const ports = '[{ name: http, containerPort: 5001 }]';
    const api =
      deployment('worker', { image: 'r.io/api:1' }) +
      deployment('api', { sidecar, ports }) +
      service('api', { ports: '[{ port: 80, targetPort: http }]' });
    const { outputs } = await succeeds(api, { ...sample, images: 'r.io/api:2' });
    assert.deepEqual([outputs['deploymentName'], outputs['image']], ['api', 'r.io/api:2']);
    const [pod] = kubernetes.store.list('pods', 'default').filter(({ metadata }) => metadata.labels?.app === 'api');
    const main = pod?.status.containerStatuses?.find(({ name }) => name === 'main');
    assert.equal(main?.imageID.split('@')[1], outputs['digest']);
    assert.equal(imageOf('worker'), 'r.io/api:2');
    const previous = await succeeds(api, { ...sample, images: 'r.io/api:3' });
    assert.equal(previous.outputs['previousImage'], 'r.io/api:2');
  });

  it('sends the sample to the pods themselves where no Service leads to them, or one leads to others too', async () => {
    const lone = deployment('lone', { ports: '[{ name: metrics, containerPort: 9090 }, { containerPort: 5001 }]' });
    const { said, outputs } = await succeeds(lone, sample);
    assert.ok(said.some(({ text }) => /^pod lone-\S+: the sample was answered as expected/.test(text)));
    assert.equal(outputs['scoringUri'], undefined);
    assert.match(
      await fails(lone, { ...sample, images: 'r.io/lone:2', expectedStatus: '201' }),
      /Rolled back|scaled to 0/,
    );

    const label = (version: string) => `{ app: both, version: ${version} }`;
    const both =
      deployment('v1', { labels: label('v1') }) + deployment('v2', { labels: label('v2') }) + service('both');
    const agent = await succeeds(both, { ...sample, images: 'r.io/v2:2' });
    assert.ok(agent.said.some(({ text }) => /^pod v2-\S+: the sample was answered as expected/.test(text)));
    assert.equal(agent.outputs['image'], 'r.io/v2:2');
  });

  it('asks the port for requests, which can be named', async () => {
    const ports = '[{ name: metrics, containerPort: 9090 }, { name: http, containerPort: 8080 }]';
    const named =
      deployment('np', { ports }) +
      service('np', {
        ports: '[{ name: metrics, port: 9090, targetPort: metrics }, { name: http, port: 8000, targetPort: http }]',
        type: 'LoadBalancer',
      });
    const { outputs } = await succeeds(named, sample);
    const live = kubernetes.store.get('services', 'default', 'np');
    const published = live?.status.loadBalancer.ingress?.[0]?.ports?.[1]?.port ?? 8000;
    assert.equal(new URL(outputs['scoringUri'] ?? '').port, String(published));

    const unclear =
      deployment('two', { ports: '[{ containerPort: 1 }, { containerPort: 2 }]' }) +
      service('two', { ports: '[{ name: a, port: 1 }, { name: b, port: 2 }]' });
    assert.match(
      await fails(unclear, sample),
      /^Input 'scoringPort' is required, because several ports of the Service two .*: a \(1\), b \(2\)\./,
    );
    assert.match(
      await fails(unclear, { ...sample, scoringPort: 'c' }),
      /'scoringPort' names no port of the Service two\. Its ports: a \(1\), b \(2\)\./,
    );
    const chosen = await succeeds(unclear, { ...sample, scoringPort: 'b' });
    assert.match(chosen.outputs['scoringUri'] ?? '', /:2\/score$/);
  });

  it('lists at once everything that the cluster would refuse, and sends it once', async () => {
    kubernetes.requests.clear();
    const message = await fails(
      deployment('typo', { more: ', imagePullPolciy: Always, stdin: "yes"' }) +
        deployment('size', { more: ', resources: { limits: { memory: lots } }' }) +
        service('typo', { ports: '[{ port: 70000 }]' }) +
        'apiVersion: example.com/v1\nkind: Model\nmetadata: { name: m }\n---\n' +
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: fine }\n',
    );
    assert.match(message, /^Nothing was deployed, because the cluster would refuse it:\n/);
    for (const line of [
      /^ {2}- The cluster has no kind Model in example\.com\/v1\./m,
      /^ {2}- Deployment typo: \.spec\.template\.spec\.containers\[name="main"\]\.imagePullPolciy: field not declared in schema$/m,
      /^ {2}- Deployment typo: .*\.stdin: expected boolean, got &\{yes\}$/m,
      /^ {2}- Deployment size: quantities must match/m,
      /^ {2}- Service typo: .*70000/m,
    ])
      assert.match(message, line);
    assert.doesNotMatch(message, /Tried|s that the call may take|fine/);
    const patches = kubernetes.requests.list().filter(({ method }) => method === 'PATCH');
    // Once more without the field that hid the rest of its container.
    const sent = patches.map(({ path: at }) => at.split('/').at(-1));
    assert.deepEqual(sent.sort(), ['fine', 'size', 'typo', 'typo', 'typo']);
    assert.equal(kubernetes.store.get('configmaps', 'default', 'fine'), undefined);
  });

  it('repeats a call after an error of the cluster that passes', async () => {
    const message = 'etcdserver: leader changed';
    kubernetes.faults.add({
      method: 'PATCH',
      effect: 'status',
      status: 500,
      times: 2,
      body: JSON.stringify({ kind: 'Status', message, code: 500 }),
    });
    await succeeds(deployment('retried'));
  });

  it('reads blank fields and lists as kubectl does, and tells kinds of two groups apart', async () => {
    const blank = deployment('blank').replace(
      '{ name: blank }',
      '{ name: blank, namespace: , labels: , annotations: }',
    );
    await succeeds(`${blank}apiVersion: v1\nkind: List\nitems:\n`, { namespace: 'default' });
    assert.match(
      await fails(`${blank}apiVersion: v1\nkind: List\nitems:\n-\n`),
      /m\.yaml, document 2: item 1 of the List is empty\./,
    );
    const twins = ['networking.istio.io/v1', 'gateway.networking.k8s.io/v1'].map(
      (group) => `apiVersion: ${group}\nkind: Gateway\nmetadata: { name: edge }\nspec: {}\n---\n`,
    );
    const knative = 'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: blank }\nspec: {}\n---\n';
    const message = await fails(blank + twins.join('') + knative);
    assert.doesNotMatch(message, /twice/);
    for (const group of ['networking.istio.io', 'gateway.networking.k8s.io', 'serving.knative.dev'])
      assert.match(message, new RegExp(`no kind \\w+ in ${group}/v1`));
  });

  it('refuses a variable that is plain and secret, in an input or the specification', async () => {
    const own = { source: 'service', manifests: '', serviceName: 'score', image: 'r.io/score:1' };
    const message = await fails('', { ...own, environment: 'KEY=a\nMODE=b', secrets: 'KEY=hunter2' });
    assert.equal(
      message,
      "Input 'secrets' contains KEY, which 'environment' contains too. Keep each name in one of them.",
    );
    const specFile = path.join(folder, 'spec.yml');
    await writeFile(specFile, 'environment: { KEY: a }');
    assert.match(
      await fails('', { ...own, specFile, secrets: 'KEY=b' }),
      /'secrets' contains KEY, which environment in 'specFile'/,
    );
    await succeeds('', { ...own, specFile, environment: 'OTHER=a', secrets: 'KEY=b', action: 'render' });
  });
});
