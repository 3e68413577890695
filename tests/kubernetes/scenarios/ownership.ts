import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  autoscalers,
  configMaps,
  deployments,
  ingresses,
  services,
  type KubernetesObject,
  type Resource,
} from '../../../shared/kubernetes/client/resource';
import { takeOver } from '../../../shared/kubernetes/ownership/takeOver';
import { eventually } from '../../support/eventually';
import { ownManifests } from '../../support/runDeployAks';
import type { ClusterStage } from '../clusterStage';
import { played, sample, type Scenario, version } from './scenario';

const strategies = ['rolling', 'blueGreen', 'canary'] as const;
const mergePatch = 'application/merge-patch+json';

/** What a team deploys beside a service: all that an apply can change without a change of its pods. */
interface Surroundings {
  readonly port: number;
  readonly host: string;
  readonly threshold: string;
  readonly maxReplicas: number;
}

function surrounded({ port, host, threshold, maxReplicas }: Surroundings): string {
  return `${ownManifests('own').replace('port: 80,', `port: ${port},`)}---
apiVersion: v1
kind: ConfigMap
metadata: { name: own-settings }
data: { threshold: '${threshold}' }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: own }
spec:
  rules:
    - host: ${host}
      http:
        paths: [{ path: /, pathType: Prefix, backend: { service: { name: own-front, port: { number: ${port} } } } }]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: own }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: own }
  minReplicas: 2
  maxReplicas: ${maxReplicas}
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
`;
}

const first: Surroundings = { port: 80, host: 'a.example', threshold: '0.5', maxReplicas: 5 };
const next: Surroundings = { port: 8080, host: 'b.example', threshold: '0.6', maxReplicas: 6 };
const kinds: readonly Resource[] = [deployments, services, configMaps, ingresses, autoscalers];

/** What changes with every write but those of the cluster itself. */
async function writesIn({ client }: ClusterStage): Promise<unknown> {
  const lists = await Promise.all(kinds.map((resource) => client.list(resource)));
  return lists.map(({ items }) =>
    items.map(({ metadata }) => [
      metadata?.name,
      metadata?.managedFields?.filter(({ subresource }) => subresource !== 'status'),
    ]),
  );
}

/** As `kubectl apply` leaves an object that it created. */
async function createWithKubectl(stage: ClusterStage, resource: Resource, object: KubernetesObject): Promise<void> {
  const annotation = { 'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(object)}\n` };
  await stage.createAs('kubectl-client-side-apply', resource, {
    ...object,
    metadata: { ...object.metadata, annotations: annotation },
  });
}

const container = (image: string, env: readonly string[]) => ({
  name: 'a',
  image,
  ports: [{ containerPort: 5001 }],
  env: env.map((name) => ({ name, value: name.toLowerCase() })),
});

/** A service with a variable, a setting and a node selector that the team removes later. */
function kubectlObjects(): readonly (readonly [Resource, KubernetesObject])[] {
  const labels = { app: 'own' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'own', labels: { old: 'label' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          containers: [container('r.io:443/score:1', ['A', 'B'])],
        },
      },
    },
  };
  const settings = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'own-settings' },
    data: { a: '1', b: '2' },
  };
  const ports = [
    { name: 'http', port: 80, targetPort: 5001 },
    { name: 'old', port: 81, targetPort: 5001 },
  ];
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'own-front' },
    spec: { selector: labels, ports },
  };
  return [
    [deployments, deployment],
    [configMaps, settings],
    [services, service],
  ];
}

const keptByTeam = `${ownManifests('own')
  .replace("image: 'r.io:443/score',", "image: 'r.io:443/score', env: [{ name: A, value: a }],")
  .replace('ports: [{ port: 80,', 'ports: [{ name: http, port: 80,')}---
apiVersion: v1
kind: ConfigMap
metadata: { name: own-settings }
data: { a: '1' }
`;

/** What is left of what kubectl applied. */
async function leftOf({ client }: ClusterStage): Promise<unknown> {
  const [deployment, settings, service] = await Promise.all([
    client.get(deployments, 'own'),
    client.get(configMaps, 'own-settings'),
    client.get(services, 'own-front'),
  ]);
  const pod = deployment?.spec?.template.spec;
  return {
    env: pod?.containers[0]?.env?.map(({ name }) => name),
    nodeSelector: pod?.nodeSelector,
    label: deployment?.metadata?.labels?.['old'],
    data: settings?.data,
    ports: service?.spec?.ports?.map(({ port }) => port),
    managers: [deployment, settings, service].flatMap((object) =>
      object?.metadata?.managedFields?.filter(({ manager }) => manager?.startsWith('kubectl')),
    ),
  };
}

const wanted = { env: ['A'], nodeSelector: undefined, label: undefined, data: { a: '1' }, ports: [80], managers: [] };

