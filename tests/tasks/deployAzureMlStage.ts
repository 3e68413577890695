import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { request as send, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startAzure, type Azure, type AzureOptions } from '../../sandbox/azure/azure';
import type { DeploymentBehaviour } from '../../sandbox/azure/machineLearning/deployments/behaviours';
import type { MachineLearning } from '../../sandbox/azure/machineLearning/machineLearning';
import { partsOf } from '../../sandbox/azure/machineLearning/workspace';
import { startEntra, type Entra } from '../../sandbox/entra/entra';
import type { CertificateSettings, ProxySettings } from '../../shared/agent/agent';
import type { Clock } from '../../shared/clock';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/DeployAzureMl/task';
import { AzureHosts } from '../support/azureHosts';
import { FakeAgent, type FakeConnection } from '../support/fakeAgent';
import { FakeClock } from '../support/fakeClock';
import { sharedSigningKeys } from '../support/sharedKeys';

const tenantId = '0a4f1c2e-6f5d-4a77-9d0b-6f1f3f0f5a01';
export const clientId = 'c11e4711-0000-4000-8000-000000000001';
const clientSecret = 'a-client-secret';
export const subscriptionId = '5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e77';
const resourceGroup = 'models';
const region = 'westeurope';
const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
export const workspaceId = `${groupId}/providers/Microsoft.MachineLearningServices/workspaces/ml`;
export const endpointHost = `score.${region}.inference.ml.azure.com`;

export type Given = Readonly<Record<string, string>>;

export const sample: Given = { samplePayload: '{"input_data": [[1, 2]]}', expectedJson: '$.predictions[0]=0.5' };
/** A deployment of a registered model. */
export const registered: Given = { modelName: 'churn', modelVersion: '1', ...sample };

const json = { 'content-type': 'application/json' };
export const scores: DeploymentBehaviour = {
  answer: () => ({ status: 200, headers: json, body: Buffer.from('{"predictions": [0.5]}') }),
};
const wrong: DeploymentBehaviour = {
  answer: () => ({ status: 200, headers: json, body: Buffer.from('{"predictions": [0.1]}') }),
};
const broken: DeploymentBehaviour = {
  answer: () => ({ status: 500, headers: json, body: Buffer.from('{"message": "boom"}') }),
};

/** An agent behind a proxy, which is how it reaches the hosts of Azure. */
class ProxiedAgent extends FakeAgent {
  constructor(
    private readonly proxy: ProxySettings,
    private readonly caFile: string,
    ...rest: ConstructorParameters<typeof FakeAgent>
  ) {
    super(...rest);
  }

  override proxyFor(url = ''): ProxySettings | undefined {
    return url.startsWith('https:') ? this.proxy : undefined;
  }

  override certificates(): undefined {
    return { caFile: this.caFile } satisfies CertificateSettings as unknown as undefined;
  }
}

/** What a caller gets. */
interface Answered {
  readonly status: number;
  readonly deployment: string;
  readonly text: string;
}

interface RunOptions {
  readonly url?: string;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly connections?: Readonly<Record<string, FakeConnection>>;
}

/** A workspace whose time passes only while a task sleeps, and whose hosts are reached by a proxy. */
export class AzureMlStage {
  readonly clock = new FakeClock(Date.UTC(2025, 0, 1));

  private constructor(
    readonly azure: Azure,
    readonly entra: Entra,
    readonly hosts: AzureHosts,
    readonly folder: string,
  ) {}

  static async open(options: Partial<AzureOptions> = {}): Promise<AzureMlStage> {
    let now = (): number => 0;
    const clock = { now: () => now() };
    const entra = await startEntra({
      tenantIds: [tenantId],
      clock,
      tokenSeconds: 86_400,
      signingKeys: await sharedSigningKeys(),
      applications: [{ clientId, secrets: [{ value: clientSecret }] }],
    });
    const azure = await startAzure({
      entra: { issuer: entra.accessTokenIssuer(tenantId), jwksUri: entra.jwksUri },
      clock,
      resourceGroups: [{ id: groupId, location: region }],
      machineLearning: {
        workspaces: [
          {
            id: workspaceId,
            location: region,
            computes: [
              { name: 'cluster', computeType: 'Kubernetes' },
              { name: 'old', computeType: 'AKS' },
            ],
          },
        ],
        behaviours: { churn: scores, 'r.io/churn': scores, 'churn-wrong': wrong, 'churn-broken': broken },
      },
      logsBodies: true,
      ...options,
    });
    azure.machineLearning.settings.protocol = 'https';
    const names = [`*.${region}.inference.ml.azure.com`, '*.blob.core.windows.net'];
    const hosts = await AzureHosts.start(names, (host) => azure.urlOf(host, 443));
    const folder = await mkdtemp(join(tmpdir(), 'azureml-'));
    await writeFile(join(folder, 'ca.pem'), hosts.ca);
    const stage = new AzureMlStage(azure, entra, hosts, folder);
    now = () => stage.clock.now();
    for (const name of ['churn', 'churn-wrong', 'churn-broken']) stage.addModel(name);
    return stage;
  }

  get ml(): MachineLearning {
    return this.azure.machineLearning;
  }

  async close(): Promise<void> {
    await Promise.all([this.azure.close(), this.entra.close(), this.hosts.close()]);
    await rm(this.folder, { recursive: true });
  }

  /** Registers an MLflow model as somebody else would have. */
  addModel(name: string, version = '1', modelType = 'mlflow_model'): void {
    const { account, container } = partsOf({ id: workspaceId, location: region });
    const store = this.ml.blobs.store.addContainer(account, container);
    store.put(`up/${name}/${version}/MLmodel`, Buffer.from('flavors: {python_function: {}}'));
    const base = workspaceId.slice(1).replace('providers/Microsoft.MachineLearningServices/', '');
    const modelUri = `azureml://${base}/datastores/workspaceblobstore/paths/up/${name}/${version}`;
    this.ml.addAsset('models', workspaceId, [name, version], { modelType, modelUri });
  }

