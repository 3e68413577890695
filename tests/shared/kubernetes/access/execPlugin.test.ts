import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledError, TaskError } from '../../../../shared/errors';
import type { TokenSource } from '../../../../shared/http/tokenSource';
import { execTokens } from '../../../../shared/kubernetes/access/execPlugin';
import type { KubeconfigExec } from '../../../../shared/kubernetes/access/kubeconfigFields';
import { FakeAgent, misplacedSecrets } from '../../../support/fakeAgent';
import { FakeClock } from '../../../support/fakeClock';
import { testContext } from '../../../support/testContext';
import { errorOf } from '../../http/clientUnderTest';

/** Counts its runs in a file, notes what it was given, and gives a token that lives ten minutes. */
const plugin = `
const { appendFileSync, readFileSync } = require('node:fs');
const [, file, now] = process.argv;
appendFileSync(file, JSON.stringify({ env: process.env, input: readFileSync(0, 'utf8') }) + '\\n');
const runs = readFileSync(file, 'utf8').trim().split('\\n').length;
const expirationTimestamp = new Date(Number(now) + 600000).toISOString();
console.log(JSON.stringify({ kind: 'ExecCredential', status: { token: 'secret-' + runs, expirationTimestamp } }));
`;

describe('a credential plugin', () => {
  let folder: string;
  let agent: FakeAgent;
  let clock: FakeClock;
  let cancel: AbortController;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plugin-'));
    agent = new FakeAgent({}, {}, { PATH: '/of/the/agent', SECRET_OF_ANOTHER: 'x' });
    clock = new FakeClock();
    cancel = new AbortController();
  });
  afterEach(() => rm(folder, { recursive: true }));

  function tokensOf(script: string, more: Partial<KubeconfigExec> = {}, args: readonly string[] = []): TokenSource {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, ...more };
    const cluster = { server: 'https://models', 'certificate-authority-data': 'Y2E=' };
    const context = testContext({ agent, clock, signal: cancel.signal });
    return execTokens({ args: ['-e', script, '--', ...args], ...exec }, cluster, 'models', context);
  }
  const runsIn = async (file: string): Promise<{ env: Record<string, string>; input: string }[]> =>
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { env: Record<string, string>; input: string });

  it('receives what it needs, and nothing else of the environment', async () => {
    const file = join(folder, 'runs');
    const env = [
      { name: 'REGION', value: 'north' },
      { name: 'CLIENT_SECRET', value: 'secret-of-plugin' },
    ];
    const tokens = tokensOf(plugin, { env, provideClusterInfo: true }, [file, String(clock.now())]);
    assert.equal(await tokens.token(), 'secret-1');
    const [run] = await runsIn(file);
    assert.equal(run?.input, '');
    assert.equal(run.env['PATH'], '/of/the/agent');
    assert.equal(run.env['REGION'], 'north');
    assert.equal(run.env['SECRET_OF_ANOTHER'], undefined);
    assert.deepEqual(JSON.parse(run.env['KUBERNETES_EXEC_INFO'] ?? ''), {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: 'https://models', 'certificate-authority-data': 'Y2E=' } },
    });
    assert.equal(agent.text('secret'), 'secret-of-plugin\nsecret-1');
  });

  it('runs again when its token expires or is refused, and not before', async () => {
    const file = join(folder, 'runs');
    const tokens = tokensOf(plugin, {}, [file, String(clock.now())]);
    assert.equal(await tokens.token(), 'secret-1');
    clock.advance(500_000);
    assert.equal(await tokens.token(), 'secret-1');
    clock.advance(70_000);
    assert.equal(await tokens.token(), 'secret-2');
    tokens.refused('secret-2');
    assert.equal(await tokens.token(), 'secret-3');
  });

  it('whose token does not expire runs once', async () => {
    const tokens = tokensOf(`console.log('{"status":{"token":"secret-forever"}}')`);
    assert.equal(await tokens.token(), 'secret-forever');
    clock.advance(1e12);
    assert.equal(await tokens.token(), 'secret-forever');
  });

  for (const [what, script, message] of [
    [
      'fails',
      `console.log('secret'); console.error('no ##vso[x]account'); process.exit(3)`,
      /failed \(3\)\. Its error output: no ##vso\[x\]account$/,
    ],
    ['prints something else', `console.log('secret')`, /returned no token/],
    ['prints no token', `console.log('{"status":{}}')`, /returned no token/],
    ...['null', '7', '{"status": "secret"}', '{"status": {"token": 7}}', '{"status": {"token": ["secret"]}}'].map(
      (output) => [`prints ${output}`, `console.log(${JSON.stringify(output)})`, /returned no token/] as const,
    ),
    ['gives a certificate', `console.log('{"status":{"clientCertificateData":"secret"}}')`, /client certificate/],
  ] as const) {
    it(`that ${what} is reported, without its output`, async () => {
      const error = await errorOf(TaskError, tokensOf(script).token());
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /secret/);
    });
  }

  it('keeps the secrets among its arguments to itself when it fails and prints them', async () => {
    const args = [
      '--client-id',
      'app',
      '--client-secret',
      'argument-1',
      '--password=argument-2',
      '--token-cache-dir',
      '/c',
    ];
    const env = [{ name: 'AZURE_CLIENT_SECRET', value: 'variable-3' }];
    const tokens = tokensOf(
      `console.error(process.argv.slice(2).join(' '), process.env.AZURE_CLIENT_SECRET); process.exit(3)`,
      { env },
      args,
    );
    const secrets = ['argument-1', 'argument-2', 'variable-3'];
    assert.deepEqual(agent.text('secret').split('\n'), secrets);
    for (const secret of secrets) misplacedSecrets.add(secret);
    const error = await errorOf(TaskError, tokens.token());
    agent.log(error.message);
    assert.match(agent.text('log'), / app --client-secret \*{3} --password=\*{3} --token-cache-dir \/c \*{3}$/);
    assert.equal(error.cause, undefined, 'whose message would be the whole command line');
  });

  it('that is not installed is reported, with an alternative', async () => {
    const tokens = tokensOf('', { command: join(folder, 'kubelogin') });
    await assert.rejects(
      tokens.token(),
      /kubelogin.* is not installed on the agent\. For AKS, use an Azure Resource Manager connection/,
    );
  });

  it('is not run by a shell', async () => {
    const tokens = tokensOf('', { command: 'echo $HOME; true' });
    await assert.rejects(tokens.token(), /is not installed on the agent/);
  });

  it('ends when the run is cancelled', async () => {
    const token = tokensOf('setInterval(() => {}, 1000)').token();
    cancel.abort(new CancelledError());
    await assert.rejects(token, CancelledError);
  });
});
