import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LocalSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { ResourceQuota } from 'kubernetes-types/core/v1';
import type { Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { serviceObjects } from '../../../shared/kubernetes/manifest/serviceObjects';
import {
  deployments,
  secrets,
  serviceAccounts,
  services,
  type Resource,
} from '../../../shared/kubernetes/client/resource';
import { description } from '../../shared/kubernetes/deploy/deployFixture';
import { eventually } from '../../support/eventually';
import type { FakeConnection } from '../../support/fakeAgent';
import type { ClusterStage } from '../clusterStage';
import { anywhere, played, type Scenario, service, version } from './scenario';

const rbac = 'rbac.authorization.k8s.io/v1';
const roles: Resource<Role> = { apiVersion: rbac, kind: 'Role', plural: 'roles', isNamespaced: true };
const bindings: Resource<RoleBinding> = {
  apiVersion: rbac,
  kind: 'RoleBinding',
  plural: 'rolebindings',
  isNamespaced: true,
};
const quotas: Resource<ResourceQuota> = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  isNamespaced: true,
};
const reviews: Resource<LocalSubjectAccessReview> = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  isNamespaced: true,
};
const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const left = { onFailure: 'leave', timeoutMinutes: '1' };

/** What the cluster, or whoever else has a say, does not allow. */
export const refusalScenarios: readonly Scenario[] = [
  anywhere('is not changed when the caller lacks a permission', async (stage) => {
    const reader = await connectionOf(stage, [{ verbs: ['get', 'list'], apiGroups: ['*'], resources: ['*'] }]);
    const { end } = await stage.run(version('r.io/score:1'), reader);
    assert.match(end.message, /^Nothing was deployed.*\n.*lacks the permission to create deployments of apps/);
    for (const rule of [/patch services/, /watch pods/, /create poddisruptionbudgets of policy/])
      assert.match(end.message, rule);
    assert.doesNotMatch(end.message, /permission to (get|list)/);
    assert.deepEqual((await stage.client.list(services)).items, []);
  }),

  played('is deployed by a service account with only the required permissions', async (stage) => {
    const deployer = await connectionOf(stage, [
      {
        verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
        apiGroups: ['apps', '', 'policy', 'autoscaling'],
        resources: ['deployments', 'services', 'poddisruptionbudgets', 'horizontalpodautoscalers'],
      },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: ['apps', '', 'discovery.k8s.io'],
        resources: ['replicasets', 'pods', 'pods/log', 'events', 'endpointslices'],
      },
    ]);
    for (const image of ['r.io/score:1', 'r.io/score:2']) {
      const agent = await stage.run(version(image, { strategy: 'blueGreen' }), deployer);
      assert.equal(agent.end.result, 'Succeeded', agent.text());
    }
    const agent = await stage.run(version('r.io/crash:3', { strategy: 'blueGreen' }), deployer);
    assert.match(agent.text('error'), /No module named 'sklearn'/);
    assert.equal(await stage.ask(), 'r.io/score:2');
  }),

  anywhere('reports that the quota of its namespace is used up, and can be deleted', async (stage) => {
    await stage.client.create(quotas, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'small' },
      spec: { hard: { 'requests.memory': '64Mi' } },
    });
    const { error } = await stage.fails({ ...service, ...left });
    assert.match(error, /^The quota 'small' of the namespace is used up: exceeded quota: small, requested: .*128Mi/);
    const { serviceName } = service;
    const { end } = await stage.succeeds({ action: 'delete', serviceName });
    assert.match(end.message, /^score was deleted: \d+ objects\.$/);
    assert.deepEqual((await stage.client.list(deployments)).items, []);
    assert.deepEqual((await stage.client.list(services)).items, []);
    const again = await stage.succeeds({ action: 'delete', serviceName });
    assert.equal(again.end.message, 'There is no score that this task deployed.');
  }),

  anywhere(
    'says that its namespace does not allow its containers',
    async (stage) => {
      const { error } = await stage.fails({ ...service, ...left, runAsNonRoot: 'false' });
      assert.match(
        error,
        /^The Pod Security level of the namespace forbids these containers: violates PodSecurity.*runAsNonRoot/,
      );
    },
    restricted,
  ),

  {
    ...played('is allowed in a namespace of the strictest pod security', async (stage) => {
      await stage.succeeds(service);
    }),
    labels: restricted,
  },

  anywhere('is not changed while another tool owns the same fields', async (stage) => {
    await deployAs(stage, 'helm');
    const before = (await stage.client.get(deployments, 'score'))?.metadata?.generation;
    const { message } = await stage.fails({ ...service, replicas: '3' });
    assert.match(message, /^Nothing was deployed[^]*Deployment score: Apply failed with \d+ conflicts?: .*"helm"/);
    assert.match(message, /\.spec\.replicas/);
    assert.equal((await stage.client.get(deployments, 'score'))?.metadata?.generation, before);
    assert.deepEqual((await stage.client.list(services)).items, []);
  }),

  played('takes over from another tool when it is forced to', async (stage) => {
    await deployAs(stage, 'helm');
    await stage.succeeds({ ...service, replicas: '3', forceConflicts: 'true' });
    assert.equal(await stage.replicasOf('score'), 3);
  }),

  played('takes over from kubectl', async (stage) => {
    await deployAs(stage, 'kubectl');
    await stage.succeeds({ ...service, replicas: '3' });
    assert.equal(await stage.replicasOf('score'), 3);
  }),

  anywhere('reports everything that the cluster would refuse, and stores none of it', async (stage) => {
    await writeFile(path.join(stage.folder, 'service.yml'), 'tolerations: [{ key: gpu, operator: Sometimes }]\n');
    const { message } = await stage.fails({ ...service, specFile: path.join(stage.folder, 'service.yml') });
    assert.match(message, /^Nothing was deployed[^]*Deployment score: .*tolerations\[0\]\.operator/);
    assert.deepEqual((await stage.client.list(services)).items, []);
  }),
];

