import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startDatabricks, type Databricks, type DatabricksOptions } from '../../sandbox/databricks/databricks';
import type { Clock } from '../../shared/clock';
import type { Library } from '../../shared/databricks/api/libraries';
import { libraryTitle } from '../../shared/databricks/libraries/title';
import type { Json } from '../../shared/json';
import { stringifyJson } from '../../shared/json';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/InstallLibraries/task';
import { FakeAgent } from '../support/fakeAgent';

/** The smallest file that passes for a wheel or a jar: an empty zip archive, with a comment to tell one from another. */
export function archive(comment: string): Uint8Array {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, Buffer.from(comment)]);
}

/** A sandbox workspace with a cluster, whose time passes only while the task sleeps, and a folder on the agent. */
export class InstallLibrariesWorkspace {
  readonly clock: Clock;

  private constructor(
    readonly databricks: Databricks,
    readonly folder: string,
    readonly clusterId: string,
  ) {
    this.clock = {
      now: () => databricks.clock.now(),
      sleep: async (milliseconds, signal) => {
        signal?.throwIfAborted();
        await databricks.clock.advance(milliseconds);
        signal?.throwIfAborted();
      },
    };
  }

  /** With a cluster named `train` that runs. */
  static async open(options: DatabricksOptions = {}, runtime = '15.4.x-scala2.12'): Promise<InstallLibrariesWorkspace> {
    const databricks = await startDatabricks({ timeScale: 0, hasLimits: false, logsBodies: true, ...options });
    const spec = { cluster_name: 'train', spark_version: runtime, node_type_id: 'Standard_DS3_v2' };
    const { id } = databricks.clusters.create({ ...spec, num_workers: 1 }, 'someone@example.com', 'API');
    await databricks.clock.advance(60_000);
    return new InstallLibrariesWorkspace(databricks, await mkdtemp(join(tmpdir(), 'libraries-')), id);
  }

  async close(): Promise<void> {
    await this.databricks.close();
    await rm(this.folder, { recursive: true });
  }

  /** Writes files on the agent. */
  async write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), content);
    }
  }

  /** Calls the API as somebody else would, and lets a minute pass. */
  async call(path: string, body: Readonly<Record<string, Json>>): Promise<void> {
    const response = await fetch(`${this.databricks.url}/api/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.databricks.token}` },
      body: stringifyJson({ cluster_id: this.clusterId, ...body }),
    });
    if (!response.ok) throw new Error(await response.text());
    await this.databricks.clock.advance(60_000);
  }

  /** Somebody installs PyPI packages on the cluster. */
  async has(...packages: readonly string[]): Promise<void> {
    await this.call('2.0/libraries/install', { libraries: packages.map((name) => ({ pypi: { package: name } })) });
  }

  /** What the cluster has: the status of each library by its title. */
  libraries(): Record<string, string> {
    return Object.fromEntries(
      this.databricks.libraries
        .list(this.clusterId)
        .map(({ library, status }) => [libraryTitle(library as unknown as Library), status]),
    );
  }

  /** The requests that changed something, as `libraries/install`, since the last time. */
  writes(): readonly string[] {
    const found = this.databricks.requests.list().filter(({ method }) => method !== 'GET');
    this.databricks.requests.clear();
    return found.map(({ path }) => path.replace(/^\/api\/\d\.\d\//, ''));
  }

  agent(inputs: Readonly<Record<string, string>>, url = this.databricks.url): FakeAgent {
    return new FakeAgent(
      { connection: 'c', cluster: 'train', ...inputs },
      { c: { url, token: this.databricks.token } },
      { 'System.DefaultWorkingDirectory': this.folder },
    );
  }

  /** One run of the step. */
  async run(
    inputs: Readonly<Record<string, string>>,
    {
      signal = new AbortController().signal,
      agent = this.agent(inputs),
    }: { signal?: AbortSignal; agent?: FakeAgent } = {},
  ): Promise<FakeAgent> {
    await runTask(task, { agent, clock: this.clock, signal });
    return agent;
  }
}
