import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox';
import { connect } from '../../../shared/databricks/connect';
import { TaskError } from '../../../shared/errors';
import { FakeAgent, type FakeConnection } from '../../support/fakeAgent';
import { FakeClock } from '../../support/fakeClock';
import { errorOf } from '../http/clientUnderTest';
import { makeContext } from './signInFixture';
import { anything } from '../../support/anything';

const page = new URL('../../../docs/sign-in-problems.md', import.meta.url);
const id = 'cccccccc-3333-4333-8333-cccccccccccc';
const stranger = 'dddddddd-4444-4444-8444-dddddddddddd';

/** What is wrong, and the connection that meets it. */
interface Provoked {
  readonly title: string;
  readonly connection: (sandbox: Sandbox) => FakeConnection;
}

const byToken = ({ databricks }: Sandbox): FakeConnection => ({ url: databricks.url, token: databricks.token });

function bySecret(sandbox: Sandbox): FakeConnection {
  const { url, clientId = '', clientSecret = '' } = sandbox.describe().databricks;
  return { url, scheme: 'UsernamePassword', parameters: { username: clientId, password: clientSecret } };
}

function byFederation(sandbox: Sandbox): FakeConnection {
  const { url, clientId = '' } = sandbox.describe().databricks;
  return { url, scheme: 'None', data: { clientId } };
}

function byAzure(sandbox: Sandbox, parameters: Readonly<Record<string, string>> = {}): FakeConnection {
  const { azure, entra } = sandbox.describe();
  return {
    url: azure.url,
    scheme: 'ServicePrincipal',
    parameters: {
      serviceprincipalid: entra.clientId,
      tenantid: entra.tenantId,
      serviceprincipalkey: entra.clientSecret,
      ...parameters,
    },
    data: { environmentAuthorityUrl: entra.url },
  };
}

const byAzureFederation = (sandbox: Sandbox): FakeConnection => ({
  ...byAzure(sandbox),
  scheme: 'WorkloadIdentityFederation',
});

function applicationOf({ entra, describe }: Sandbox) {
  const application = entra.directory.applications.get(describe().entra.clientId);
  assert.ok(application);
  return application;
}

/** In this order, because some cases permanently remove what the earlier ones need. */
const provoked: readonly Provoked[] = [
  {
    title: 'The client secret is wrong',
    connection: (sandbox) => byAzure(sandbox, { serviceprincipalkey: 'another' }),
  },
  {
    title: 'The client secret has expired',
    connection: (sandbox) => {
      const { entra } = sandbox.describe();
      applicationOf(sandbox).secrets = [{ value: entra.clientSecret, expiresAt: 1 }];
      return byAzure(sandbox);
    },
  },
  ...(['issuer', 'subject', 'audience'] as const).map((wrong) => ({
    title: 'No federated credential matches',
    connection: (sandbox: Sandbox) => {
      const application = applicationOf(sandbox);
      application.federatedCredentials = application.federatedCredentials.map((credential) => ({
        ...credential,
        [wrong]: 'https://another.example',
      }));
      return byAzureFederation(sandbox);
    },
  })),
  {
    title: 'The application is not in the tenant',
    connection: (sandbox) => byAzure(sandbox, { serviceprincipalid: stranger }),
  },
  {
    title: 'The application is disabled',
    connection: (sandbox) => {
      applicationOf(sandbox).isEnabled = false;
      return byAzure(sandbox);
    },
  },
  {
    title: 'The tenant does not exist',
    connection: (sandbox) => byAzure(sandbox, { tenantid: stranger }),
  },
  {
    title: 'The tenant does not know the service',
    connection: (sandbox) => {
      sandbox.entra.directory.resources.clear();
      return byAzure(sandbox);
    },
  },
  {
    title: 'Conditional access blocks the sign-in',
    connection: (sandbox) => {
      applicationOf(sandbox).isBlocked = true;
      return byAzure(sandbox);
    },
  },
  {
    title: 'Databricks refuses the OAuth secret',
    connection: (sandbox) => {
      sandbox.databricks.identities.revokeSecret(sandbox.describe().databricks.clientId ?? '');
      return bySecret(sandbox);
    },
  },
  {
    title: 'No federation policy matches',
    connection: (sandbox) => {
      sandbox.databricks.federation.revoke(id);
      return byFederation(sandbox);
    },
  },
  {
    title: 'The IP access list of the workspace blocks the agent',
    connection: (sandbox) => {
      sandbox.databricks.network.refusal = 'ipAccessList';
      return byToken(sandbox);
    },
  },
  {
    title: 'The workspace does not accept calls from this network',
    connection: (sandbox) => {
      sandbox.databricks.network.refusal = 'privateLink';
      return byToken(sandbox);
    },
  },
  {
    title: 'The token has expired, or is for another workspace',
    connection: (sandbox) => {
      sandbox.databricks.identities.revokeToken(sandbox.databricks.token);
      return byToken(sandbox);
    },
  },
  {
    title: 'The identity is not in the workspace',
    connection: (sandbox) => {
      sandbox.databricks.identities.remove(sandbox.describe().databricks.clientId ?? '');
      return byAzure(sandbox);
    },
  },
  {
    title: 'The job may not use the service connection',
    connection: (sandbox) => {
      sandbox.devops.connections.clear();
      return byFederation(sandbox);
    },
  },
];

describe('Sign-in problems in the sandbox', () => {
  /** By title: who answers with what, and what to do. */
  let problems: ReadonlyMap<string, { readonly refusal: string; readonly advice: string }>;
  let sandbox: Sandbox;
  before(async () => {
    const text = await readFile(page, 'utf8');
    const sections = text.matchAll(/^### (.+)\n\n> (.+? answered \d+[^:]*):.*\n\n(.+)$/gm);
    problems = new Map([...sections].map(([, title = '', refusal = '', advice = '']) => [title, { refusal, advice }]));
  });
  // Its keys take a second to make, so it is one for all.
  before(async () => (sandbox = await startSandbox({ connections: [{ name: 'dev', id }] })));
  after(() => sandbox.close());
  let undo: () => void;
  beforeEach(() => {
    const application = applicationOf(sandbox);
    const [before, resources] = [{ ...application }, [...sandbox.entra.directory.resources]];
    undo = () => {
      Object.assign(application, before);
      for (const resource of resources) sandbox.entra.directory.resources.add(resource);
      sandbox.databricks.network.refusal = undefined;
    };
  });
  afterEach(() => undo());

  for (const [index, { title, connection }] of provoked.entries())
    it(`are reported as in the documentation: ${title} (${index + 1})`, async () => {
      const { url } = sandbox.databricks;
      const given = new FakeAgent({}, { [id]: connection(sandbox) }, {}, endpointOf(sandbox)).connection(id);
      assert.ok(given);
      const isAzure = given.url !== url;
      const access = isAzure ? { azure: given, address: url, usesManagementToken: false } : { databricks: given };
      const context = {
        ...makeContext({ endpoint: endpointOf(sandbox) }),
        clock: new FakeClock(Date.now()),
      };
      const { http } = await connect(access, context);
      const call = http.json({ method: 'GET', path: '/api/2.2/jobs/list', purpose: 'list the jobs' }, anything);
      const { message } = await errorOf(TaskError, call);
      const { refusal, advice } = problems.get(title) ?? assert.fail(`The page has no '${title}'.`);
      assert.ok(message.includes(refusal), message);
      assert.ok(message.endsWith(advice), message);
    });
});

function endpointOf({ devops }: Sandbox) {
  return { url: devops.oidcRequestUri, accessToken: devops.accessToken };
}
