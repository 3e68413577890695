import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checks } from '../../../cli/local/doctor/checks';
import { run as doctor } from '../../../cli/local/doctor/doctor';
import { run as printCaller } from '../../../cli/local/doctor/printCaller';
import { machineContext, signInContext } from '../../../cli/local/doctor/contexts';
import { type Databricks, startDatabricks } from '../../../sandbox/databricks/databricks';
import { runCli } from '../cliProcess';
import { silentTerminal } from '../silentTerminal';
import { localRun } from './localRun';

describe('mloccli doctor and whoami', () => {
  let databricks: Databricks;
  let folder: string;
  before(async () => {
    databricks = await startDatabricks({
      hasLimits: false,
      users: [
        { userName: 'ada@example.com', token: 'dapi-admin' },
        { userName: 'ben@example.com', token: 'dapi-user', isAdmin: false },
      ],
    });
    folder = await mkdtemp(path.join(tmpdir(), 'doctor-'));
  });
  after(async () => {
    await databricks.close();
    await rm(folder, { recursive: true, force: true });
  });
  const program = (name: string, script: string) =>
    writeFile(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const environment = (token = databricks.token) => ({
    PATH: folder,
    DATABRICKS_CONFIG_FILE: path.join(folder, 'none'),
    DATABRICKS_HOST: databricks.url,
    DATABRICKS_TOKEN: token,
  });
  const stateOf = (details: unknown) => {
    const { checks: found } = details as { readonly checks: readonly Record<'name' | 'state' | 'message', string>[] };
    return Object.fromEntries(found.map(({ name, state, message }) => [name, { state, message }]));
  };

  it('reports what is found, and succeeds', async () => {
    await program('git', 'echo git version 2.50.0');
    await program('az', `echo '{"name": "Models", "user": {"name": "ada@example.com"}}'`);
    await program('databricks', 'echo Databricks CLI v1.14.0; echo more');
    const end = await localRun(doctor, folder, [], {}, environment());
    assert.equal(end.result, 'Succeeded', end.text);
    const lines = (end.text ?? '').trimEnd().split('\n');
    assert.deepEqual(
      lines.slice(1, 4),
      [
        'ok      Git             git version 2.50.0',
        'ok      Azure CLI       ada@example.com, subscription Models',
        'ok      Databricks CLI  Databricks CLI v1.14.0',
      ],
      end.text,
    );
    assert.match(lines[0] ?? '', /^ok {6}Node\.js {9}\d+\./);
    assert.match(lines[4] ?? '', /^ok {6}Databricks {6}.*@/);
    assert.deepEqual(lines.slice(5), [
      'ok      Folder          /Shared can be written: you are an admin',
      'ok      Clusters        can be created: you are in the group admins',
      'ok      Jobs            can be listed',
    ]);
  });

  it('says what the caller may do, by reading alone', async () => {
    const before = databricks.requests.list().length;
    const doctorOf = (options: Readonly<Record<string, string>>) =>
      localRun(doctor, folder, [], options, environment('dapi-user'));
    const asUser = await doctorOf({ workspaceFolder: '/Shared/models/churn' });
    const states = stateOf(asUser.details);
    assert.equal(asUser.result, 'Succeeded', asUser.text);
    assert.equal(states['Folder']?.message, '/Shared/models/churn, in /Shared, can be written: CAN_MANAGE');
    assert.deepEqual(
      [states['Clusters']?.state, states['Clusters']?.message],
      [
        'note',
        'can be created only if one of your groups has the entitlement allow-cluster-create, which you do not have yourself; there is no policy that you may use, either. Ask an administrator, or use an existing cluster.',
      ],
    );
    databricks.policies.create({ name: 'Small', definition: '{}' }, 'ada@example.com');
    const asked = { workspaceFolder: '/Users/ada@example.com/churn/', catalogModel: 'main.demo.churn' };
    const refused = await doctorOf(asked);
    const others = stateOf(refused.details);
    assert.equal(refused.result, 'Failed');
    assert.equal(others['Clusters']?.message, 'can be created with the policies Small');
    assert.deepEqual(
      [others['Folder']?.state, others['Folder']?.message],
      [
        'problem',
        '/Users/ada@example.com/churn, in /Users/ada@example.com, cannot be written: you need CAN_EDIT on /Users/ada@example.com.',
      ],
    );
    assert.equal(others['Model']?.state, 'problem');
    assert.match(others['Model'].message, /main\.demo\.churn/);
    databricks.faults.add({
      path: '/api/2.0/permissions/directories/*',
      effect: 'status',
      status: 403,
      errorCode: 'PERMISSION_DENIED',
    });
    assert.match(
      stateOf((await doctorOf({})).details)['Folder']?.message ?? '',
      /you may not read who can write to it/,
    );
    databricks.faults.clear();
    const sent = databricks.requests.list().slice(before);
    assert.deepEqual([...new Set(sent.map(({ method }) => method))], ['GET']);
  });

  it('names all options that are wrong, before any check', async () => {
    const wrong = localRun(doctor, folder, [], { workspaceFolder: 'churn', catalogModel: 'churn' }, environment());
    await assert.rejects(wrong, /2 options[^]*--workspace-folder must begin[^]*--catalog-model must have/);
  });

  it('notes programs that are missing, fail or print something else, and fails for a sign-in alone', async () => {
    await program('az', 'echo WARNING: old >&2; echo "Please run az login" >&2; exit 1');
    await rm(path.join(folder, 'databricks'), { force: true });
    const { result, details } = await localRun(doctor, folder, [], {}, environment('dapi-of-somebody-else'));
    const states = stateOf(details);
    assert.equal(result, 'Failed');
    assert.match(states['Azure CLI']?.message ?? '', /exit code 1: Please run az login\. Sign in with az login\.$/);
    assert.match(states['Databricks CLI']?.message ?? '', /^databricks is not installed/);
    assert.deepEqual(
      Object.values(states).map(({ state }) => state),
      ['ok', 'ok', 'note', 'note', 'problem'],
    );
    assert.doesNotMatch(JSON.stringify(details), /dapi-of-somebody-else/);
    await program('az', 'echo hello');
    const other = stateOf((await localRun(doctor, folder, [], {}, environment())).details);
    assert.match(other['Azure CLI']?.message ?? '', /did not print an account/);
  });

  it('refuses a Node.js that is too old', async () => {
    const surroundings = {
      environment: {},
      workingFolder: folder,
      signal: new AbortController().signal,
      terminal: silentTerminal(),
      stdin: process.stdin,
      isQuiet: false,
      hasColor: false,
      say: () => undefined,
      setSecret: () => undefined,
    };
    const call = { arguments: [], options: {} };
    const [node] = checks;
    const check = (nodeVersion: string) =>
      node?.({ signIn: signInContext(call, surroundings), context: machineContext(surroundings), nodeVersion });
    assert.equal((await check('20.18.1'))?.state, 'problem');
    assert.equal((await check('20.19.0'))?.state, 'ok');
    assert.equal((await check('24.0.0'))?.state, 'ok');
  });

  it('whoami prints who signs in, and has exit code 4 for credentials that are refused or missing', async () => {
    const end = await localRun(printCaller, folder, [], {}, environment());
    assert.equal(end.outputs?.['workspaceUrl'], databricks.url);
    assert.match(end.outputs['userName'] ?? '', /@/);
    const refused = await localRun(printCaller, folder, [], {}, environment('wrong'));
    assert.deepEqual([refused.exitCode, refused.result], [4, 'Failed']);
    const missing = await localRun(printCaller, folder, [], {}, { DATABRICKS_CONFIG_FILE: path.join(folder, 'none') });
    assert.equal(missing.exitCode, 4);
  });

  it('are commands of the program: exit codes, one JSON object with the checks, no words of pipelines', async () => {
    const signedIn = await runCli(['whoami', '--host', databricks.url], { environment: environment() });
    assert.deepEqual([signedIn.exitCode, /^userName=.*@/m.test(signedIn.stdout)], [0, true], signedIn.stderr);
    assert.equal((await runCli(['whoami'], { environment: environment('wrong') })).exitCode, 4);
    const end = await runCli(['doctor', '-o', 'json'], {
      environment: { ...environment(), DATABRICKS_HOST: 'http://127.0.0.1:9' },
    });
    assert.equal(end.exitCode, 1, end.stderr);
    const { command, details } = JSON.parse(end.stdout) as { readonly command: string; readonly details: unknown };
    assert.equal(command, 'doctor');
    assert.equal(stateOf(details)['Databricks']?.state, 'problem');
    assert.doesNotMatch(end.stdout, /\bagent\b|--proxyurl|pipeline|System\./i);
  });
});
