import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { projectId } from '../../sandbox/agent/variables/predefined';
import { projectRoot } from '../../tools/commandLine';
import { launchChromium, skipWithoutChromium } from './support/chromium';

/** The command as people start it, in a process of its own. */
class RunningHub {
  #output = '';
  readonly #process: ChildProcess;

  constructor(options: readonly string[]) {
    // A group of its own: npm starts a shell, which starts the command.
    const started = spawn('npm', ['run', '--silent', 'hub', '--', ...options], {
      cwd: projectRoot,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.#process = started;
  }

  /** What it prints, as soon as that has a form. */
  async printed(form: RegExp): Promise<string> {
    for (;;) {
      const found = form.exec(this.#output)?.[1];
      if (found !== undefined) return found;
      if (this.#process.exitCode !== null) throw new Error(`npm run hub ended:\n${this.#output}`);
      await Promise.race([once(this.#process.stdout ?? this.#process, 'data'), once(this.#process, 'exit')]);
    }
  }

  /** As Ctrl+C does. */
  async stop(): Promise<void> {
    const { pid, exitCode } = this.#process;
    if (pid === undefined || exitCode !== null) return;
    const ended = once(this.#process, 'close');
    process.kill(-pid, 'SIGINT');
    await ended;
  }
}

describe('npm run hub in a browser', function () {
  this.timeout(180_000);
  let browser: Browser | undefined;
  let folder = '';
  let running: RunningHub | undefined;
  before(async function () {
    skipWithoutChromium(this);
    browser = await launchChromium();
    folder = await mkdtemp(path.join(tmpdir(), 'hub-output-'));
  });
  afterEach(() => running?.stop());
  after(async () => {
    await browser?.close();
    if (folder !== '') await rm(folder, { recursive: true });
  });

  it('edits and saves a value at the address that it prints, and has it after the next start', async () => {
    running = new RunningHub(['--output', folder]);
    const page = await (browser ?? assert.fail()).newPage();
    await page.goto(await running.printed(/Models hub +(http:\S+)/));
    const frame = page.frameLocator('iframe');
    await frame.getByRole('link', { name: 'demo_model' }).click();
    const cell = frame.locator('[data-cell="training.epochs/1"]');
    await cell.click();
    await cell.getByRole('textbox').fill('431');
    await page.keyboard.press('Enter');
    await frame.getByRole('button', { name: 'Review and save' }).click();
    await frame.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved revision 5').waitFor();
    await page.close();
    await running.stop();

    running = new RunningHub(['--output', folder, '--json']);
    const described = JSON.parse(await running.printed(/^(\{.*\})$/m)) as Record<string, string>;
    const { url = '', organizationUrl = '', personalAccessToken = '' } = described;
    const collection = `models-${projectId}`;
    const documents = `_apis/ExtensionManagement/InstalledExtensions/model-pipelines/model-pipeline-tasks/Data/Scopes/Default/Current/Collections/${collection}/Documents`;
    const { origin, pathname } = new URL(organizationUrl);
    const answer = await fetch(`${origin}/extmgmt${pathname}${documents}/demo_model?api-version=7.1-preview.1`, {
      headers: { authorization: `Bearer ${personalAccessToken}` },
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    const { text, rev } = (await answer.json()) as { text: string; rev: number };
    assert.equal(rev, 5);
    assert.match(text, /epochs: 431/);
    const again = await (browser ?? assert.fail()).newPage();
    await again.goto(`${url}?hash=model%3Ddemo_model`);
    await again.frameLocator('iframe').getByText('431').first().waitFor();
  });
});
