import assert from 'node:assert/strict';
import { parse } from 'yaml';
import type { ClusterCommand, ManagedCluster } from '../../../sandbox/azure/managedClusters/managedCluster';
import { ArmClient, clientId, group, objectId } from './armClient';

const type = 'Microsoft.ContainerService/managedClusters';
const id = `${group}/providers/${type}/scoring`;
const version = '?api-version=2024-09-01';
const aksScope = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';
const cluster: ManagedCluster = {
  id,
  location: 'westeurope',
  server: 'https://localhost:6443',
  ca: 'the authority',
  user: { token: 'user-token' },
  admin: { certificate: { cert: 'a certificate', key: 'a key' } },
};
const aadProfile = { tenantID: 'the-tenant', managed: true, enableAzureRBAC: true };

interface Kubeconfig {
  readonly 'current-context': string;
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly {
    readonly name: string;
    readonly user: {
      readonly token?: string;
      readonly 'client-certificate-data'?: string;
      readonly exec?: { readonly command: string; readonly args: readonly string[] };
      readonly 'auth-provider'?: { readonly name: string };
    };
  }[];
}

describe('Azure sandbox: clusters of AKS', () => {
  const arm = new ArmClient();
  const start = (change: Partial<ManagedCluster> = {}) => arm.start({ clusters: [{ ...cluster, ...change }] });
  beforeEach(() => start());
  after(() => arm.close());

  const read = (value: unknown) => parse(Buffer.from(String(value), 'base64').toString()) as Kubeconfig;
  async function credential(kind: 'User' | 'Admin', query = ''): Promise<Kubeconfig> {
    const { status, json } = await arm.send('POST', `${id}/listCluster${kind}Credential${version}${query}`);
    assert.equal(status, 200);
    const [entry] = json['kubeconfigs'] as readonly { readonly name: string; readonly value: string }[];
    assert.equal(entry?.name, `cluster${kind}`);
    return read(entry.value);
  }

  it('are described and listed', async () => {
    const { status, json } = await arm.send('GET', id + version);
    const properties = json['properties'] as Readonly<Record<string, unknown>>;
    assert.deepEqual([status, json['name'], json['location']], [200, 'scoring', 'westeurope']);
    assert.equal(json['type'], 'Microsoft.ContainerService/ManagedClusters');
    assert.match(String(properties['fqdn']), /^scoring-dns-[\da-f]{8}\.hcp\.westeurope\.azmk8s\.io$/);
    assert.deepEqual(
      ['provisioningState', 'powerState', 'disableLocalAccounts', 'apiServerAccessProfile', 'privateFQDN'].map(
        (name) => properties[name],
      ),
      ['Succeeded', { code: 'Running' }, false, { enablePrivateCluster: false }, undefined],
    );
    const { kubeletidentity } = properties['identityProfile'] as Readonly<Record<string, Record<string, string>>>;
    assert.match(kubeletidentity?.['objectId'] ?? '', /^[\da-f-]{36}$/);
    for (const scope of [group, group.replace(/\/resourceGroups.*/, '')]) {
      const list = (await arm.send('GET', `${scope}/providers/${type}${version}`)).json;
      assert.deepEqual(list['value'], [json]);
    }
  });

  it('can be private or stopped', async () => {
    await start({ isPrivate: true, powerState: 'Stopped', aadProfile });
    const properties = (await arm.send('GET', id + version)).json['properties'] as Readonly<Record<string, unknown>>;
    assert.match(String(properties['privateFQDN']), /\.privatelink\.westeurope\.azmk8s\.io$/);
    assert.deepEqual(
      [properties['fqdn'], properties['powerState'], properties['aadProfile']],
      [undefined, { code: 'Stopped' }, aadProfile],
    );
  });

  it('return a kubeconfig for users without Entra ID', async () => {
    const { clusters, users, 'current-context': context } = await credential('User');
    assert.deepEqual(
      [context, clusters[0]?.cluster, users[0]],
      [
        'scoring',
        { 'certificate-authority-data': Buffer.from('the authority').toString('base64'), server: cluster.server },
        { name: 'clusterUser_models_scoring', user: { token: 'user-token' } },
      ],
    );
  });

  it('return a certificate for administrators, unless local accounts are disabled', async () => {
    const { users, 'current-context': context } = await credential('Admin');
    assert.equal(context, 'scoring-admin');
    assert.equal(users[0]?.user['client-certificate-data'], Buffer.from('a certificate').toString('base64'));
    await start({ disableLocalAccounts: true, aadProfile });
    const reply = await arm.send('POST', `${id}/listClusterAdminCredential${version}`);
    assert.deepEqual(
      [reply.status, reply.json],
      [
        400,
        {
          code: 'BadRequest',
          details: null,
          message: 'Getting static credential is not allowed because this cluster is set to disable local accounts.',
          subcode: '',
        },
      ],
    );
    assert.equal((await credential('User')).users[0]?.user.exec?.command, 'kubelogin');
  });

  it('return a kubeconfig with kubelogin or the old provider for users of Entra ID', async () => {
    await start({ aadProfile });
    for (const query of ['', '&format=exec']) {
      const { exec } = (await credential('User', query)).users[0]?.user ?? {};
      const args = exec?.args ?? [];
      assert.deepEqual([exec?.command, args[0]], ['kubelogin', 'get-token']);
      assert.equal(`${args[args.indexOf('--server-id') + 1] ?? ''}/.default`, aksScope);
      assert.equal(args[args.indexOf('--tenant-id') + 1], 'the-tenant');
    }
    assert.equal((await credential('User', '&format=azure')).users[0]?.user['auth-provider']?.name, 'azure');
    const [status, code] = await arm.refusal('POST', `${id}/listClusterUserCredential${version}&format=yaml`);
    assert.deepEqual([status, code], [400, 'BadRequest']);
  });

  it('return the public name of a private cluster on request', async () => {
    await start({ isPrivate: true, hasPublicName: true, publicServer: 'https://public:443' });
    const serverOf = async (query: string) => (await credential('User', query)).clusters[0]?.cluster['server'];
    assert.deepEqual(
      [await serverOf(''), await serverOf('&server-fqdn=public')],
      [cluster.server, 'https://public:443'],
    );
  });

  it('return credentials by the old access profile too', async () => {
    for (const [method, suffix] of [
      ['GET', ''],
      ['POST', '/listCredential'],
    ] as const) {
      const path = `${id}/accessProfiles/clusterUser${suffix}?api-version=2017-08-31`;
      const { status, json } = await arm.send(method, path);
      const { kubeConfig } = json['properties'] as Readonly<Record<string, string>>;
      assert.deepEqual([status, read(kubeConfig).users[0]?.user.token], [200, 'user-token']);
    }
  });

  it('require the permission of each operation', async () => {
    arm.azure.allowedActions.set(clientId, [`${type}/read`]);
    assert.equal((await arm.send('GET', id + version)).status, 200);
    for (const [method, path, action, scope = id] of [
      ['POST', '/listClusterUserCredential', 'listClusterUserCredential/action'],
      ['POST', '/listClusterAdminCredential', 'listClusterAdminCredential/action'],
      [
        'GET',
        '/accessProfiles/clusterUser',
        'accessProfiles/listCredential/action',
        `${id}/accessProfiles/clusterUser`,
      ],
      ['POST', '/runCommand', 'runcommand/action'],
      ['GET', '/commandResults/1', 'commandResults/read', `${id}/commandResults/1`],
    ] as const) {
      assert.deepEqual(await arm.refusal(method, id + path + version), [
        403,
        'AuthorizationFailed',
        `The client '${clientId}' with object id '${objectId}' does not have authorization to perform action '${type}/${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      ]);
    }
  });

  describe('run commands', () => {
    let commands: ClusterCommand[];
    const runCommand = async (command: ClusterCommand) => {
      commands.push(command);
      return { exitCode: 3, logs: 'it went wrong\n' };
    };
    const zip = Buffer.concat([Buffer.from('PK'), Buffer.alloc(20)]);
    beforeEach(async () => {
      commands = [];
      await start({ runCommand });
    });
    const run = (body: object) => arm.send('POST', `${id}/runCommand${version}`, body);

    it('and return any exit code at the end', async () => {
      const begun = await run({ command: 'kubectl apply -f .', context: zip.toString('base64') });
      const location = begun.headers.get('location') ?? '';
      assert.deepEqual([begun.status, begun.json], [202, {}]);
      assert.match(location, /\/managedclusters\/scoring\/commandResults\/[\da-f]{32}\?api-version=2024-09-01$/);
      const running = await arm.send('GET', location);
      assert.deepEqual([running.status, running.headers.get('location')], [202, location]);
      assert.deepEqual(running.json['properties'], { provisioningState: 'Running' });
      arm.pass(5);
      const { status, json } = await arm.send('GET', location);
      const timeText = (seconds = 0) => `${new Date(arm.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;
      assert.deepEqual(
        [status, json['properties']],
        [
          200,
          {
            provisioningState: 'Succeeded',
            exitCode: 3,
            startedAt: timeText(-5),
            finishedAt: timeText(),
            logs: 'it went wrong\n',
          },
        ],
      );
      assert.deepEqual(commands, [{ command: 'kubectl apply -f .', context: zip }]);
    });

    it('of users of Entra ID only with a token for the cluster', async () => {
      await start({ aadProfile, runCommand });
      const command = 'kubectl get pods';
      assert.deepEqual(await arm.refusal('POST', `${id}/runCommand${version}`, { command }), [
        400,
        'MissingAADClusterToken',
        'This cluster have Azure Active Directory enabled, .clusterToken is required.',
      ]);
      const outcome = async (clusterToken: string) => {
        const { headers } = await run({ command, clusterToken });
        arm.pass(5);
        const { json } = await arm.send('GET', headers.get('location') ?? '');
        return json['properties'] as Readonly<Record<string, unknown>>;
      };
      const refused = await outcome(await arm.token());
      assert.deepEqual(
        [refused['exitCode'], refused['logs'], commands],
        [1, 'error: You must be logged in to the server (Unauthorized)\n', []],
      );
      const clusterToken = await arm.token(aksScope);
      assert.equal((await outcome(clusterToken))['exitCode'], 3);
      assert.equal(commands[0]?.clusterToken, clusterToken);
    });

    it('but not when the cluster is stopped or busy, or when the context is not a zip file', async () => {
      const refusal = () => arm.refusal('POST', `${id}/runCommand${version}`, { command: 'true' });
      const [own] = arm.azure.clusters;
      assert.ok(own);
      own.powerState = 'Stopped';
      assert.deepEqual((await refusal()).slice(0, 2), [409, 'OperationNotAllowed']);
      own.powerState = 'Running';
      own.provisioningState = 'Upgrading';
      const [status, code, message] = await refusal();
      assert.deepEqual([status, code], [409, 'OperationNotAllowed']);
      assert.match(String(message), /Another operation \(Upgrading\) is in progress/);
      own.provisioningState = 'Succeeded';
      assert.equal((await run({ command: 'true', context: 'bm8gemlw' })).status, 400);
      assert.equal((await run({})).status, 400);
      assert.equal((await arm.send('GET', `${id}/commandResults/1${version}`)).status, 404);
    });

    it('and report when a command could not be run', async () => {
      await start({ runCommand: () => Promise.reject(new Error('no node')) });
      const { headers } = await run({ command: 'true' });
      arm.pass(5);
      const { status, json } = await arm.send('GET', headers.get('location') ?? '');
      assert.deepEqual([status, json['properties']], [200, { provisioningState: 'Failed', reason: 'Error: no node' }]);
    });
  });
});
