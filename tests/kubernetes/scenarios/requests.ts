import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deployments, services } from '../../../shared/kubernetes/client/resource';
import type { FakeAgent } from '../../support/fakeAgent';
import type { ClusterStage } from '../clusterStage';
import { anywhere, played, sample, type Scenario } from './scenario';

const manifests = { source: 'manifests', manifests: 'm.yaml' };

/** A Deployment with two ports, whose pods have the label `app` with its name. */
function deployment(name: string, container = '', metadata = ''): string {
  const ports = '[{ name: metrics, containerPort: 9090 }, { name: http, containerPort: 5001 }]';
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}${metadata} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: 'r.io/${name}:1', ports: ${ports}${container} }] }
---
`;
}
function service(name: string, spec = ''): string {
  const ports = '[{ name: metrics, port: 9090, targetPort: metrics }, { name: http, port: 80, targetPort: http }]';
  return `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { selector: { app: ${name} }, ports: ${ports}${spec} }\n---\n`;
}

const shop = deployment('store') + service('store') + deployment('front') + service('front');

/** What teams ask for in manifests of their own. */
export const requestScenarios: readonly Scenario[] = [
  played(
    'is the Deployment of a manifest that gets the image, and is asked on its port for requests',
    async (stage) => {
      await write(stage, shop);
      const { outputs } = await stage.succeeds({ ...manifests, ...sample, images: 'r.io/front:2' });
      const { deploymentName, image, revision, scoringUri } = outputs;
      assert.deepEqual([deploymentName, image, revision], ['front', 'r.io/front:2', '1']);
      assert.equal(scoringUri, `http://front.${stage.client.namespace}.svc.cluster.local/score`);
      const again = await stage.succeeds({ ...manifests, ...sample, images: 'r.io/front:2' });
      assert.match(again.end.message, /^front already runs r\.io\/front:2/);

      const { message } = await stage.fails({ ...manifests, ...sample, images: 'r.io/front:3', expectedStatus: '201' });
      assert.match(message, /^The deployment of front failed\..*Rolled back to r\.io\/front:2/);
      assert.deepEqual([await stage.imageOf('front'), await stage.imageOf('store')], ['r.io/front:2', 'r.io/store:1']);
    },
  ),

  anywhere('must be named where several Deployments of a manifest may be it', async (stage) => {
    await write(stage, shop);
    const { message } = await stage.fails({ ...manifests, ...sample });
    assert.match(message, /^Input 'serviceName' is required, .*: store, front\./);
    assert.deepEqual((await stage.client.list(deployments)).items, []);
  }),

  played('is asked by its pods where no Service leads to it', async (stage) => {
    await write(stage, deployment('lone'));
    const agent = await stage.succeeds({ ...manifests, ...sample });
    assert.ok(lines(agent).some((text) => /^pod lone-\S+: the sample was answered as expected/.test(text)));
  }),

  anywhere('is refused at once with everything that does not fit the schema of its kind', async (stage) => {
    const gateways = ['networking.istio.io/v1', 'gateway.networking.k8s.io/v1'].map(
      (group) => `apiVersion: ${group}\nkind: Gateway\nmetadata: { name: edge }\nspec: {}\n---\n`,
    );
    await write(
      stage,
      deployment('typo', ', imagePullPolciy: Always, stdin: "yes", workingDir: [a]') +
        deployment('twice', ', env: [{ name: KEY, value: a }, { name: KEY, value: b }]') +
        deployment('size', ', resources: { limits: { memory: lots } }') +
        deployment('part').replace('spec:\n', 'spec:\n  replicas: 1.5\n') +
        service('typo', ', type: Sometimes') +
        gateways.join('') +
        'apiVersion: v1\nkind: Secret\nmetadata: { name: bad }\ndata: { key: "***" }\n',
    );
    const { message } = await stage.fails({ ...manifests, serviceName: 'typo' });
    assert.match(message, /^Nothing was deployed, because the cluster would refuse it:\n/);
    for (const line of [
      /^ {2}- The cluster has no kind Gateway in networking\.istio\.io\/v1\./m,
      /^ {2}- The cluster has no kind Gateway in gateway\.networking\.k8s\.io\/v1\./m,
      /^ {2}- Deployment typo: \.spec\.template\.spec\.containers\[name="main"\]\.imagePullPolciy: field not declared in schema$/m,
      /^ {2}- Deployment typo: .*\.stdin: expected boolean, got &\{yes\}$/m,
      /^ {2}- Deployment typo: .*\.workingDir: expected string, got /m,
      /^ {2}- Deployment twice: .*\.env: duplicate entries for key \[name="KEY"\]$/m,
      /^ {2}- Deployment size: quantities must match/m,
      /^ {2}- Deployment part: cannot convert float64 to int32$/m,
      /^ {2}- Secret bad: .*illegal base64 data/m,
      /^ {2}- Service typo: .*Sometimes/m,
    ])
      assert.match(message, line);
    assert.doesNotMatch(message, /Tried|Could not check/);
    assert.deepEqual((await stage.client.list(services)).items, []);
  }),

  played('may have blank fields, and lists that are empty, nested or typed', async (stage) => {
    const blank = deployment('blank', ', env: , args: ', ', namespace: , annotations: , labels: { team: }');
    await write(
      stage,
      `${blank}apiVersion: v1
kind: List
items:
---
apiVersion: v1
kind: List
items:
  - kind: ConfigMapList
    apiVersion: v1
    items: [{ metadata: { name: settings }, data: { mode: , port: 0080 } }]
`,
    );
    await stage.succeeds(manifests);
    const live = await stage.client.get(deployments, 'blank');
    assert.equal(live?.metadata?.labels?.['team'], '');
    assert.match((await stage.succeeds(manifests)).end.message, /already runs/);
  }),
];

async function write({ folder }: ClusterStage, text: string): Promise<void> {
  await writeFile(path.join(folder, 'm.yaml'), text);
}

function lines({ said }: FakeAgent): readonly string[] {
  return said.map(({ text }) => text);
}
