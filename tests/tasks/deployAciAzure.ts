import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAzure, type Azure, type AzureOptions } from '../../sandbox/azure/azure';
import type { GroupBody } from '../../sandbox/azure/containerGroups/groupBody';
import { startEntra, type Entra } from '../../sandbox/entra/entra';
import type { ProxySettings } from '../../shared/agent/agent';
import type { Clock } from '../../shared/clock';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/DeployAci/task';
import { FakeAgent } from '../support/fakeAgent';
import { FakeClock } from '../support/fakeClock';
import { sharedSigningKeys } from '../support/sharedKeys';

const tenantId = '0a4f1c2e-6f5d-4a77-9d0b-6f1f3f0f5a01';
const clientId = 'c11e4711-0000-4000-8000-000000000001';
const clientSecret = 'a-client-secret';
const subscriptionId = '5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e77';
const resourceGroup = 'models';
const resourceGroupId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;

/** The inputs of a step that deploys a service that works. */
export const service = {
  containerGroupName: 'score',
  location: 'West Europe',
  image: 'models.azurecr.io/score:1',
  port: '5001',
  dnsNameLabel: 'score-model',
};
export const sample = { samplePayload: '{"data": [[1, 2]]}', expectedJson: '$.predictions[0]=0.5' };

/** A group as a template of another team deploys it. */
export const foreignGroup = {
  location: 'westeurope',
  tags: { owner: 'ml-platform' },
  identity: { type: 'SystemAssigned' },
  properties: {
    osType: 'Linux',
    restartPolicy: 'OnFailure',
    containers: [
      {
        name: 'model',
        properties: {
          image: 'models.azurecr.io/score:1',
          ports: [{ port: 5001 }],
          resources: { requests: { cpu: 2, memoryInGB: 7 } },
          environmentVariables: [
            { name: 'MODE', value: 'batch' },
            { name: 'KEY', secureValue: 'hush' },
          ],
          volumeMounts: [{ name: 'models', mountPath: '/models' }],
        },
      },
    ],
    ipAddress: { type: 'Public', ports: [{ port: 5001 }] },
    volumes: [{ name: 'models', azureFile: { shareName: 's', storageAccountName: 'a', storageAccountKey: 'k' } }],
    diagnostics: { logAnalytics: { workspaceId: 'w', workspaceKey: 'wk' } },
  },
};

/** What a scoring service answers. */
export const scores = {
  answer: () => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{"predictions": [0.5]}'),
  }),
};

/** An agent behind a proxy, which is how it reaches the addresses of Azure. */
class ProxiedAgent extends FakeAgent {
  constructor(
    private readonly proxy: ProxySettings,
    ...rest: ConstructorParameters<typeof FakeAgent>
  ) {
    super(...rest);
  }

  override proxyFor(): undefined {
    return this.proxy as unknown as undefined;
  }
}

/** A sandbox of Azure whose time passes only while the task sleeps, with a proxy by which its container groups are reached. */
export class DeployAciAzure {
  readonly clock = new FakeClock(Date.UTC(2025, 0, 1));

  private constructor(
    readonly azure: Azure,
    readonly entra: Entra,
    private readonly proxy: Server,
  ) {}

  static async open(options: Partial<AzureOptions> = {}): Promise<DeployAciAzure> {
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
      resourceGroups: [{ id: resourceGroupId, location: 'westeurope' }],
      images: { 'models.azurecr.io/score': scores },
      logsBodies: true,
      ...options,
    });
    const proxy = createServer((incoming, outgoing) => {
      const { hostname, port, pathname } = new URL(incoming.url ?? '');
      try {
        const url = new URL(pathname, azure.containerInstances.urlOf(hostname, Number(port || 80)));
        const onward = forward(url, { method: incoming.method, headers: incoming.headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        });
        onward.on('error', () => outgoing.writeHead(502).end());
        incoming.pipe(onward);
      } catch {
        outgoing.writeHead(504).end();
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const opened = new DeployAciAzure(azure, entra, proxy);
    now = () => opened.clock.now();
    return opened;
  }

  async close(): Promise<void> {
    await Promise.all([this.azure.close(), this.entra.close()]);
    this.proxy.closeAllConnections();
    await new Promise((resolve) => this.proxy.close(resolve));
  }

  /** What was asked of Resource Manager, such as `PUT containerGroups/score`. */
  calls(): readonly string[] {
    return this.azure.requests.list().map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`);
  }

  writes(): readonly string[] {
    return this.calls().filter((call) => !call.startsWith('GET'));
  }

  /** What there is, but for what differs from run to run. */
  endState(): unknown {
    return this.azure.containerInstances.groups.map(({ name, body }) => [name, body]);
  }

  /** The service connection to it. */
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

  /** Has there be a group that another tool deployed ten minutes ago. */
  async deployForeign(body: object, name = service.containerGroupName): Promise<void> {
    const id = `${resourceGroupId}/providers/Microsoft.ContainerInstance/containerGroups/${name}`;
    await this.azure.containerInstances.put(id, body as GroupBody, '2023-05-01');
    this.clock.advance(600_000);
  }

  async run(
    inputs: Readonly<Record<string, string>> = {},
    {
      url = this.azure.url,
      clock = this.clock,
      signal = new AbortController().signal,
      secrets = [],
    }: {
      readonly url?: string;
      readonly clock?: Clock;
      readonly signal?: AbortSignal;
      /** The values of the secret variables of its job. */
      readonly secrets?: readonly string[];
    } = {},
  ): Promise<FakeAgent> {
    const connection = { ...this.connection, url };
    const agent = new ProxiedAgent(
      { url: `http://127.0.0.1:${(this.proxy.address() as AddressInfo).port}` },
      { azureConnection: 'c', resourceGroup, ...(inputs['action'] === 'delete' ? {} : service), ...inputs },
      { c: connection },
      {},
      undefined,
      secrets,
    );
    await runTask(task, { agent, clock, signal });
    return agent;
  }
}
