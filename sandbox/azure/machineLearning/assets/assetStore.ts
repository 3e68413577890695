import { parse, stringify } from 'yaml';
import type { Json } from '../json';
import { isObject, textAt } from '../json';

export type AssetKind = 'models' | 'environments' | 'codes';

/** A version of an asset of a workspace or of a registry. */
export interface AssetVersion {
  readonly kind: AssetKind;
  readonly scopeId: string;
  readonly name: string;
  readonly version: string;
  readonly id: string;
  /** All of `properties`; tags and description may change. */
  properties: Json;
  /** In epoch milliseconds. */
  readonly createdAt: number;
  modifiedAt: number;
}

const keyOf = (scopeId: string, kind: AssetKind, name: string, version = ''): string =>
  `${scopeId}/${kind}/${name}/versions/${version}`.toLowerCase();

/** The assets of all workspaces and registries, in the order in which they were made. */
export class AssetStore {
  readonly #versions = new Map<string, AssetVersion>();

  /** All versions of a name, the newest last; all of a kind without a name. */
  list(scopeId: string, kind: AssetKind, name?: string): readonly AssetVersion[] {
    return [...this.#versions.values()].filter(
      (asset) =>
        asset.kind === kind &&
        asset.scopeId.toLowerCase() === scopeId.toLowerCase() &&
        (name === undefined || asset.name.toLowerCase() === name.toLowerCase()),
    );
  }

  get(scopeId: string, kind: AssetKind, name: string, version: string): AssetVersion | undefined {
    return this.#versions.get(keyOf(scopeId, kind, name, version));
  }

  add(asset: AssetVersion): void {
    this.#versions.set(keyOf(asset.scopeId, asset.kind, asset.name, asset.version), asset);
  }

  delete(asset: AssetVersion): void {
    this.#versions.delete(keyOf(asset.scopeId, asset.kind, asset.name, asset.version));
  }

  /** By the id of a workspace's version, or by the `azureml://registries/…` of a registry's. */
  find(kind: AssetKind, reference: string): AssetVersion | undefined {
    const match = new RegExp(`^(.+)/${kind}/([^/]+)/versions/([^/]+)$`, 'i').exec(reference);
    const [, scope = '', name = '', version = ''] = match ?? [];
    const registry = /^azureml:\/\/registries\/([^/]+)$/i.exec(scope)?.[1];
    const all = [...this.#versions.values()].filter((asset) => asset.kind === kind);
    return all.find(
      (asset) =>
        asset.name.toLowerCase() === name.toLowerCase() &&
        asset.version.toLowerCase() === version.toLowerCase() &&
        (registry === undefined
          ? asset.scopeId.toLowerCase() === scope.toLowerCase()
          : asset.scopeId.toLowerCase().endsWith(`/registries/${registry.toLowerCase()}`)),
    );
  }
}

/** The YAML of an environment as the service gives it back: as JSON text. */
export function condaAsJson(text: string): string {
  const value: unknown = parse(text);
  return JSON.stringify(value, undefined, 2);
}

/** The packages for pip and conda of an environment, by name and version as they are written there. */
export function packagesOf(properties: Json): readonly string[] {
  const conda = textAt(properties, 'condaFile');
  const value: unknown = conda === undefined ? undefined : parse(conda);
  if (!isObject(value) || !Array.isArray(value['dependencies'])) return [];
  return (value['dependencies'] as readonly unknown[]).flatMap((entry) =>
    isObject(entry) && Array.isArray(entry['pip']) ? entry['pip'].map(String) : [stringify(entry).trim()],
  );
}
