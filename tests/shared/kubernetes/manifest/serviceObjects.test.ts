import assert from 'node:assert/strict';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Secret } from 'kubernetes-types/core/v1';
import { describeService } from '../../../../shared/kubernetes/manifest/describeService';
import { labelValue } from '../../../../shared/kubernetes/manifest/labels';
import { releaseOf } from '../../../../shared/kubernetes/manifest/release';
import { serviceObjects } from '../../../../shared/kubernetes/manifest/serviceObjects';

const needed = { serviceName: 'score', image: 'r.io/score:1.4' };

function objectsFor(settings: Parameters<typeof describeService>[0] = {}) {
  const described = describeService({ ...needed, ...settings });
  assert.ok('service' in described, JSON.stringify(described));
  return releaseOf(serviceObjects(described.service));
}
function problemsOf(settings: Parameters<typeof describeService>[0]): readonly string[] {
  const described = describeService(settings);
  return 'problems' in described ? described.problems.map(({ setting, problem }) => `${setting} ${problem}`) : [];
}
const podOf = ({ deployments: [deployment] }: { readonly deployments: readonly Deployment[] }) =>
  deployment?.spec?.template.spec;

describe('the objects of a service', () => {
  it('are restricted, probed and spread, and never fewer than wanted', () => {
    const release = objectsFor();
    const pod = podOf(release);
    const [container] = pod?.containers ?? [];
    assert.deepEqual(pod?.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
    assert.deepEqual(container.resources, { requests: { cpu: '0.5', memory: '1Gi' }, limits: { memory: '1Gi' } });
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(container.livenessProbe?.httpGet?.path, '/healthz');
    assert.equal(pod.topologySpreadConstraints?.length, 2);
    assert.equal(release.deployments[0]?.spec?.strategy?.rollingUpdate?.maxUnavailable, 0);
    assert.equal(release.disruptionBudgets[0]?.spec?.maxUnavailable, 1);
  });

  it('are reached on port 80 of a service, which is as public as asked for', () => {
    const specs = (['clusterIp', 'loadBalancer', 'internalLoadBalancer'] as const).map((exposure) => {
      const [service] = objectsFor({ exposure }).services;
      return [service?.spec?.type, service?.spec?.ports, Object.values(service?.metadata?.annotations ?? {})];
    });
    const ports = [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }];
    assert.deepEqual(specs, [
      ['ClusterIP', ports, []],
      ['LoadBalancer', ports, []],
      ['LoadBalancer', ports, ['true']],
    ]);
  });

  it('have no disruption budget for a single replica, because it would block every drain', () => {
    assert.deepEqual(objectsFor({ replicas: 1 }).disruptionBudgets, []);
  });

  it('have an autoscaler when a bound or target is given', () => {
    const spec = objectsFor({ maxReplicas: '6' }).autoscalers[0]?.spec;
    assert.deepEqual([spec?.minReplicas, spec?.maxReplicas], [2, 6]);
    assert.equal(spec?.metrics?.[0]?.resource?.target.averageUtilization, 70);
    assert.deepEqual(objectsFor().autoscalers, []);
  });

  it('name ConfigMaps and Secrets by their content', () => {
    const nameFor = (key: string) =>
      (objectsFor({ secrets: { KEY: key } }).foundations[0] as Secret | undefined)?.metadata?.name;
    assert.match(nameFor('a') ?? '', /^score-[0-9a-f]{10}$/);
    assert.equal(nameFor('a'), nameFor('a'));
    assert.notEqual(nameFor('a'), nameFor('b'));
    const release = objectsFor({ secrets: { KEY: 'a' }, configFiles: { 'labels.txt': 'x' } });
    assert.equal(podOf(release)?.containers[0]?.env?.[0]?.valueFrom?.secretKeyRef?.name, nameFor('a'));
    assert.equal(
      podOf(release)?.volumes?.at(-1)?.configMap?.name,
      release.foundations.find(({ kind }) => kind === 'ConfigMap')?.metadata?.name,
    );
  });

  it('act as an Azure identity through their service account', () => {
    const release = objectsFor({ identityClientId: '11111111-2222-3333-4444-555555555555' });
    assert.equal(release.foundations[0]?.kind, 'ServiceAccount');
    assert.equal(podOf(release)?.serviceAccountName, 'score');
    assert.equal(release.deployments[0]?.spec?.template.metadata?.labels?.['azure.workload.identity/use'], 'true');
  });

  it('name the model in labels as far as possible, and in full in annotations', () => {
    const modelName = `Fraud – ${'x'.repeat(80)}`;
    const { metadata } = objectsFor({ modelName, modelVersion: 'v 1/2' }).deployments[0]?.spec?.template ?? {};
    assert.equal(metadata?.labels?.['model-pipelines/model-version'], 'v-1-2');
    assert.equal(metadata.labels['model-pipelines/model-name']?.length, 63);
    assert.equal(metadata.annotations?.['model-pipelines/model-name'], modelName);
    assert.equal(labelValue('--a.b_c--'), 'a.b_c');
    assert.equal(labelValue('–'), '');
  });

  it('have a CPU limit only if one is set, which is not less than the request', () => {
    const limitsOf = (settings: Parameters<typeof objectsFor>[0]) =>
      objectsFor(settings).deployments[0]?.spec?.template.spec?.containers[0]?.resources?.limits;
    assert.deepEqual(limitsOf({}), { memory: '1Gi' });
    assert.deepEqual(limitsOf({ cpuLimit: '500m' }), { cpu: '500m', memory: '1Gi' });
    assert.deepEqual(limitsOf({ cpu: '2', cpuLimit: 2, gpus: 1 }), { cpu: '2', memory: '1Gi', 'nvidia.com/gpu': '1' });
    for (const [settings, problem] of [
      [{ cpuLimit: '499m' }, 'cpuLimit must not be less than the CPU request, which is 0.5.'],
      [{ cpu: '2000m', cpuLimit: '1.5' }, 'cpuLimit must not be less than the CPU request, which is 2000m.'],
      [{ cpuLimit: 'none' }, 'cpuLimit must be a number of cores from 0.001 to 1024, such as 0.5 or 500m.'],
      [{ cpu: 'much', cpuLimit: '1' }, 'cpu must be a number of cores from 0.001 to 1024, such as 0.5 or 500m.'],
    ] as const)
      assert.deepEqual(problemsOf({ ...needed, ...settings }), [problem]);
  });

  it('are refused with all problems of their settings', () => {
    assert.deepEqual(
      problemsOf({ ...needed, image: '$(image)', port: 0, cpu: 'much', colour: 'red', replicas: 5, maxReplicas: 2 }),
      [
        'image must be the name of an image, such as registry.azurecr.io/score:1.4.',
        'port must be a whole number from 1 to 65535.',
        'cpu must be a number of cores from 0.001 to 1024, such as 0.5 or 500m.',
        'colour is not a setting of a service.',
        'maxReplicas must not be less than the minimum number of replicas.',
      ],
    );
    for (const cpu of ['0', '0m', '1025', '1e3', '0.0005', '-1', 'm'])
      assert.match(problemsOf({ ...needed, cpu }).join(), /^cpu must be/, cpu);
    for (const memory of ['0', '512', '1Ki', '17Ti', '-1Gi', '1 Gi', 'Gi'])
      assert.match(problemsOf({ ...needed, memory }).join(), /^memory must be/, memory);
    for (const cpu of ['1m', '0.001', '1024', '1024000m', 2])
      assert.deepEqual(problemsOf({ ...needed, cpu }), [], String(cpu));
    for (const memory of ['1Mi', '16Ti', '1048576', '500M'])
      assert.deepEqual(problemsOf({ ...needed, memory }), [], memory);
    for (const imagePullSecret of ['My_Secret', '-a', 'a..b', 'a b', 'a'.repeat(254)])
      assert.match(problemsOf({ ...needed, imagePullSecret }).join(), /^imagePullSecret must be/, imagePullSecret);
    assert.deepEqual(problemsOf({ ...needed, imagePullSecret: 'registry.my-org-1' }), []);
    assert.deepEqual(problemsOf({}), ['serviceName is required.', 'image is required.']);
    assert.deepEqual(problemsOf({ ...needed, memory: '1.5Gi', exposure: 'loadbalancer', runAsNonRoot: 'False' }), []);
  });
});
