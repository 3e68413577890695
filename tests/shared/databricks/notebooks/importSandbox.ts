import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Databricks, DatabricksOptions } from '../../../../sandbox/databricks/databricks';
import type { Clock } from '../../../../shared/clock';
import type { Json } from '../../../../shared/json';
import { workspaceHolder } from '../../../../shared/databricks/notebooks/holder';
import type { Workspace } from '../../../../shared/databricks/connect';
import { importNotebooks, type ImportOptions } from '../../../../shared/databricks/notebooks/importNotebooks';
import { renewalMilliseconds } from '../../../../shared/databricks/notebooks/claim';
import type { ImportOutcome } from '../../../../shared/databricks/notebooks/plan';
import { scanSource } from '../../../../shared/databricks/notebooks/scanSource';
import { databricksDialect } from '../../../../shared/databricks/dialect';
import { createHttpClient } from '../../../../shared/http/createHttpClient';
import type { HttpRequest } from '../../../../shared/http/httpClient';
import { FixedToken } from '../../../../shared/identity/fixedToken';
import { adviceFor } from '../../../../shared/identity/signInProblems';
import { clockOf, DatabricksStage } from '../../../support/databricksStage';
import { FakeAgent } from '../../../support/fakeAgent';
import type { Shape } from '../../../../shared/http/shape';
import { testContext } from '../../../support/testContext';

export const header = '# Databricks notebook source\n';
export const target = '/Shared/model';

/** The sandbox's time, which passes only while somebody sleeps. Renewals of a claim wait until `renew` is called. */
export class ImportClock implements Clock {
  readonly now: Clock['now'];
  readonly date: Clock['date'];
  readonly #sleep: Clock['sleep'];
  #renewal: (() => void) | undefined;
  #onRenewalDue: (() => void) | undefined;

