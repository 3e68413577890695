import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { startCli } from './cliProcess';
import { TerminalStage } from './signIn/terminalStage';

/** What `ps` shows of all processes: their command lines. */
async function commandLines(): Promise<string> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // One of them may have ended.
  const lines = processes.map((id) => readFile(join('/proc', id, 'cmdline'), 'utf8').catch(() => ''));
  return (await Promise.all(lines)).map((line) => line.replaceAll('\0', ' ')).join('\n');
}

describe('The secrets of a person who uses mloccli', () => {
  let databricks: Databricks;
  let stage: TerminalStage;
  before(async () => {
    databricks = await startDatabricks({ hasLimits: false, timeScale: 20 });
    stage = await TerminalStage.open();
  });
  after(async () => {
    await databricks.close();
    await stage.close();
  });

  it('are in no command line of a process, neither while a program signs in nor while a run is watched', async function () {
    if (process.platform !== 'linux') {
      process.stdout.write('SKIPPED: there is no /proc here, so no command line was looked at.\n');
      this.skip();
    }
    const expiry = new Date(Date.now() + 3_600_000).toISOString();
    await stage.file('token.json', JSON.stringify({ access_token: databricks.token, expiry }));
    await stage.file('.databrickscfg', `[dev]\nhost = ${databricks.url}\nauth_type = databricks-cli\n`);
    const record = 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " " > "$HOME/signing-in"';
    await stage.program('databricks', `${record}\ncat "$HOME/token.json"`);
    databricks.scriptRun({ times: 1, durationSeconds: 1_000_000 });

    const others = { AZURE_DEVOPS_EXT_PAT: 'secret-of-azure-devops', DATABRICKS_CLIENT_SECRET: 'secret-of-client' };
    const path = `${join(stage.home, 'bin')}:${process.env['PATH'] ?? ''}`;
    const cli = await startCli(
      ['jobs', 'run', '--run-source', 'notebook', '--notebook-path', '/Shared/training', '--profile', 'dev', '--debug'],
      { environment: { ...others, PATH: path, HOME: stage.home } },
    );
    await cli.saw('RUNNING');
    const watching = await commandLines();
    cli.kill('SIGINT');
    const end = await cli.end;
    assert.equal(end.exitCode, 130, end.stderr);

    const signingIn = await readFile(join(stage.home, 'signing-in'), 'utf8');
    for (const lines of [signingIn, watching]) assert.match(lines, /main\.cjs jobs run --run-source notebook/);
    for (const secret of [databricks.token, ...Object.values(others)])
      for (const text of [signingIn, watching, end.stdout, end.stderr]) assert.ok(!text.includes(secret));
  });
});
