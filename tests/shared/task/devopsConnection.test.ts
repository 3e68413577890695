import assert from 'node:assert/strict';
import { devopsConnection, openOrganization, projectOf } from '../../../shared/task/devopsConnection';
import { runTask } from '../../../shared/task/runTask';
import { defineTask } from '../../../shared/task/task';
import { FakeAgent, type FakeConnection } from '../../support/fakeAgent';
import { FakeClock } from '../../support/fakeClock';
import { RecordingServer } from '../../support/recordingServer';

const task = defineTask({
  inputs: devopsConnection,
  outputs: [],
  run({ inputs, context }) {
    const { url, organization, isJob } = openOrganization(inputs, context);
    const who = isJob ? ', as the job' : '';
    return Promise.resolve(`Opened ${projectOf(inputs, context)} in ${organization} at ${url}${who}.`);
  },
});

const ofRun = {
  'System.AccessToken': 'job-token',
  'System.CollectionUri': 'https://dev.azure.com/contoso/',
  'System.TeamProject': 'ml',
};
const azure: FakeConnection = {
  url: 'https://management.azure.com',
  scheme: 'ServicePrincipal',
  parameters: { serviceprincipalid: 'client', tenantid: 'tenant', serviceprincipalkey: 'secret' },
};
const byToken = { connectionType: 'token', devopsConnection: 'id' };
const tokenConnection = (parameters: Readonly<Record<string, string>>, scheme = 'Token'): FakeConnection => ({
  url: 'https://dev.azure.com/fabrikam',
  scheme,
  parameters,
});

async function endOf(
  inputs: Readonly<Record<string, string>>,
  connection: FakeConnection = azure,
  variables: Readonly<Record<string, string>> = ofRun,
) {
  const agent = new FakeAgent(inputs, { id: connection }, variables);
  await runTask(task, { agent, clock: new FakeClock(), signal: new AbortController().signal });
  return { ...agent.end, secrets: agent.said.filter(({ kind }) => kind === 'secret').map((said) => said.text) };
}

