import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { builtCli } from '../support/builtCli';
import { runCli } from './cliProcess';

const hasScript = spawnSync('script', ['--version']).status === 0;

describe('mloccli in a pseudo terminal', () => {
  let databricks: Databricks;
  let folder: string;
  before(async function () {
    if (!hasScript) {
      process.stdout.write('SKIPPED: the program script (util-linux) is missing, so nothing ran in a terminal.\n');
      this.skip();
    }
    databricks = await startDatabricks({ hasLimits: false, timeScale: 20 });
    folder = await mkdtemp(join(tmpdir(), 'cli-terminal-'));
    await writeFile(join(folder, 'a.py'), '# Databricks notebook source\n');
  });
  after(async () => {
    if (!hasScript) return;
    await databricks.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** All that a terminal shows, when a person answers the first question. */
  async function inTerminal(
    args: string,
    answer: string,
  ): Promise<{ readonly exitCode: number | null; readonly shown: string }> {
    const command = `'${process.execPath}' '${join(await builtCli(), 'main.cjs')}' ${args}`;
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: {
        PATH: process.env['PATH'],
        TERM: 'xterm',
        SHELL: '/bin/sh',
        DATABRICKS_HOST: databricks.url,
        DATABRICKS_TOKEN: databricks.token,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    let isAnswered = false;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      shown += chunk;
      if (isAnswered || !shown.includes('[y/N] ')) return;
      isAnswered = true;
      child.stdin.write(answer);
    });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { exitCode, shown };
  }

  const mirror = (): string =>
    `notebooks import --source-folder '${folder}' --workspace-folder /Shared/m --mode mirror`;

  it('asks before something is deleted, and goes on after yes, in color', async () => {
    const { exitCode, shown } = await inTerminal(mirror(), 'y\n');
    assert.equal(exitCode, 0, shown);
    assert.match(shown, /are deleted\. Continue\? \[y\/N\] /);
    // eslint-disable-next-line no-control-regex
    assert.match(shown, /\u001b\[32mSucceeded: \/Shared\/m: 1 imported/);
  });

  it('shows how far the work is in a line that it replaces, and neither that nor colors elsewhere', async () => {
    const args = (target: string) => ['notebooks', 'import', '--source-folder', folder, '--workspace-folder', target];
    const { exitCode, shown } = await inTerminal(args('/Shared/progress').join(' '), '');
    assert.equal(exitCode, 0, shown);
    // eslint-disable-next-line no-control-regex
    assert.match(shown, /\r\u001b\[K100% 1 of 1\r\u001b\[K/);
    const environment = { DATABRICKS_HOST: databricks.url, DATABRICKS_TOKEN: databricks.token, TERM: 'xterm' };
    const elsewhere = await runCli(args('/Shared/no-progress'), { environment });
    assert.equal(elsewhere.exitCode, 0, elsewhere.stderr);
    assert.match(elsewhere.stderr, /Succeeded: \/Shared\/no-progress: 1 imported/);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(elsewhere.stdout + elsewhere.stderr, /[\r\u001b]|1 of 1/);
  });

  for (const [what, answer] of [
    ['no', 'n\n'],
    ['an empty answer', '\n'],
    ['Ctrl+C', '\u0003'],
    ['the end of input', '\u0004'],
  ] as const)
    it(`changes nothing after ${what}`, async () => {
      const before = databricks.requests.list().length;
      const { exitCode, shown } = await inTerminal(mirror(), answer);
      assert.equal(exitCode, 130, shown);
      assert.equal(databricks.requests.list().length, before);
    });
});
