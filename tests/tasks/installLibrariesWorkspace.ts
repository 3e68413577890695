import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Databricks, DatabricksOptions } from '../../sandbox/databricks/databricks';
import type { Library } from '../../shared/databricks/api/libraries';
import { libraryTitle } from '../../shared/databricks/libraries/title';
import type { Json } from '../../shared/json';
import { task } from '../../tasks/InstallLibraries/task';
import { DatabricksStage, type TryOptions } from '../support/databricksStage';
import type { FakeAgent } from '../support/fakeAgent';

/** The smallest file that passes for a wheel or a jar: an empty zip archive, with a comment to tell one from another. */
export function archive(comment: string): Uint8Array {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, Buffer.from(comment)]);
}

/** A workspace with a cluster, and a folder on the agent. */
export class InstallLibrariesWorkspace extends DatabricksStage {
  private constructor(
    databricks: Databricks,
    readonly folder: string,
    readonly clusterId: string,
  ) {
    super(databricks);
  }

  /** With a cluster named `train` that runs. */
  static async open(options: DatabricksOptions = {}, runtime = '15.4.x-scala2.12'): Promise<InstallLibrariesWorkspace> {
    const databricks = await DatabricksStage.start(options);
    const spec = { cluster_name: 'train', spark_version: runtime, node_type_id: 'Standard_DS3_v2' };
    const { id } = databricks.clusters.create({ ...spec, num_workers: 1 }, 'someone@example.com', 'API');
    await databricks.clock.advance(60_000);
    return new InstallLibrariesWorkspace(databricks, await mkdtemp(join(tmpdir(), 'libraries-')), id);
  }

  override async close(): Promise<void> {
    await super.close();
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
    await this.request('POST', `/api/${path}`, { cluster_id: this.clusterId, ...body });
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

  /** The requests that changed something since the last time. */
  override writes(): readonly string[] {
    const found = super.writes();
    this.databricks.requests.clear();
    return found;
  }

  override agentOf(inputs: Readonly<Record<string, string>>, options?: TryOptions): FakeAgent {
    const variables = { 'System.DefaultWorkingDirectory': this.folder };
    return super.agentOf({ cluster: 'train', ...inputs }, { variables, ...options });
  }

  /** One run of the step. */
  run(inputs: Readonly<Record<string, string>>, options?: TryOptions): Promise<FakeAgent> {
    return this.try(task, inputs, options);
  }
}
