import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Readable } from 'node:stream';
import type { SandboxDescription } from '../../sandbox/sandbox';

const root = fileURLToPath(new URL('../..', import.meta.url));

function start(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('npm run sandbox', () => {
  it('prints one line of JSON when ready, serves requests, and exits with 0 on SIGINT', async () => {
    const child = start('--json', '--latency', '1');
    const exit = once(child, 'exit');
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    while (!printed.includes('\n')) await once(child.stdout, 'data');
    const { databricks, entra, azure, devops } = JSON.parse(printed) as SandboxDescription;
    const response = await fetch(`${databricks.url}/api/2.0/preview/scim/v2/Me`, {
      headers: { authorization: `Bearer ${databricks.token}` },
    });
    assert.equal(response.status, 200);
    const login = await fetch(`${databricks.url}/oidc/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'all-apis',
        client_id: databricks.clientId ?? '',
        client_secret: databricks.clientSecret ?? '',
      }),
    });
    assert.equal(login.status, 200);
    for (const { url } of [entra, azure, devops]) assert.notEqual((await fetch(url)).status, 500);
    child.kill('SIGINT');
    assert.deepEqual(await exit, [0, null]);
    assert.equal(printed.trimEnd().split('\n').length, 1);
  });

  for (const [option, value, message] of [
    ['--latency', 'fast', "--latency must be a number of 0 or more, not 'fast'."],
    ['--tasks', '/no/tasks', '--tasks must name a folder, and there is no /no/tasks.'],
  ] as const)
    it(`reports an invalid value of ${option} and exits with 2`, async () => {
      const child = start(option, value);
      const exit = once(child, 'exit');
      let problem = '';
      child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()));
      assert.deepEqual(await exit, [2, null]);
      assert.ok(problem.startsWith(`${message}\nUsage:`), problem);
    });
});