describe('The connection to an organization, as inputs name it', () => {
  const good: readonly (readonly [string, Readonly<Record<string, string>>, FakeConnection, string])[] = [
    ['the job, without any input', {}, azure, 'Opened ml in contoso at https://dev.azure.com/contoso, as the job.'],
    [
      'the job, at the other URL of its organization',
      { organizationUrl: 'https://contoso.visualstudio.com/DefaultCollection' },
      azure,
      'Opened ml in contoso at https://contoso.visualstudio.com, as the job.',
    ],
    [
      'a connection to Azure',
      { connectionType: 'azure', azureConnection: 'id' },
      azure,
      'Opened ml in contoso at https://dev.azure.com/contoso.',
    ],
    [
      'a connection to Azure for another organization',
      { connectionType: 'azure', azureConnection: 'id', organizationUrl: 'dev.azure.com/fabrikam/x', project: 'x' },
      azure,
      'Opened x in fabrikam at https://dev.azure.com/fabrikam.',
    ],
    [
      'a personal access token, in the organization of its connection',
      { ...byToken, project: 'x' },
      tokenConnection({ apitoken: 'personal-token' }),
      'Opened x in fabrikam at https://dev.azure.com/fabrikam.',
    ],
    [
      'a personal access token that is the password of its connection',
      { ...byToken, project: 'x' },
      tokenConnection({ username: 'anybody', password: 'personal-token' }, 'UsernamePassword'),
      'Opened x in fabrikam at https://dev.azure.com/fabrikam.',
    ],
    [
      'the clone URL of a repository, which names the organization as the user',
      {
        connectionType: 'azure',
        azureConnection: 'id',
        organizationUrl: 'https://contoso@dev.azure.com/contoso/ml/_git/m1',
      },
      azure,
      'Opened ml in contoso at https://dev.azure.com/contoso.',
    ],
  ];
  for (const [what, inputs, connection, message] of good)
    it(`is opened as ${what}`, async () => {
      const { secrets, ...end } = await endOf(inputs, connection);
      assert.deepEqual(end, { result: 'Succeeded', message });
      assert.ok(secrets.length > 0, 'nothing was announced as a secret');
    });

  it('keeps a personal access token secret in both forms', async () => {
    const { secrets } = await endOf({ ...byToken, project: 'x' }, tokenConnection({ apitoken: 'personal-token' }));
    const password = Buffer.from(':personal-token').toString('base64');
    assert.deepEqual([...secrets].sort(), ['personal-token', password].sort());
  });

  it('requests tokens of Microsoft Entra ID for Azure DevOps', async () => {
    const server = await RecordingServer.start();
    try {
      server.reset(
        { body: { access_token: 'entra-token', expires_in: 3600 } },
        { body: { count: 0, value: [] } }, // no resource areas
      );
      const inputs = {
        connectionType: 'azure',
        azureConnection: 'id',
        organizationUrl: `${server.url}/contoso`,
        project: 'x',
      };
      const calling = defineTask({
        inputs: devopsConnection,
        outputs: [],
        run: async ({ inputs: given, context }) => {
          await openOrganization(given, context).core.project('x');
          return '';
        },
      });
      const agent = new FakeAgent(inputs, { id: { ...azure, data: { environmentAuthorityUrl: server.url } } }, ofRun);
      await runTask(calling, { agent, clock: new FakeClock(), signal: new AbortController().signal });
      assert.match(agent.end.message, /is a collection of Azure DevOps Server/);
      const [signIn, areas] = server.requests;
      assert.equal(
        new URLSearchParams(signIn?.body.toString()).get('scope'),
        '499b84ac-1321-427f-aa17-267ca6975798/.default',
      );
      assert.equal(areas?.headers.authorization, 'Bearer entra-token');
    } finally {
      await server.close();
    }
  });

  const bad: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    FakeConnection,
    string,
    Readonly<Record<string, string>>?,
  ])[] = [
    ['outside a run', {}, azure, "Input 'organizationUrl' is required: there is no pipeline run to take it from.", {}],
    [
      'as a job without a token',
      {},
      azure,
      'The token of the job (System.AccessToken) is not available here. Use a service connection to sign in to Azure DevOps.',
      { 'System.CollectionUri': 'https://dev.azure.com/contoso/' },
    ],
    [
      'as the job in another organization',
      { organizationUrl: 'https://dev.azure.com/fabrikam' },
      azure,
      "Input 'connectionType' is job, but the token of a job is valid in the organization of its run only: use azure or token.",
    ],
    [
      'in another organization without a project',
      byToken,
      tokenConnection({ apitoken: 't' }),
      "Input 'project' is required: the organization is not that of a pipeline run to take it from.",
    ],
    [
      'with a connection without a token',
      byToken,
      tokenConnection({}),
      "Input 'devopsConnection' has no personal access token.",
    ],
    [
      'with a token with a line break',
      byToken,
      tokenConnection({ apitoken: 'one\ntwo' }),
      "Input 'devopsConnection' has a personal access token that contains a line break, at position 4 of 7: paste it again.",
    ],
    [
      'with a connection of another scheme',
      byToken,
      tokenConnection({ apitoken: 't' }, 'OAuth'),
      "Input 'devopsConnection' has the authentication scheme OAuth: it must use a personal access token.",
    ],
    [
      'with a URL with a password',
      { organizationUrl: 'https://a:b@dev.azure.com/contoso' },
      azure,
      "Input 'organizationUrl' contains a user name or password: remove them, and change the password.",
    ],
    [
      'with a token in the URL',
      { organizationUrl: 'https://some-token@dev.azure.com/contoso' },
      azure,
      "Input 'organizationUrl' contains a user name or password: remove them, and change the password.",
    ],
    [
      'with a URL without an organization',
      { organizationUrl: 'https://dev.azure.com/' },
      azure,
      "Input 'organizationUrl' names no organization: it must be of the form https://dev.azure.com/<organization>.",
    ],
    [
      'with a name in place of a URL',
      { organizationUrl: 'contoso' },
      azure,
      "Input 'organizationUrl' is not a URL, such as https://dev.azure.com/contoso.",
    ],
  ];
  for (const [what, inputs, connection, message, variables] of bad)
    it(`is refused ${what}`, async () => {
      const { result, message: said } = await endOf(inputs, connection, variables);
      assert.deepEqual({ result, message: said }, { result: 'Failed', message });
    });
});
