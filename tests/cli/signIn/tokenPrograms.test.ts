import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { commandOf } from '../../../cli/signIn/programs/runProgram';
import { azureCliTokens, databricksCliTokens } from '../../../cli/signIn/programs/tokenPrograms';
import { SignInRequired } from '../../../cli/signIn/signInRequired';
import { issuerTokens } from '../../../shared/identity/renewedTokens';
import { FakeClock } from '../../support/fakeClock';
import { testContext } from '../../support/testContext';
import { TerminalStage, tokenWith } from './terminalStage';

const { signal } = new AbortController();
const token = tokenWith({ upn: 'ada@example.com' });
const answer = `{\n  "accessToken": "${token}",\n  "expires_on": 4102444800\n}`;
const print = (text: string): string => `cat <<'END'\n${text}\nEND`;

describe('tokens of programs', () => {
  let stage: TerminalStage;
  beforeEach(async () => {
    stage = await TerminalStage.open();
  });
  afterEach(() => stage.close());

  const calls = async (): Promise<string[]> => (await readFile(join(stage.home, 'calls'), 'utf8')).trim().split('\n');
  const azure = (): Promise<{ readonly token: string }> =>
    azureCliTokens({}, stage.context()).issue('resource', signal);
  const refused = (message: RegExp) => (error: Error) => {
    assert.ok(error instanceof SignInRequired);
    assert.match(error.message, message);
    return true;
  };

  it('come from the Azure CLI, and are secrets; it is said who signs in', async () => {
    await stage.program('az', print(answer));
    const issuer = azureCliTokens({ subscription: 'my sub' }, stage.context());
    assert.equal((await issuer.issue('resource', signal)).token, token);
    assert.deepEqual(await calls(), [
      'az account get-access-token --output json --resource resource --subscription my sub',
    ]);
    assert.deepEqual(stage.secrets, [token]);
    assert.deepEqual(stage.notes, ['Azure CLI: ada@example.com']);
    assert.equal(issuer.identity, 'ada@example.com who is signed in to the Azure CLI');
  });

  it('are for a tenant, and then not for a subscription, which the Azure CLI refuses together', async () => {
    await stage.program('az', print(answer));
    await azureCliTokens({ subscription: 's', tenant: 't' }, stage.context()).issue('resource', signal);
    assert.match((await calls()).join(), /--tenant t$/);
  });

  for (const [what, output] of [
    ['Windows line ends', answer.replaceAll('\n', '\r\n')],
    ['warnings in front of it', `WARNING: update {az}\n${answer}`],
    ['warnings behind it', `${answer}\nWARNING: old`],
    ['one line', answer.replaceAll('\n', '')],
    ['the local time of older versions', `{"accessToken": "${token}", "expiresOn": "2099-12-31 23:59:59.000000"}`],
  ] as const)
    it(`are read with ${what}`, async () => {
      await stage.program('az', `echo careful >&2\n${print(output)}`);
      assert.equal((await azure()).token, token);
    });

  for (const [what, script, message] of [
    ['text', print('dapi-secret-text'), /printed no token.*characters and is not the expected JSON/],
    ['another object', print('{"message": "dapi-secret-text"}'), /printed no token/],
    ['an expired token', print('{"accessToken": "dapi-secret-text", "expires_on": 1}'), /has expired.*date and time/],
    ['a token without expiry', print('{"accessToken": "dapi-secret-text"}'), /without the time of its expiry/],
    [
      'that nobody is signed in',
      `echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`,
      /exit code 1\)\. Run az login and try again\. Its error output: ERROR: Please run/,
    ],
    [
      'an expired sign-in',
      `echo "AADSTS700082: The refresh token has expired" >&2; exit 1`,
      /Run az login and try again/,
    ],
    ['another failure', 'echo broken >&2; exit 3', /exit code 3\)\. Its error output: broken$/],
  ] as const)
    it(`are refused where the program prints ${what}`, async () => {
      await stage.program('az', script);
      await assert.rejects(azure(), (error: Error) => {
        assert.doesNotMatch(error.message, /dapi-secret/);
        return refused(message)(error);
      });
    });

  it('say how to install a program that is missing', async () => {
    const context = stage.context({ environment: { PATH: join(stage.home, 'bin') } });
    await assert.rejects(azureCliTokens({}, context).issue('r', signal), refused(/not installed.*aka\.ms\/azure-cli/));
  });

  it('are not taken from a program in a folder that PATH names relative to the working folder', async () => {
    await stage.program('az', print(answer));
    const context = stage.context({ environment: { PATH: relative(process.cwd(), join(stage.home, 'bin')) } });
    await assert.rejects(azureCliTokens({}, context).issue('r', signal), refused(/not installed/));
  });

  it('are not waited for longer than 30 seconds', async () => {
    await stage.program('az', 'sleep 600 & wait');
    const clock = new FakeClock();
    await assert.rejects(
      azureCliTokens({}, stage.context({ clock })).issue('resource', signal),
      refused(/did not answer within 30 seconds\. Run az account get-access-token/),
    );
    assert.deepEqual(clock.sleeps, [30_000]);
  });

  it('are given up when the command is cancelled', async () => {
    await stage.program('az', 'sleep 600 & wait');
    const stop = new AbortController();
    const issued = azureCliTokens({}, stage.context()).issue('resource', stop.signal);
    stop.abort(new Error('cancelled'));
    await assert.rejects(issued, /^Error: cancelled$/);
  });

  it('keep secrets of the environment from the program', async () => {
    await stage.program('az', `env > "$HOME/environment"\n${print(answer)}`);
    const environment = { DATABRICKS_TOKEN: 'dapi', AZURE_CONFIG_DIR: '/config', https_proxy: 'http://proxy' };
    await azureCliTokens({}, stage.context({ environment })).issue('resource', signal);
    const seen = await readFile(join(stage.home, 'environment'), 'utf8');
    assert.doesNotMatch(seen, /dapi/);
    assert.match(seen, /AZURE_CONFIG_DIR=\/config/);
    assert.match(seen, /https_proxy=http:\/\/proxy/);
  });

  it('are issued again 40 seconds before they expire, and when a service refuses one', async () => {
    await stage.program('az', print(`{"accessToken": "${token}", "expires_on": 1000}`));
    const clock = new FakeClock(0);
    const noWait = {
      now: () => clock.now(),
      date: () => clock.date(),
      sleep: () => new Promise<void>(() => {}),
    };
    const tokens = issuerTokens(azureCliTokens({}, stage.context({ clock: noWait })), 'r', testContext({ clock }));
    await tokens.token();
    clock.advance(959_000);
    await tokens.token();
    assert.equal((await calls()).length, 1);
    clock.advance(1000);
    await tokens.token();
    assert.equal((await calls()).length, 2);
    tokens.refused(token);
    await tokens.token();
    assert.equal((await calls()).length, 3);
  });

  it('come from the Databricks CLI for a profile or a workspace', async () => {
    await stage.program(
      'databricks',
      print(`{"access_token": "dapi-oauth", "expiry": "2099-01-02T03:04:05.678+01:00"}`),
    );
    await databricksCliTokens({ profile: 'dev' }, undefined, stage.context()).issue('r', signal);
    await databricksCliTokens({ host: 'https://a' }, join(stage.home, 'bin/databricks'), stage.context()).issue(
      'r',
      signal,
    );
    assert.deepEqual(await calls(), ['databricks auth token --profile dev', 'databricks auth token --host https://a']);
  });

  it('go through the shell of Windows only for batch files, and without characters that it changes', () => {
    assert.deepEqual(commandOf('C:\\Program Files\\az.cmd', ['--resource', 'a-1'], true), [
      '"C:\\Program Files\\az.cmd"',
      ['--resource', 'a-1'],
    ]);
    assert.deepEqual(commandOf('C:\\databricks.exe', ['a b'], true), ['C:\\databricks.exe', ['a b']]);
    for (const bad of ['a b', 'a&b', '"', '%PATH%', 'a^b', ''])
      assert.throws(() => commandOf('C:\\az.cmd', [bad], true), /the shell of Windows would change/);
  });
});
