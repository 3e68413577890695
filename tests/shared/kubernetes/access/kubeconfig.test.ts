import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnusableError, TaskError } from '../../../../shared/errors';
import type { ClusterAccess } from '../../../../shared/kubernetes/client/clusterAccess';
import { readKubeconfig } from '../../../../shared/kubernetes/access/kubeconfig';
import { kubernetesConnection } from '../../../../shared/kubernetes/access/kubernetesConnection';
import { FakeAgent } from '../../../support/fakeAgent';
import { testContext } from '../../../support/testContext';
import { connectionOf } from '../../identity/signInFixture';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

function textOf({ cluster = {}, user = { token: 'secret-token' }, context = {} }: Parts = {}): string {
  return JSON.stringify({
    'current-context': 'prod',
    clusters: [
      { name: 'models', cluster: { server: 'https://models:443', ...cluster } },
      { name: 'other', cluster: { server: 'https://other' } },
    ],
    users: [{ name: 'me', user }],
    contexts: [
      { name: 'prod', context: { cluster: 'models', user: 'me', ...context } },
      { name: 'test', context: { cluster: 'other', user: 'me', namespace: 'trial' } },
    ],
  });
}

describe('a kubeconfig', () => {
  let agent: FakeAgent;
  beforeEach(() => (agent = new FakeAgent()));
  const read = (text: string, context?: string): ClusterAccess => readKubeconfig(text, testContext({ agent }), context);

  it('provides the current context, or the named one', async () => {
    const access = read(textOf());
    assert.equal(access.name, 'models');
    assert.equal(access.server, 'https://models:443');
    assert.equal(access.namespace, undefined);
    assert.equal(await access.tokens?.token(), 'secret-token');
    assert.match(agent.text('secret'), /secret-token/);
    assert.equal(read(textOf(), 'test').namespace, 'trial');
  });

  it('may be YAML with a single context', () => {
    const text = `
clusters:
- {name: models, cluster: {server: "https://models"}}
users:
- {name: me, user: {token: t}}
contexts:
- {name: only, context: {cluster: models, user: me}}
`;
    assert.equal(read(text).server, 'https://models');
  });

  const odd: readonly (readonly [string, unknown, RegExp])[] = [
    ['users that are a number', { users: 0 }, /^The kubeconfig has another shape: 'users' is a number, not a list\.$/],
    ['a context that is a number', { 'current-context': 1 }, /'current-context' is a number, not text/],
    ['a cluster that is text', { clusters: [{ name: 'k', cluster: 'x' }] }, /a cluster k of another shape: it is text/],
    ['no cluster', { clusters: [{ name: 'k', cluster: null }] }, /no server for the cluster/],
    ['a server that is a list', { clusters: [{ name: 'k', cluster: { server: [] } }] }, /'server' is a list, not text/],
    ['a token in a list', { users: [{ name: 'u', user: { token: ['a'] } }] }, /a user u .*'token' is a list, not text/],
    ['a program without a name', { users: [{ name: 'u', user: { exec: {} } }] }, /'exec.command' is missing/],
    [
      'arguments that are numbers',
      { users: [{ name: 'u', user: { exec: { command: 'kubelogin', args: [1] } } }] },
      /'exec.args.0' is a number, not text/,
    ],
  ];
  const sound = {
    'current-context': 'c',
    contexts: [null, 'x', { name: 'c', context: { cluster: 'k', user: 'u' } }],
    clusters: [null, { name: 'other', cluster: 7 }, { name: 'k', cluster: { server: 'https://k' } }],
    users: [null, { name: 'u', user: null }],
  };
  for (const [what, change, problem] of odd)
    it(`that has ${what} is refused, without quoting it`, () => {
      const text = JSON.stringify(Object.assign({}, sound, change));
      assert.throws(
        () => read(text),
        (error) => error instanceof TaskError && problem.test(error.message),
      );
    });

  it('may have anything in entries that are not used', () => {
    assert.equal(read(JSON.stringify(sound)).server, 'https://k');
  });

  it('contains certificates or names their files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
    try {
      const file = join(folder, 'ca.pem');
      await writeFile(file, 'authority');
      const user = {
        'client-certificate-data': base64('certificate'),
        'client-key-data': base64('-----K\nkey\n-----E'),
      };
      const access = read(textOf({ cluster: { 'certificate-authority': file, 'tls-server-name': 'inner' }, user }));
      assert.deepEqual(access.tls, {
        ca: 'authority',
        serverName: 'inner',
        cert: 'certificate',
        key: '-----K\nkey\n-----E',
      });
      assert.equal(access.tokens, undefined);
      assert.equal(agent.text('secret'), '-----K\nkey\n-----E');
      const cluster = { 'certificate-authority': join(folder, 'none') };
      assert.throws(
        () => read(textOf({ cluster })),
        /certificate-authority that can't be read: '.*' does not exist\. Embed it .*--flatten/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('may name a proxy, whose password is kept secret', () => {
    const access = read(textOf({ cluster: { 'proxy-url': 'http://user:p%40ss@proxy:3128' } }));
    assert.equal(access.proxyUrl, 'http://user:p%40ss@proxy:3128');
    assert.match(agent.text('secret'), /p@ss/);
  });

  for (const [what, user, serverId] of [
    [
      'kubelogin with its server',
      { exec: { command: 'kubelogin', args: ['get-token', '--server-id', 'app-1'] } },
      'app-1',
    ],
    ['kubelogin in a folder', { exec: { command: 'C:\\bin\\kubelogin.exe', args: ['--server-id=app-2'] } }, 'app-2'],
    ['kubelogin alone', { exec: { command: '/bin/kubelogin', args: null } }, '6dae42f8-4368-4678-94ff-3960e28e3630'],
    [
      'the provider before kubelogin',
      { 'auth-provider': { name: 'azure', config: { 'apiserver-id': 'app-3' } } },
      'app-3',
    ],
    ['another program', { exec: { command: 'aws', args: ['--server-id', 'x'] } }, undefined],
    ['a token', { token: 't' }, undefined],
  ] as const) {
    it(`names the Entra application of a user that signs in with ${what}: ${serverId}`, () => {
      assert.equal(read(textOf({ user })).azureServerId, serverId);
    });
  }

  for (const [what, text, message] of [
    ['has a token that looks like an alias', 'a: *secret', /unidentified alias … at line \d+\.$/],
    ['has a token that looks like a tag', 'a: !secret b', /is not valid YAML: .*… at line \d+\.$/],
    ['is not YAML', 'a: [secret', /is not valid YAML: .* at line \d+\.$/],
    ['is something else', '"secret"', /has no list of clusters/],
    ['names a context that it lacks', textOf().replace('"prod"', '"none"'), /has no context none\./],
    ['has no server', textOf({ cluster: { server: '' } }), /has no server for the cluster of context prod/],
    [
      'trusts anybody',
      textOf({ cluster: { 'insecure-skip-tls-verify': true } }),
      /insecure-skip-tls-verify.*certificate-authority-data/s,
    ],
    [
      'asks for a proxy of another kind',
      textOf({ cluster: { 'proxy-url': 'socks5://secret@p' } }),
      /Only those are supported/,
    ],
    ['has a password', textOf({ user: { username: 'me', password: 'secret' } }), /user name and password/],
    [
      'asks for old tokens',
      textOf({ user: { exec: { command: 'kubelogin', args: ['--legacy'] } } }),
      /--legacy.*retired/,
    ],
    [
      'needs interactive input',
      textOf({ user: { exec: { command: 'login', interactiveMode: 'Always' } } }),
      /signs in with login, which needs interactive input/,
    ],
  ] as const) {
    it(`that ${what} is refused, without quoting it`, () => {
      assert.throws(
        () => read(text),
        (error) => {
          assert.ok(error instanceof TaskError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
    });
  }
});

describe('a Kubernetes service connection', () => {
  function read(parameters: Readonly<Record<string, string>>, data: Readonly<Record<string, string>>): ClusterAccess {
    const connection = connectionOf({ url: 'https://models:443', scheme: 'Kubernetes', parameters, data });
    return kubernetesConnection(connection, testContext());
  }

  it('may contain a kubeconfig and the name of a context', () => {
    const access = read({ kubeconfig: textOf(), clusterContext: 'test' }, { authorizationType: 'Kubeconfig' });
    assert.equal(access.server, 'https://other');
    assert.equal(read({ kubeconfig: textOf() }, {}).server, 'https://models:443');
  });

  for (const authorizationType of ['ServiceAccount', 'AzureSubscription']) {
    it(`may contain the token and the certificate authority of a service account (${authorizationType})`, async () => {
      const access = read(
        { apiToken: base64('a.b.c'), serviceAccountCertificate: base64('-----BEGIN CERTIFICATE-----') },
        { authorizationType, namespace: 'team' },
      );
      assert.equal(access.name, 'models');
      assert.equal(access.server, 'https://models:443');
      assert.equal(access.namespace, 'team');
      assert.equal(access.tls.ca, '-----BEGIN CERTIFICATE-----');
      assert.equal(await access.tokens?.token(), 'a.b.c');
    });
  }

  it('may contain both without base64', async () => {
    const ca = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----';
    const access = read({ apiToken: 'a.b.c', serviceAccountCertificate: ca }, { authorizationType: 'ServiceAccount' });
    assert.equal(access.tls.ca, ca);
    assert.equal(await access.tokens?.token(), 'a.b.c');
  });

  for (const [what, parameters, data, message] of [
    ['without a kubeconfig', {}, {}, /has no kubeconfig/],
    ['without a token', {}, { authorizationType: 'ServiceAccount' }, /has no token of a service account/],
    ['with a kubeconfig that is not valid', { kubeconfig: '1' }, {}, /can't be used\. The kubeconfig has no list/],
    [
      "with kubectl's retired plugin",
      { kubeconfig: textOf({ user: { 'auth-provider': { name: 'azure' } } }) },
      {},
      /use an Azure Resource Manager connection/,
    ],
  ] as const) {
    it(`${what} is refused`, () => {
      assert.throws(
        () => read(parameters, data),
        (error) => error instanceof UnusableError && message.test(error.message),
      );
    });
  }
});