  constructor(
    databricks: Databricks,
    /** Happens at each sleep, before the time passes. */
    onSleep?: (milliseconds: number) => Promise<void>,
  ) {
    ({ now: this.now, date: this.date, sleep: this.#sleep } = clockOf(databricks, onSleep));
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds !== renewalMilliseconds) return this.#sleep(milliseconds, signal);
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      this.#renewal = resolve;
      this.#onRenewalDue?.();
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  /** Resolves when somebody who holds a claim waits for the time to renew it. */
  async renewalDue(): Promise<void> {
    if (!this.#renewal) await new Promise<void>((resolve) => (this.#onRenewalDue = resolve));
  }

  /** The time to renew the claim has come. */
  async renew(): Promise<void> {
    await this.renewalDue();
    this.#renewal?.();
    this.#renewal = undefined;
  }
}

export interface RunOptions extends Partial<ImportOptions> {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly workspace?: Workspace;
}

/** A source folder and a workspace to import it to. */
export class ImportSandbox extends DatabricksStage {
  /** What the last run said. */
  agent = new FakeAgent();

  private constructor(
    databricks: Databricks,
    readonly folder: string,
  ) {
    super(databricks);
  }

  static async open(options: DatabricksOptions = {}): Promise<ImportSandbox> {
    const databricks = await DatabricksStage.start({ logsBodies: false, ...options });
    return new ImportSandbox(databricks, await mkdtemp(join(tmpdir(), 'import-')));
  }

  override async close(): Promise<void> {
    await super.close();
    await rm(this.folder, { recursive: true });
  }

  /** Writes files of the source. */
  async write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), content);
    }
  }

  /** Deletes files of the source. */
  async remove(...paths: readonly string[]): Promise<void> {
    for (const path of paths) await rm(join(this.folder, path), { recursive: true });
  }

  connect(signal = new AbortController().signal, clock: Clock = new ImportClock(this.databricks)): Workspace {
    const { url, token } = this.databricks;
    const { agent } = this;
    const tokens = new FixedToken('the token', token, agent);
    const service = 'Databricks';
    return {
      url,
      http: createHttpClient({
        baseUrl: url,
        service,
        dialect: databricksDialect,
        tokens,
        agent,
        clock,
        signal,
        userAgent: 'test',
        explain: (trouble) => adviceFor(service, trouble),
      }),
    };
  }

  /** Does something before each request of a workspace is sent; a failure of it is the request's. */
  intercept({ http }: Workspace, before: (request: HttpRequest) => Promise<void>): void {
    const { json, bytes } = http;
    http.json = async <T>(request: HttpRequest, shape: Shape<T>) => {
      await before(request);
      return json.call(http, request, shape) as Promise<T>;
    };
    http.bytes = async (request) => {
      await before(request);
      return bytes.call(http, request);
    };
  }

  /** One import, some time after what was before. */
  async run(options: RunOptions = {}): Promise<ImportOutcome> {
    await this.databricks.clock.advance(1000);
    this.databricks.requests.clear();
    const { clock = new ImportClock(this.databricks), signal = new AbortController().signal } = options;
    const agent = (this.agent = new FakeAgent());
    const source = await scanSource(
      this.folder,
      { include: ['**'], exclude: [] },
      workspaceHolder,
      testContext({ agent }),
    );
    const { workspace = this.connect(undefined, clock), ...rest } = options;
    const settings = { holder: workspaceHolder, target, mode: 'update', dryRun: false, atOnce: 4, ...rest } as const;
    const context = { agent, clock, signal, deadline: Infinity };
    const outcome = await importNotebooks(workspace, source, settings, context);
    await this.databricks.clock.advance(1000);
    return outcome;
  }

  /** Calls the API as somebody else would. */
  async call(path: string, body: Readonly<Record<string, Json>>): Promise<void> {
    await this.databricks.clock.advance(1000);
    await this.request('POST', `/api/2.0/workspace/${path}`, body);
  }

  /** Somebody makes or edits an object by hand. */
  async edit(path: string, content: string, language?: string): Promise<void> {
    const format = language === undefined ? { format: 'RAW' } : { format: 'SOURCE', language };
    const base64 = Buffer.from(content).toString('base64');
    await this.call('import', { path: `${target}/${path}`, content: base64, overwrite: true, ...format });
  }

  /** Somebody deletes an object by hand. */
  async delete(path: string): Promise<void> {
    await this.call('delete', { path: `${target}/${path}`, recursive: true });
  }

  /** What the target holds, without the record of imports: the text by path. */
  contents(): Record<string, string> {
    return Object.fromEntries(
      this.databricks.workspace.below(target).flatMap((node) => {
        const path = node.path.slice(target.length + 1);
        if (path.startsWith('.import-manifest.')) return [];
        if (node.type === 'DIRECTORY') return [[path, 'folder']];
        if ('bytes' in node) return [[path, node.bytes.toString()]];
        return [[path, `${node.language}: ${node.commands.join(' | ')}`]];
      }),
    );
  }

  /** The records of imports that are there, by name. */
  manifests(): Record<string, Manifests> {
    return Object.fromEntries(
      this.databricks.workspace.below(target).flatMap((node) => {
        const name = node.path.slice(target.length + 1);
        if (!name.startsWith('.import-manifest.') || node.type !== 'FILE') return [];
        return [[name, JSON.parse(node.bytes.toString()) as Manifests]];
      }),
    );
  }

  /** The requests of the last run, as `import /Shared/model/a`. */
  requests(): string[] {
    return this.databricks.requests
      .list()
      .map(({ path, query }) => `${path.slice(path.lastIndexOf('/') + 1)} ${query['path'] ?? ''}`.trim());
  }
}

interface Manifests {
  readonly state: string;
  readonly items: Record<string, unknown>;
  readonly pending: Record<string, unknown>;
  readonly folders: readonly string[];
}

/** An archive of a folder with these notebooks, as Databricks exports it. */
export async function archiveOf(notebooks: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const sandbox = await ImportSandbox.open();
  try {
    for (const [path, source] of Object.entries(notebooks)) {
      await sandbox.call('mkdirs', { path: dirname(`${target}/${path}`) });
      await sandbox.edit(path, source, 'PYTHON');
    }
    const url = `${sandbox.databricks.url}/api/2.0/workspace/export?path=${target}&format=DBC&direct_download=true`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${sandbox.databricks.token}` } });
    return new Uint8Array(await response.arrayBuffer());
  } finally {
    await sandbox.close();
  }
}
