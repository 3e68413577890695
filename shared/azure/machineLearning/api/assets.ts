import * as shape from '../../../http/shape';
import type { JsonMap } from '../../../json';
import { pathSegment } from '../../../pathSegment';
import { isMissing, type WorkspaceClient } from './client';

const assetVersion = shape.object({
  id: shape.nonEmptyText,
  name: shape.nonEmptyText,
  properties: shape.object({
    tags: shape.lenient(shape.maybe(shape.mapOf(shape.text)), undefined),
    modelType: shape.shown,
    isArchived: shape.lenient(shape.boolean, false),
  }),
});

/** A version of a model, of an environment or of code: what is read of it here. `name` is the version. */
export type AssetVersion = shape.Read<typeof assetVersion>;

export type AssetKind = 'models' | 'environments' | 'codes';

const words: Readonly<Record<AssetKind, string>> = { models: 'model', environments: 'environment', codes: 'code' };

/** The versions of what a workspace has: a version that was created never changes its content. */
export class AssetsApi {
  constructor(private readonly client: WorkspaceClient) {}

  idOf(kind: AssetKind, name: string, version: string): string {
    return `${this.#pathOf(kind, name)}/${pathSegment(version)}`;
  }

  /** Undefined where there is no such version. */
  async find(kind: AssetKind, name: string, version: string): Promise<AssetVersion | undefined> {
    const purpose = `find version ${version} of the ${words[kind]} '${name}'`;
    return this.client.find(this.idOf(kind, name, version), purpose, assetVersion);
  }

  /** All versions of a name, the newest first; none where the name is not known. */
  async *versions(kind: AssetKind, name: string): AsyncGenerator<AssetVersion> {
    const query = { $orderBy: 'createdtime desc', listViewType: 'All' };
    const purpose = `list the versions of the ${words[kind]} '${name}'`;
    try {
      yield* this.client.list(this.#pathOf(kind, name), purpose, assetVersion, query);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async put(kind: AssetKind, name: string, version: string, properties: JsonMap): Promise<AssetVersion> {
    const purpose = `register version ${version} of the ${words[kind]} '${name}'`;
    return this.client.put(this.idOf(kind, name, version), purpose, { properties }, assetVersion);
  }

  #pathOf(kind: AssetKind, name: string): string {
    return `${this.client.workspaceId}/${kind}/${pathSegment(name)}/versions`;
  }
}
