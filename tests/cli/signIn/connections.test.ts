import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signInConnections } from '../../../cli/signIn/connections';
import type { SignIn, SignInContext } from '../../../cli/signIn/request';
import { SignInRequired } from '../../../cli/signIn/signInRequired';
import { whoami, whoamiText } from '../../../cli/signIn/whoami';
import { startDatabricks } from '../../../sandbox/databricks/databricks';
import { systemClock } from '../../../shared/clock';
import { openSubscription } from '../../../shared/azure/resourceManager/openSubscription';
import { kubernetesConnection } from '../../../shared/kubernetes/access/kubernetesConnection';
import { testContext } from '../../support/testContext';
import { TerminalStage } from './terminalStage';

const subscriptionId = '11111111-2222-3333-4444-555555555555';

describe('the connections of a command', () => {
  let stage: TerminalStage;
  beforeEach(async () => {
    stage = await TerminalStage.open();
  });
  afterEach(() => stage.close());

  /** For a task whose connections have these types; the other names are those of its other inputs. */
  function signIn(types: string, context: SignInContext, names = 'connectionType'): Promise<SignIn> {
    const connections = types.split(' ').map((type) => ({ name: `${type}Input`, type: `connectedService:${type}` }));
    return signInConnections({
      ...context,
      inputs: [...connections, ...names.split(' ').map((name) => ({ name, type: 'string' }))],
    });
  }

  it('use the token of a profile, and say so when it is used', async () => {
    await stage.file('.databrickscfg', '[dev]\nhost = a.example.com\ntoken = dapi-dev\n');
    const found = await signIn('databricksworkspace AzureRM', stage.context({ options: { profile: 'dev' } }));
    assert.deepEqual(found.values, { connectionType: 'databricks', connection: 'databricks' });
    assert.deepEqual(stage.notes, []);
    const connection = found.connection('databricks');
    assert.deepEqual(
      [connection?.url, connection?.scheme, connection?.authorization('apitoken'), connection?.issuer],
      ['https://a.example.com', 'Token', 'dapi-dev', undefined],
    );
    assert.deepEqual(stage.notes, ['Databricks: profile dev, personal access token, https://a.example.com']);
    assert.deepEqual(stage.secrets, ['dapi-dev']);
    assert.equal(found.isRefused, false);
  });

  it('use the OAuth secret of a service principal', async () => {
    const environment = { DATABRICKS_HOST: 'a.example.com', DATABRICKS_CLIENT_ID: 'id', DATABRICKS_CLIENT_SECRET: 's' };
    const connection = (await signIn('databricksworkspace', stage.context({ environment }))).connection('databricks');
    assert.equal(connection?.scheme, 'UsernamePassword');
    assert.deepEqual([connection.data('clientId'), connection.authorization('password')], ['id', 's']);
  });

  it('name the three ways to sign in when there are no credentials, and only when these are needed', async () => {
    const found = await signIn('databricksworkspace', stage.context());
    const connection = found.connection('databricks');
    assert.equal(found.isRefused, false);
    assert.throws(
      () => connection?.url,
      (error: Error) =>
        error instanceof SignInRequired &&
        /auth login[^]*--profile[^]*DATABRICKS_TOKEN[^]*DATABRICKS_CLIENT_SECRET[^]*az login/.test(error.message),
    );
    assert.equal(found.isRefused, true);
  });

  for (const [what, file, message] of [
    ['another authentication type', 'host = a.example.com\nauth_type = google-id', /'google-id'.*is not supported/],
    ['a password', 'host = a.example.com\nusername = u\npassword = p', /no longer accepts user names and passwords/],
    ['a token without a workspace', 'token = dapi', /credentials for Databricks, but no workspace/],
    ['a type without its values', 'host = a.example.com\nauth_type = pat', /No credentials are configured/],
  ] as const)
    it(`refuse ${what}`, async () => {
      await stage.file('.databrickscfg', `[DEFAULT]\n${file}\n`);
      const found = await signIn('databricksworkspace', stage.context());
      assert.throws(() => found.connection('databricks')?.url, message);
      assert.equal(found.isRefused, true);
    });

  it('use the Azure CLI for a workspace of Azure, or else the Databricks CLI', async () => {
    const signal = new AbortController().signal;
    const environment = { DATABRICKS_HOST: 'https://adb-1.2.azuredatabricks.net' };
    await stage.program('az', 'echo "Please run \'az login\'" >&2; exit 1');
    const found = await signIn('databricksworkspace', stage.context({ environment }));
    const issuer = found.connection('databricks')?.issuer;
    await assert.rejects(async () => issuer?.issue('url', signal), /az login[^]*the Databricks CLI[^]*three ways/);
    assert.equal(found.isRefused, true);
    await stage.program('databricks', 'echo \'{"access_token": "t-oauth", "expiry": "2099-01-01T00:00:00Z"}\'');
    assert.equal((await issuer?.issue('url', signal))?.token, 't-oauth');
    const calls = await readFile(join(stage.home, 'calls'), 'utf8');
    assert.match(calls, /^az .* --resource 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d$/m);
    assert.match(calls, /^databricks auth token --host https:\/\/adb-1\.2\.azuredatabricks\.net$/m);
  });

  it('use the subscription of the Azure CLI', async () => {
    const subscriptions = [
      { id: 'other', name: 'Other', isDefault: false },
      { id: subscriptionId, name: 'Mine', isDefault: true, environmentName: 'AzureUSGovernment' },
    ];
    await stage.file('.azure/azureProfile.json', `\uFEFF${JSON.stringify({ subscriptions })}`);
    const open = async (subscription?: string): Promise<string> => {
      const options = subscription === undefined ? {} : { subscription };
      const found = await signIn('AzureRM', stage.context({ options }), 'resourceGroup');
      assert.deepEqual(found.values, { azureConnection: 'azure' });
      const connection = found.connection('azure');
      assert.ok(connection);
      if (subscription === undefined) assert.equal(connection.url, 'https://management.usgovcloudapi.net/');
      return openSubscription(connection, testContext()).subscriptionId;
    };
    assert.equal(await open(), subscriptionId);
    assert.equal(await open('other'), 'other');
    await assert.rejects(open('gone'), /does not know the subscription 'gone'/);
  });

  it('use a kubeconfig of several files, with paths relative to each', async () => {
    const cluster = (name: string): string => `{name: ${name}, cluster: {server: "https://${name}"}}`;
    await stage.file('a/one', `clusters: [${cluster('a')}]\ncontexts: [{name: c, context: {cluster: b, user: u}}]\n`);
    await stage.file(
      'b/two',
      `current-context: c\nclusters: [${cluster('b')}]\nusers: [{name: u, user: {tokenFile: t}}]\n`,
    );
    await stage.file('b/t', 'file-token\n');
    const environment = { KUBECONFIG: ['a/one', 'gone', 'b/two'].map((file) => join(stage.home, file)).join(':') };
    const found = await signIn('kubernetes AzureRM', stage.context({ environment, options: { kubeContext: 'c' } }));
    assert.deepEqual(found.values, { connectionType: 'kubernetes', kubernetesConnection: 'kubeconfig' });
    const connection = found.connection('kubeconfig');
    assert.ok(connection);
    const access = kubernetesConnection(connection, testContext());
    assert.equal(access.server, 'https://b');
    assert.equal(await access.tokens?.token(), 'file-token');
  });

  it('take the account of a registry from a credential helper or the file of Docker', async () => {
    const auth = Buffer.from('me:pass:word').toString('base64');
    await stage.file(
      '.docker/config.json',
      JSON.stringify({
        auths: { 'https://r.example.com/v1/': { auth } },
        credHelpers: { 'h.example.com': 'stand-in' },
      }),
    );
    await stage.program(
      'docker-credential-stand-in',
      'echo "{\\"Username\\":\\"helper\\",\\"Secret\\":\\"of $(cat)\\"}"',
    );
    const account = async (registry: string): Promise<unknown> => {
      const { values } = await signIn('AzureRM', stage.context({ options: { registry } }), 'registryPassword');
      return [values.registryServer, values.registryUsername, values.registryPassword];
    };
    assert.deepEqual(await account('r.example.com'), ['r.example.com', 'me', 'pass:word']);
    assert.deepEqual(await account('h.example.com'), ['h.example.com', 'helper', 'of h.example.com']);
    assert.deepEqual(stage.secrets, ['pass:word', 'of h.example.com']);
    await assert.rejects(account('gone.example.com'), /no account for the registry gone\.example\.com/);
  });

  it('sign in to Azure DevOps with a personal access token, or through the Azure CLI', async () => {
    const environment = { AZURE_DEVOPS_EXT_PAT: 'pat-secret', AZURE_DEVOPS_PROJECT: 'Shop' };
    const context = stage.context({ environment, options: { organization: 'contoso' } });
    const found = await signIn('AzureRM externaltfs', context);
    assert.deepEqual(found.values, {
      organizationUrl: 'https://dev.azure.com/contoso',
      project: 'Shop',
      connectionType: 'token',
      devopsConnection: 'azure-devops',
    });
    assert.equal(found.connection('azure-devops')?.authorization('apitoken'), 'pat-secret');
    const { values } = await signIn('AzureRM externaltfs', stage.context());
    assert.deepEqual(values, { connectionType: 'azure', azureConnection: 'azure' });
  });

  it('say who the credentials are for', async () => {
    const databricks = await startDatabricks();
    try {
      const context = testContext({ clock: systemClock });
      const ask = (token: string): ReturnType<typeof whoami> => {
        const environment = { DATABRICKS_HOST: databricks.url, DATABRICKS_TOKEN: token };
        return whoami(stage.context({ environment }), context);
      };
      const caller = await ask(databricks.token);
      assert.equal(caller.workspaceUrl, databricks.url);
      assert.match(whoamiText(caller), /^the environment, personal access token: \S+ at http:/);
      await assert.rejects(ask('dapi-of-nobody'), (error: Error) => {
        assert.ok(error instanceof SignInRequired);
        assert.doesNotMatch(error.message, /dapi-of-nobody/);
        return true;
      });
    } finally {
      await databricks.close();
    }
  });
});
