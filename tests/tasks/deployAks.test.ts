import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import type { FakeAgent } from '../support/fakeAgent';
import { kubeconfigConnection, ownManifests, runDeployAks } from '../support/runDeployAks';
import { sharedAuthority, sharedSigningKeys } from '../support/sharedKeys';
import { steppedClock } from '../support/steppedClock';

const service = { serviceName: 'score', image: 'r.io/score:1', memory: '256Mi' };
const sample = { samplePayload: '{"data": [1]}', expectedJson: '$.path=/score\n$.pod=*', smokeRequests: '2' };

describe('DeployAks', function () {
  this.timeout(120_000);
  let sandbox: Sandbox;
  let folder: string;

  beforeEach(async () => {
    sandbox = await startSandbox({
      databricks: { timeScale: 0 },
      kubernetes: { timeScale: 0, authority: await sharedAuthority() },
      signingKeys: await sharedSigningKeys(),
    });
    folder = await mkdtemp(path.join(tmpdir(), 'deploy-aks-'));
  });
  afterEach(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true });
  });

  async function run(inputs: Readonly<Record<string, string>>): Promise<FakeAgent> {
    const { kubernetes } = sandbox;
    const { azure, entra } = sandbox.describe();
    const connections = {
      cluster: kubeconfigConnection(kubernetes.url, kubernetes.kubeconfig(undefined, 'models')),
      azure: {
        url: azure.url,
        scheme: 'ServicePrincipal',
        parameters: {
          serviceprincipalid: entra.clientId,
          tenantid: entra.tenantId,
          authenticationType: 'spnKey',
          serviceprincipalkey: entra.clientSecret,
        },
        data: { environmentAuthorityUrl: entra.url, subscriptionId: azure.subscriptionId },
      },
    };
    const clock = steppedClock(kubernetes.clock);
    return runDeployAks(inputs, { clock, folder, connections });
  }

  async function succeeds(inputs: Readonly<Record<string, string>>): Promise<FakeAgent> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }

  it('deploys a service, sets all outputs, and does nothing the second time', async () => {
    const { outputs, end, summaries } = await succeeds({ ...service, ...sample, exposure: 'loadBalancer' });
    assert.match(end.message, /^score runs r\.io\/score:1: http:\/\/127\.\S+\/score$/);
    const { scoringUri, digest, ...rest } = outputs;
    assert.match(scoringUri ?? '', /^http:\/\/127\./);
    assert.match(digest ?? '', /^sha256:/);
    const told = { deploymentName: 'score', image: 'r.io/score:1', revision: '1' };
    assert.deepEqual(rest, { ...told, rolledBack: 'false', resultState: 'Deployed' });
    assert.match(summaries['Scoring service'] ?? '', /✅ The new version serves/);
    const live = sandbox.kubernetes.store.get('deployments', 'models', 'score');
    const page = 'https://dev.azure.com/contoso/Fraud%20models/_build/results?buildId=7';
    assert.equal(live?.metadata.annotations?.['azure-pipelines/runuri'], page);
    const again = await succeeds({ ...service, ...sample, exposure: 'loadBalancer' });
    assert.match(again.end.message, /already runs/);
    assert.deepEqual(again.outputs, { ...outputs, previousImage: 'r.io/score:1', resultState: 'Unchanged' });
  });

  it('signs in to AKS with an Azure connection', async () => {
    const { resourceGroup, clusterName } = sandbox.describe().azure;
    const azure = {
      connectionType: 'azure',
      azureConnection: 'azure',
      resourceGroup,
      clusterName,
      namespace: 'models',
    };
    await succeeds({ ...azure, ...service });
    assert.ok(sandbox.kubernetes.store.get('deployments', 'models', 'score'));
    const admin = await succeeds({ ...azure, ...service, useClusterAdmin: 'true' });
    assert.match(admin.end.message, /already runs/);
  });

  it('reports that a private cluster is not reachable, and works when it is', async () => {
    const { resourceGroup, clusterName } = sandbox.describe().azure;
    const azure = {
      connectionType: 'azure',
      azureConnection: 'azure',
      resourceGroup,
      clusterName,
      namespace: 'models',
    };
    const [cluster] = sandbox.azure.clusters;
    assert.ok(cluster);
    cluster.isPrivate = true;
    await succeeds({ ...azure, ...service });
    cluster.server = 'https://localhost:1';
    const { end } = await run({ ...azure, ...service });
    assert.equal(end.result, 'Failed');
    assert.match(
      end.message,
      /^The cluster '.*' is private: .* Run this step on a machine in that network.*ECONNREFUSED/,
    );
  });

  it('fails with the cause, and reports what serves', async () => {
    await succeeds(service);
    const { end, outputs, summaries, attachments, said } = await run({ ...service, image: 'r.io/crash:2' });
    assert.equal(end.result, 'Failed');
    assert.match(said.find(({ kind }) => kind === 'error')?.text ?? '', /^The container 'score' exits after its start/);
    assert.match(end.message, /Rolled back to r\.io\/score:1 \(revision 1\), which serves\.$/);
    assert.equal(outputs['rolledBack'], 'true');
    assert.equal(outputs['resultState'], 'RolledBack');
    assert.equal(outputs['previousImage'], 'r.io/score:1');
    assert.match(summaries['Scoring service'] ?? '', /❌ The new version failed; the previous version serves/);
    assert.match(attachments['diagnosis.txt'] ?? '', /ModuleNotFoundError/);
  });

  it('fails for a Service whose address is none', async () => {
    sandbox.kubernetes.faults.add({
      method: 'GET',
      path: '*/services/score',
      times: Infinity,
      effect: 'rewritten',
      rewrite(status, body) {
        const found = JSON.parse(body) as object;
        const ingress = [{ hostname: '##vso[task.complete result=Succeeded]' }];
        return { status, body: JSON.stringify({ ...found, status: { loadBalancer: { ingress } } }) };
      },
    });
    const { end, outputs } = await run({ ...service, exposure: 'loadBalancer', timeoutMinutes: '5' });
    assert.equal(end.result, 'Failed');
    assert.match(end.message, /documented: 'status\.loadBalancer\.ingress\.0\.hostname' is text, not a host name/);
    assert.equal(outputs['scoringUri'], undefined);
  });

  it('reports all problems of the inputs before any call', async () => {
    const { end } = await run({
      ...{ serviceName: 'Score!', port: 'x', samplePayload: '{', expectedJson: 'a[=1', namespace: 'My_Models' },
      ...{ connectionType: 'azure', azureConnection: 'azure', clusterName: 'c' },
    });
    assert.equal(end.result, 'Failed');
    for (const problem of [
      /Input 'resourceGroup' is required when 'clusterName' is given/,
      /Input 'serviceName' must have 1 to 53/,
      /Input 'port' must be a whole number/,
      /Input 'image' is required/,
      /Input 'namespace' must have 1 to 63 lower-case letters/,
      /Input 'samplePayload' must be JSON/,
      /Input 'expectedJson' contains 'a\[', which is not a JSON path/,
    ])
      assert.match(end.message, problem);
  });

  it('reads a specification file, which inputs override', async () => {
    const specFile = path.join(folder, 'service.yml');
    await writeFile(
      specFile,
      'serviceName: score\nimage: r.io/score:1\nreplicas: 3\nmemory: 256Mi\ncommand: [serve]\n',
    );
    await succeeds({ specFile, replicas: '1' });
    const spec = sandbox.kubernetes.store.get('deployments', 'models', 'score')?.spec;
    assert.equal(spec?.replicas, 1);
    assert.match(JSON.stringify(spec.template), /"command":\["serve"\]/);
    await writeFile(specFile, 'serviceName: score\nimage: r.io/score:1\nsecrets: { a: b }\ncolour: red\n');
    const { end } = await run({ specFile });
    assert.match(end.message, /'specFile' must not (?:contain|hold) secrets/);
    assert.match(end.message, /'specFile' .* colour, which is not a setting of a service/);
  });

  it('has the texts of a specification file as they are written', async () => {
    const specFile = path.join(folder, 'texts.yml');
    const spec = [
      'serviceName: score',
      'image: r.io/score:1',
      'replicas: 0x2',
      'modelVersion: 1.10',
      'runAsNonRoot: True',
      'args: [--build, 20261128.10]',
      'environment: { COMMIT: 831877e8, ZIP: 01234 }',
      'tolerations: [{ key: gpu, value: 1.0, tolerationSeconds: 60 }]',
    ];
    await writeFile(specFile, spec.join('\n'));
    const { attachments } = await succeeds({ specFile, action: 'render' });
    const yaml = attachments['score.yaml'] ?? '';
    for (const line of [
      "value: '831877e8'",
      "value: '01234'",
      "- '20261128.10'",
      "value: '1.0'",
      'tolerationSeconds: 60',
    ])
      assert.ok(yaml.includes(line), `${line}\n${yaml}`);
    assert.match(yaml, /version: '1\.10'/);
    assert.match(yaml, /replicas: 2$/m);
  });

  it('renders the manifests without secrets, and deploys nothing', async () => {
    const { attachments, said } = await succeeds({ ...service, action: 'render', secrets: 'KEY=hunter2' });
    const yaml = attachments['score.yaml'] ?? '';
    assert.match(yaml, /kind: Deployment/);
    assert.doesNotMatch(yaml, /hunter2|aHVudGVyMg/);
    assert.ok(said.some(({ kind, text }) => kind === 'secret' && text === Buffer.from('hunter2').toString('base64')));
    assert.deepEqual(sandbox.kubernetes.requests.list(), []);
  });

  it('renders no secret that was written into the environment, and deploys it as it is written', async () => {
    const inputs = { ...service, secrets: 'KEY=hunter22', environment: 'URL=https://host/hunter22' };
    const { attachments } = await succeeds({ ...inputs, action: 'render' });
    assert.match(attachments['score.yaml'] ?? '', /value: https:\/\/host\/\*\*\*$/m);
    await succeeds(inputs);
    const live = sandbox.kubernetes.store.get('deployments', 'models', 'score');
    assert.match(JSON.stringify(live?.spec), /https:\/\/host\/hunter22/);
  });

  it('deploys to a namespace whose quota requires a CPU limit, which must not be less than the CPU request', async () => {
    const spec = { hard: { 'limits.cpu': '4' } };
    sandbox.kubernetes.objects.create(
      'resourcequotas',
      'models',
      { metadata: { name: 'compute' }, spec },
      { manager: 'admin' },
    );
    const failed = await run(service);
    assert.match(failed.text('error'), /^The quota 'compute' of the namespace requires a CPU limit/);
    await writeFile(path.join(folder, 'score.yml'), 'cpuLimit: 2');
    await succeeds({ ...service, specFile: path.join(folder, 'score.yml') });
    const [container] =
      sandbox.kubernetes.store.get('deployments', 'models', 'score')?.spec.template.spec.containers ?? [];
    assert.deepEqual(container?.resources?.limits, { cpu: '2', memory: '256Mi' });
    const { end } = await run({ ...service, cpu: '1', cpuLimit: '500m' });
    assert.match(end.message, /cpuLimit.*must not be less than the CPU request, which is 1\./);
  });

  it('passes secrets and config files to the service', async () => {
    await writeFile(path.join(folder, 'labels.txt'), 'a\nb\n');
    await succeeds({ ...service, secrets: 'KEY=hunter2', environment: 'MODE=fast', configFiles: '*.txt' });
    const { store } = sandbox.kubernetes;
    const own = store.list('configmaps').filter(({ metadata }) => metadata.name.startsWith('score-'));
    assert.deepEqual(
      own.map(({ data }) => data),
      [{ 'labels.txt': 'a\nb\n' }],
    );
    assert.deepEqual(
      store.list('secrets').map(({ data }) => data),
      [{ KEY: 'aHVudGVyMg==' }],
    );
  });

  it("deploys the team's own manifests with another image, by each strategy", async () => {
    const own = { source: 'manifests', ...sample };
    for (const name of ['plain', 'bluegreen']) await writeFile(path.join(folder, `${name}.yaml`), ownManifests(name));
    const rolling = { ...own, manifests: 'plain.yaml' };
    const first = await succeeds({ ...rolling, images: 'r.io:443/score:1' });
    assert.match(first.text('log'), /Deployment plain, container a: image r\.io:443\/score → r\.io:443\/score:1/);
    await succeeds({ ...rolling, images: 'r.io:443/score:2' });
    assert.match((await succeeds({ ...rolling, images: 'r.io:443/score:2' })).end.message, /already runs/);
    assert.match((await run({ ...rolling, images: 'r.io:443/crash:2' })).end.message, /is not used by any container/);
    const failed = await run({ ...rolling, images: 'r.io:443/score:3', expectedStatus: '201' });
    assert.match(failed.end.message, /Rolled back to r\.io:443\/score:2/);
    await succeeds({ ...rolling, images: 'r.io:443/score:4', strategy: 'canary', canaryPercent: '33' });
    assert.match((await succeeds({ ...rolling, action: 'promote' })).end.message, /the canary was deleted/);
    assert.match((await run({ ...rolling, strategy: 'blueGreen' })).end.message, /deploy once under new names/);

    const blueGreen = { ...own, manifests: 'bluegreen.yaml', strategy: 'blueGreen' };
    for (const version of ['1', '2']) await succeeds({ ...blueGreen, images: `r.io:443/score:${version}` });
    const { store } = sandbox.kubernetes;
    const selector = store.get('services', 'models', 'bluegreen-front')?.spec.selector;
    assert.deepEqual(selector, { app: 'bluegreen', 'model-pipelines/slot': 'green' });
    await succeeds({ ...blueGreen, action: 'reject' });
    await succeeds({ ...blueGreen, action: 'delete' });
    assert.deepEqual(
      store.list('deployments').map(({ metadata }) => metadata.name),
      ['plain'],
    );
  });

  it('promotes, rejects and deletes services', async () => {
    for (const image of ['r.io/score:1', 'r.io/score:2']) await succeeds({ ...service, image, strategy: 'blueGreen' });
    const { serviceName } = service;
    const promoted = await succeeds({ action: 'promote', serviceName });
    assert.equal(promoted.end.message, 'green was promoted; blue was scaled to 0.');
    assert.equal(promoted.outputs['resultState'], 'Promoted');
    assert.equal((await succeeds({ action: 'reject', serviceName })).end.message, 'There is nothing to reject.');
    assert.match((await succeeds({ action: 'delete', serviceName })).end.message, /^score was deleted: \d+ objects\.$/);
    assert.equal(
      (await succeeds({ action: 'delete', serviceName })).end.message,
      'There is no score that this task deployed.',
    );
  });

  it('does not change fields of another tool, unless it is forced', async () => {
    await succeeds(service);
    const { objects, store } = sandbox.kubernetes;
    const config = { metadata: { name: 'score' }, spec: { replicas: 7 } };
    objects.apply('deployments', 'models', 'score', config, { manager: 'helm', isForced: true });
    const refused = await run({ ...service, replicas: '3' });
    assert.match(
      refused.end.message,
      /^Nothing was deployed[^]*Deployment score: Apply failed with 1 conflict: conflict with "helm": \.spec\.replicas/,
    );
    await succeeds({ ...service, replicas: '3', forceConflicts: 'true' });
    assert.equal(store.get('deployments', 'models', 'score')?.spec.replicas, 3);
  });
});
