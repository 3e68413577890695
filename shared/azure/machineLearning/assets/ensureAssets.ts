import { createHash } from 'node:crypto';
import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { HttpError } from '../../../http/errors';
import type { JsonMap } from '../../../json';
import type { AssetKind, AssetsApi, AssetVersion } from '../api/assets';

/** The tag of a model's version that says what its content is. */
export const contentTag = 'model-pipeline-content';

/** A version of an asset that can be deployed. */
export interface Asset {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** What to register, unless a version has it. */
export interface ModelContent {
  readonly name: string;
  /** Of which a version is the same content: `model-pipeline-content`, or more than one. */
  readonly identity: Readonly<Record<string, string>>;
  /** Uploads the content, and returns the properties of the version. Called only when no version has it. */
  readonly upload: () => Promise<JsonMap>;
}

/** How many numbers are tried when others register versions of the same model at the same time. */
const mostNumbers = 10;

/** The version of a model that has some content: one that is there, or a new one with the next number. */
export async function ensureModelVersion(api: AssetsApi, content: ModelContent, { agent }: Context): Promise<Asset> {
  const { name, identity } = content;
  const known = await newest(api, name, identity);
  if (known.same) return assetOf(name, known.same);
  const properties = await content.upload();
  let number = known.highest + 1;
  for (let tried = 0; tried < mostNumbers; tried++, number++) {
    const version = String(number);
    try {
      const made = await api.put('models', name, version, { ...properties, tags: { ...identity } });
      if (isSame(made, identity)) {
        agent.log(`Registered the model '${name}', version ${version}.`);
        return assetOf(name, made);
      }
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    // Another run took the number: perhaps for the same content.
    const now = await newest(api, name, identity);
    if (now.same) return assetOf(name, now.same);
    number = Math.max(number, now.highest);
  }
  throw new TaskError(
    `Could not register the model '${name}': other runs took ${mostNumbers} version numbers in the meantime. Run the step again.`,
  );
}

/** An asset whose name is of its content, so that its only version is the right one. */
export async function ensureNamedByContent(
  api: AssetsApi,
  kind: Exclude<AssetKind, 'models'>,
  name: string,
  properties: () => Promise<JsonMap>,
): Promise<Asset> {
  const found = await api.find(kind, name, '1');
  if (found) return assetOf(name, found);
  return assetOf(name, await api.put(kind, name, '1', await properties()));
}

/** A name of an environment that follows from what it is. */
export function contentName(definition: JsonMap): string {
  const text = JSON.stringify(Object.entries(definition).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `model-pipeline-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

/** The version that is named, or the newest for `latest`. Throws a TaskError where there is none. */
export async function namedVersion(
  api: AssetsApi,
  kind: 'models' | 'environments',
  name: string,
  version: string,
): Promise<Asset> {
  const what = kind === 'models' ? 'model' : 'environment';
  if (version === 'latest') {
    for await (const found of api.versions(kind, name)) if (!found.properties.isArchived) return assetOf(name, found);
    throw new TaskError(`The workspace has no version of the ${what} '${name}'. Check its name.`);
  }
  const found = await api.find(kind, name, version);
  if (found) return assetOf(name, found);
  throw new TaskError(
    `The workspace has no version ${version} of the ${what} '${name}'. Check its name and its version.`,
  );
}

function assetOf(name: string, { id, name: version }: AssetVersion): Asset {
  return { id, name, version };
}

async function newest(
  api: AssetsApi,
  name: string,
  identity: ModelContent['identity'],
): Promise<{ readonly same: AssetVersion | undefined; readonly highest: number }> {
  let highest = 0;
  for await (const version of api.versions('models', name)) {
    if (isSame(version, identity)) return { same: version, highest };
    if (/^\d{1,9}$/.test(version.name)) highest = Math.max(highest, Number(version.name));
  }
  return { same: undefined, highest };
}

function isSame({ properties: { tags } }: AssetVersion, identity: ModelContent['identity']): boolean {
  return Object.entries(identity).every(([key, value]) => tags?.[key] === value);
}

/** Whether a version has this number already, with another content: https://github.com/Azure/azure-cli-extensions/issues/5440. */
function isTaken(error: unknown): boolean {
  return (
    error instanceof HttpError &&
    [400, 409].includes(error.status) &&
    /already (?:registered|exists)|cannot be (?:changed|updated)/i.test(error.serviceMessage)
  );
}