  accounts(): readonly string[] {
    return [partsOf({ id: workspaceId, location: region }).account];
  }

  /** The folders that tasks left in the folder for temporary files. */
  async temporaryFolders(): Promise<readonly string[]> {
    return (await readdir(this.folder)).filter((name) => name.startsWith('model-'));
  }

  /** Writes files below the folder of the job. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }

  /** Requests of a kind to Resource Manager, such as `PUT onlineEndpoints/score`; those that only ask are left out. */
  writes(): readonly string[] {
    return this.azure.requests
      .list()
      .filter(({ method, path }) => method !== 'GET' && !/\/(?:listKeys|getLogs|token|listSecrets)$/i.test(path))
      .map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`);
  }

  /** What there is, but for what differs from run to run. */
  endState(): unknown {
    const { account, container } = partsOf({ id: workspaceId, location: region });
    const assets = (['models', 'environments', 'codes'] as const).flatMap((kind) =>
      this.ml.assets.list(workspaceId, kind).map(({ id }) => id),
    );
    return {
      endpoints: this.ml.endpoints.map((endpoint) => ({
        name: endpoint.name,
        traffic: shares(endpoint.traffic),
        mirror: shares(endpoint.mirrorTraffic),
        deployments: endpoint.deployments.map(({ name, body, changes }) => {
          const { model, codeId, environmentId, capacity } = body;
          return { name, state: changes.provisioningState, model, codeId, environmentId, capacity };
        }),
      })),
      assets: assets.sort(),
      blobs: [...this.ml.blobs.store.addContainer(account, container).blobs.keys()].sort(),
    };
  }

  /** Forgets what was asked of Azure. */
  clearRequests(): void {
    for (const { requests } of [this.azure, this.ml.blobs, this.ml.scoring]) requests.clear();
  }

  get endpoint() {
    return this.ml.endpoints.find(({ name }) => name === 'score');
  }

  /** By name, the state and the model of each deployment. */
  deployments(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      (this.endpoint?.deployments ?? []).map(({ name, changes, body }) => [
        name,
        `${changes.provisioningState} ${/models\/([^/]+)\/versions/.exec(body.model ?? '')?.[1] ?? ''}`,
      ]),
    );
  }

  get connection() {
    return {
      url: this.azure.url,
      scheme: 'ServicePrincipal',
      parameters: {
        serviceprincipalid: clientId,
        tenantid: tenantId,
        authenticationType: 'spnKey',
        serviceprincipalkey: clientSecret,
      },
      data: { environmentAuthorityUrl: this.entra.url, subscriptionId },
    };
  }

  /** Has there be a deployment that another tool created. */
  async putForeign(name: string, model: string, endpoint = 'score'): Promise<void> {
    await this.arm('PUT', `/onlineEndpoints/${endpoint}/deployments/${name}`, {
      location: region,
      sku: { name: 'Default', capacity: 1 },
      properties: { endpointComputeType: 'Managed', model, instanceType: 'Standard_DS3_v2' },
    });
    this.clock.advance(900_000);
  }

  /** A request of another tool, below the workspace. */
  async arm(method: string, path: string, body?: object): Promise<Response> {
    const resource = 'https://management.azure.com/';
    const token = await fetch(`${this.entra.url}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: `${resource}.default`,
      }),
    });
    const { access_token: accessToken } = (await token.json()) as { readonly access_token: string };
    const answer = await fetch(`${this.azure.url}${workspaceId}${path}?api-version=2024-10-01`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, ...json },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** What a request of a caller is answered at this moment. */
  async call(): Promise<Answered> {
    const { primaryKey } = (this.endpoint?.keys.list() ?? {}) as { readonly primaryKey?: string };
    const headers = { ...json, host: endpointHost, authorization: `Bearer ${primaryKey ?? ''}` };
    const request = send(new URL('/score', this.ml.scoring.url), { method: 'POST', headers, agent: false });
    request.end('{}');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const deployment = String(response.headers['azureml-model-deployment']);
    return { status: response.statusCode ?? 0, deployment, text: await text(response) };
  }

  /** A clock on which a caller asks the endpoint whenever the task waits, and what the callers got. */
  watched(): { readonly clock: Clock; readonly answers: Answered[] } {
    const answers: Answered[] = [];
    const sleep: Clock['sleep'] = async (milliseconds, signal) => {
      answers.push(await this.call());
      await this.clock.sleep(milliseconds, signal);
      answers.push(await this.call());
    };
    return { clock: { now: () => this.clock.now(), date: () => this.clock.now(), sleep }, answers };
  }

  async run(inputs: Given = {}, options: RunOptions = {}): Promise<FakeAgent> {
    const {
      url = this.azure.url,
      clock = this.clock,
      signal = new AbortController().signal,
      connections = {},
    } = options;
    const base = { azureConnection: 'c', resourceGroup, workspaceName: 'ml', endpointName: 'score' };
    const folders = { 'System.DefaultWorkingDirectory': this.folder, 'Agent.TempDirectory': this.folder };
    const agent = new ProxiedAgent(
      { url: this.hosts.url },
      join(this.folder, 'ca.pem'),
      { ...base, ...inputs },
      { c: { ...this.connection, url }, ...connections },
      folders,
    );
    await runTask(task, { agent, clock, signal });
    return agent;
  }
}

function shares(traffic: Readonly<Record<string, number>>): object {
  return Object.fromEntries(Object.entries(traffic).filter(([, percent]) => percent > 0));
}
