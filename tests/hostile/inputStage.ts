import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { ProxySettings, TaskResult } from '../../shared/agent/agent';
import { runTask } from '../../shared/task/runTask';
import type { Task } from '../../shared/task/task';
import { ConnectProxy } from '../support/connectProxy';
import { FakeAgent, type FakeConnection } from '../support/fakeAgent';
import { FakeClock } from '../support/fakeClock';
import { formsOfSecrets } from '../support/leaks';
import { RecordingServer, reply, type Reply } from '../support/recordingServer';
import { kubeconfigConnection } from '../support/runDeployAks';
import { leaksInMessage } from '../support/sentMessages';
import { standInUrl, type InputCase } from './inputCase';
import { planted, plantedForms } from './planted';

/** A step is not slow as long as it answers within this time, which is far more than any takes. */
const mostSeconds = 30;
/** The longest that a task may be told to take, in minutes. */
const mostMinutes = 10_080 + 120;

const badInputs = /^(Input '|\d+ inputs need attention:)/;
const command = /##(vso)?\[/i;

const signedIn: Reply = { body: { access_token: 'a-token', expires_in: 3600 } };
const answers: Readonly<Record<InputCase['answers'], Reply>> = {
  empty: { body: {} },
  absent: { status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: '##vso[task.complete]no such' } },
  refused: { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE', message: '##[error]refused', code: 400 } },
};

/** An agent that also keeps what it is told as it is, and through whose proxy no request leaves this machine. */
class HostileAgent extends FakeAgent {
  readonly names: string[] = [];
  raw = '';
  proxies: Readonly<Record<string, ProxySettings>> = {};

  override log(text: string): void {
    this.#keep(text);
    super.log(text);
  }
  override group(title: string, text: string): void {
    this.#keep(title, text);
    super.group(title, text);
  }
  override debug(text: string): void {
    this.#keep(text);
    super.debug(text);
  }
  override warning(text: string): void {
    this.#keep(text);
    super.warning(text);
  }
  override setOutput(name: string, value: string): void {
    this.names.push(name);
    this.#keep(value);
    super.setOutput(name, value);
  }
  override summary(name: string, markdown: string): Promise<void> {
    this.#keep(name, markdown);
    return super.summary(name, markdown);
  }
  override complete(result: TaskResult, message: string): Promise<void> {
    this.#keep(message);
    return super.complete(result, message);
  }
  /** Cases have secrets in plain inputs and files, and hostile texts as secrets: the stage judges what is shown and sent. */
  override checkLeaks(): void {}
  override proxyFor(url = 'http://localhost'): ProxySettings | undefined {
    return this.proxies[new URL(url).protocol];
  }

  #keep(...texts: readonly string[]): void {
    this.raw += `${texts.join('\n')}\n`;
  }
}

/** How a step ended. */
export interface End {
  readonly result: TaskResult;
  readonly message: string;
  readonly seconds: number;
}

/** Runs steps with hostile inputs and judges what they leave behind. */
export class InputStage {
  readonly #root: string;
  /** Refuses all, so that no request leaves this machine. */
  readonly #tunnels: ConnectProxy;
  #fixed: ReadonlySet<string> = new Set();

  static async open(): Promise<InputStage> {
    const stage = new InputStage(await mkdtemp(join(tmpdir(), 'hostile-')), await ConnectProxy.start());
    await stage.#prepare();
    return stage;
  }

  private constructor(root: string, tunnels: ConnectProxy) {
    this.#tunnels = tunnels;
    tunnels.refusal = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n';
    this.#root = root;
  }

  async close(): Promise<void> {
    await this.#tunnels.close();
    await rm(this.#root, { recursive: true });
  }

  /** Runs a step. Fails when it ends in a way in which no step may end, whatever its inputs are. */
  async run(task: Task, given: InputCase): Promise<End> {
    await this.#writeFiles(given.files);
    // Its own: a step may end while a request is on its way, which must not be seen in the next step.
    const server = await RecordingServer.start();
    try {
      return await this.#runWith(server, task, given);
    } finally {
      await server.close();
    }
  }

  async #runWith(server: RecordingServer, task: Task, given: InputCase): Promise<End> {
    const answer = answers[given.answers];
    server.reset(({ url }, response) => reply(response, url.includes('/token') ? signedIn : answer));
    const agent = this.#agentFor(given, server.url);
    const clock = new FakeClock();
    const begin = clock.now();
    const real = performance.now();
    await inTime(runTask(task, { agent, clock, signal: new AbortController().signal }));
    const seconds = (performance.now() - real) / 1000;
    const { result, message } = agent.end;

    assert.doesNotMatch(message, /internal error/i, agent.text());
    assert.ok(seconds < mostSeconds, `It took ${seconds} s.`);
    assert.ok(clock.now() - begin < mostMinutes * 60_000, `It waited ${(clock.now() - begin) / 60_000} min.`);
    if (badInputs.test(message)) assert.equal(server.requests.length, 0, `Requests before: ${message}`);
    judgeTexts(agent, message);
    const credential = formsOfSecrets([planted.credential]);
    for (const { method, url, headers, body } of server.requests) {
      const rawHeaders = Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
      const sent = { method, url, rawHeaders, body: body.toString('utf8') };
      assert.deepEqual(leaksInMessage(sent, credential), [], 'A secret in a message.');
    }
    await this.#judgeFiles();
    return { result, message, seconds };
  }