/** What belongs to the task, and what to others. */
export const ownershipScenarios: readonly Scenario[] = [
  ...strategies.map((strategy) =>
    played(
      `is deployed again when only its surroundings changed, and otherwise left alone (${strategy})`,
      async (stage) => {
        const inputs = { ...sample, source: 'manifests', manifests: 'own.yaml', images: 'r.io:443/score:1', strategy };
        const deploys = async (surroundings: Surroundings, state: string): Promise<void> => {
          await writeFile(path.join(stage.folder, 'own.yaml'), surrounded(surroundings));
          const { outputs, said } = await stage.succeeds(inputs);
          const log = said.map((each) => each.text).join('\n');
          assert.equal(outputs['resultState'], state, log);
          assert.equal(log.includes('answered as expected'), state === 'Deployed', log);
        };
        await deploys(first, 'Deployed');
        const before = await writesIn(stage);
        await deploys(first, 'Unchanged');
        assert.deepEqual(await writesIn(stage), before);

        let present = first;
        for (const field of Object.keys(next)) {
          present = { ...present, [field]: next[field as keyof Surroundings] };
          await deploys(present, 'Deployed');
        }
        const { client } = stage;
        assert.equal((await client.get(services, 'own-front'))?.spec?.ports?.[0]?.port, 8080);
        assert.equal((await client.get(ingresses, 'own'))?.spec?.rules?.[0]?.host, 'b.example');
        assert.equal((await client.get(configMaps, 'own-settings'))?.data?.['threshold'], '0.6');

        const { selector } = (await client.get(services, 'own-front'))?.spec ?? {};
        await stage.patchAs('kubectl-edit', services, 'own-front', mergePatch, {
          spec: { selector: { app: 'other' } },
        });
        await deploys(next, 'Deployed');
        assert.deepEqual((await client.get(services, 'own-front'))?.spec?.selector, selector);
        await deploys(next, 'Unchanged');
      },
    ),
  ),

  played('is taken over from kubectl, without what the manifests no longer contain', async (stage) => {
    for (const [resource, object] of kubectlObjects()) await createWithKubectl(stage, resource, object);
    await writeFile(path.join(stage.folder, 'own.yaml'), keptByTeam);
    const inputs = { ...sample, source: 'manifests', manifests: 'own.yaml', images: 'r.io:443/score:2' };
    const { said } = await stage.succeeds(inputs);
    assert.deepEqual(await leftOf(stage), wanted);
    const log = said.map(({ text }) => text).join('\n');
    assert.match(log, /Deployment own: took over the fields that kubectl-client-side-apply applied; .*env\[name="B"\]/);
    assert.match(log, /ConfigMap own-settings: took over .* removed or reset: \.data\.b$/m);
    const before = await writesIn(stage);
    assert.equal((await stage.succeeds(inputs)).outputs['resultState'], 'Unchanged');
    assert.deepEqual(await writesIn(stage), before);
  }),

  played('is taken over from kubectl when an earlier step was killed right after the takeover', async (stage) => {
    for (const [resource, object] of kubectlObjects()) {
      await createWithKubectl(stage, resource, object);
      assert.ok(await takeOver(stage.client, resource, object.metadata?.name ?? '', false));
    }
    await writeFile(path.join(stage.folder, 'own.yaml'), keptByTeam);
    await stage.succeeds({ source: 'manifests', manifests: 'own.yaml', images: 'r.io:443/score:1' });
    assert.deepEqual(await leftOf(stage), wanted);
  }),

  ...strategies.map((strategy) =>
    played(`keeps the replicas of an autoscaler that is not its own (${strategy})`, async (stage) => {
      const inputs = version('r.io/score:1', { strategy });
      const name = (await stage.succeeds(inputs)).outputs['deploymentName'] ?? '';
      await stage.createAs('kubectl', autoscalers, {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'theirs' },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 5, maxReplicas: 9 },
      } as KubernetesObject);
      await eventually(
        () => stage.replicasOf(name),
        (replicas) => replicas === 5,
      );
      const again = await stage.succeeds(inputs);
      assert.equal(again.outputs['resultState'], 'Unchanged', again.text('log'));
      assert.match(again.text('log'), /5 replicas stay, because HorizontalPodAutoscaler theirs manages their number/);
      assert.equal(await stage.replicasOf(name), 5);
    }),
  ),

  played('keeps the replicas that another tool set by the scale subresource', async (stage) => {
    const inputs = version('r.io/score:1');
    await stage.succeeds(inputs);
    await stage.patchAs('keda', deployments, 'score', mergePatch, { spec: { replicas: 4 } }, '/scale');
    await eventually(
      async () => (await stage.client.get(deployments, 'score'))?.status?.availableReplicas,
      (replicas) => replicas === 4,
    );
    assert.equal((await stage.succeeds(inputs)).outputs['resultState'], 'Unchanged');
    const { said } = await stage.succeeds(version('r.io/score:2'));
    assert.ok(said.some(({ text }) => text === 'Deployment score: 4 replicas stay, because keda scaled it'));
    assert.equal(await stage.replicasOf('score'), 4);
  }),
];