/** The service as another tool would have deployed it, with one replica. */
async function deployAs(stage: ClusterStage, manager: string): Promise<void> {
  const [deployment] = serviceObjects(description(service.image, { replicas: 1 }));
  assert.equal(deployment?.kind, 'Deployment');
  await stage.applyAs(manager, deployments, deployment);
}

/** A connection by a new service account with these rules, as Azure DevOps makes one: by a secret that holds its token. */
async function connectionOf(
  { client, access }: ClusterStage,
  rules: NonNullable<Role['rules']>,
): Promise<FakeConnection> {
  const metadata = { name: 'deployer' };
  const type = 'kubernetes.io/service-account-token';
  await client.create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  await client.create(roles, { apiVersion: rbac, kind: 'Role', metadata, rules });
  await client.create(bindings, {
    apiVersion: rbac,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'deployer' },
    subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace: client.namespace }],
  });
  const annotations = { 'kubernetes.io/service-account.name': 'deployer' };
  await client.create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { ...metadata, annotations }, type });
  const secret = await eventually(
    () => client.get(secrets, 'deployer'),
    (seen) => seen?.data?.['token'] !== undefined,
  );
  // New rules take a moment to count.
  const user = `system:serviceaccount:${client.namespace}:deployer`;
  const listing = { namespace: client.namespace, verb: 'list', group: 'apps', resource: 'deployments' };
  const spec = { user, resourceAttributes: listing };
  await eventually(
    () =>
      client.create(reviews, {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        metadata: { namespace: client.namespace },
        spec,
      }),
    ({ status }) => status?.allowed === true,
  );
  const { token = '', 'ca.crt': serviceAccountCertificate = '' } = secret?.data ?? {};
  return {
    url: access.server,
    scheme: 'Token',
    parameters: { apiToken: token, serviceAccountCertificate },
    data: { authorizationType: 'ServiceAccount' },
  };
}