  /** Folders and files that every step finds, some of which nobody should read. */
  async #prepare(): Promise<void> {
    const work = join(this.#root, 'work');
    for (const folder of ['work/source', 'work/dist', 'work/case', 'temp'])
      await mkdir(join(this.#root, folder), { recursive: true });
    await writeFile(join(this.#root, 'secret.txt'), 'outside of the working folder');
    await writeFile(join(work, 'source/train.py'), '# Databricks notebook source\nprint(1)');
    await writeFile(join(work, 'source/a b.sql'), 'select 1');
    await writeFile(join(work, 'dist/a-1.0-py3-none-any.whl'), 'no wheel');
    await writeFile(join(work, 'settings.txt'), 'a=1');
    await writeFile(join(work, 'case/other.txt'), 'scipy\n');
    await symlink('..', join(work, 'loop'));
    await symlink('../secret.txt', join(work, 'outside'));
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(work, 'pipe')]);
    this.#fixed = new Set(await this.#files());
  }

  async #writeFiles(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.#root, 'work', path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }

  #agentFor({ inputs, kubeconfig }: InputCase, url: string): HostileAgent {
    const connections: Readonly<Record<string, FakeConnection>> = {
      databricks: { url, token: planted.credential },
      azure: {
        url,
        scheme: 'ServicePrincipal',
        parameters: { serviceprincipalid: 'an-id', tenantid: 'a-tenant', serviceprincipalkey: planted.credential },
        data: { environmentAuthorityUrl: url, subscriptionId: 'a-subscription' },
      },
      devops: { url: `${url}/contoso`, token: planted.credential },
      kubernetes: kubeconfigConnection(url, kubeconfig.replaceAll(standInUrl, url)),
    };
    const variables = {
      'System.DefaultWorkingDirectory': join(this.#root, 'work'),
      'Agent.TempDirectory': join(this.#root, 'temp'),
      'Build.Repository.Name': '##vso[task.complete]repository',
    };
    const agent = new HostileAgent(inputs, connections, variables, undefined, [planted.variable]);
    agent.proxies = { 'http:': { url }, 'https:': { url: `http://127.0.0.1:${this.#tunnels.port}` } };
    return agent;
  }

  /** What a step wrote holds no secret. Removes it. */
  async #judgeFiles(): Promise<void> {
    const written = (await this.#files()).filter((path) => !this.#fixed.has(path));
    for (const path of written) {
      const file = join(this.#root, path);
      const isGiven = /^work\/case\/[^/]+\.yml$/.test(path);
      if (!isGiven && !path.endsWith('/')) assertWithout(plantedForms, await readFile(file, 'utf8'), path);
    }
    for (const path of written) await rm(join(this.#root, path), { recursive: true, force: true });
  }

  /** Paths of files, and of folders with a slash at their ends. */
  async #files(): Promise<readonly string[]> {
    const entries = await readdir(this.#root, { recursive: true, withFileTypes: true });
    return entries.map(
      (entry) => `${relative(this.#root, join(entry.parentPath, entry.name))}${entry.isDirectory() ? '/' : ''}`,
    );
  }
}

/** Nothing that leaves a step shows a secret, or is a command to the agent. */
function judgeTexts(agent: HostileAgent, message: string): void {
  const outputs = Object.values(agent.outputs).join('\n');
  const shown = [...agent.said.filter(({ kind }) => kind !== 'secret').map(({ text }) => text), message, outputs];
  const files = [...Object.values(agent.summaries), ...Object.values(agent.attachments)];
  assertWithout(plantedForms, [...shown, ...files, ...Object.keys(agent.attachments)].join('\n'), 'what it says');
  // Not even where the agent hides it: no message has a use for it.
  assertWithout([planted.credential], agent.raw, 'what it gives to the agent');
  assert.doesNotMatch(outputs, command, 'An output is a command.');
  for (const name of agent.names) assert.match(name, /^[A-Za-z][\w.]*$/, `A bad name of an output: ${name}`);
}

function assertWithout(secrets: readonly string[], text: string, where: string): void {
  const found = secrets.find((secret) => text.includes(secret));
  if (found === undefined) return;
  const index = text.indexOf(found);
  assert.fail(`A secret in ${where}: ${text.slice(Math.max(0, index - 200), index + found.length + 20)}`);
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not end within ${mostSeconds} s.`)), mostSeconds * 1000);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
