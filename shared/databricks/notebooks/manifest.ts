import { TaskError } from '../../errors';
import { isMap, parsedJson, type Json } from '../../json';
import type { Kind } from './detectKind';

/** The format that this version writes, and the newest that it can read. */
const formatVersion = 1;

/** One object of the workspace, as it was when it was known to be what was sent. */
export interface Recorded {
  readonly objectId: string;
  /** Milliseconds since 1970; folders have none, nor have some types of objects. */
  readonly modifiedAt?: number;
  /** Of what the workspace exported then, for an object without a time. */
  readonly contentSha256?: string;
}

export interface RecordedItem {
  readonly kind: Kind;
  /** Of the content that was sent. */
  readonly sha256: string;
  /** Its objects in the workspace by relative path: itself under an empty path, and for an archive all that is in it. */
  readonly objects: ReadonlyMap<string, Recorded>;
}

/** What was about to be sent, and may have arrived or not. */
export interface PendingItem {
  readonly kind: Kind;
  readonly sha256: string;
  readonly canonicalSha256?: string;
}

/** What this task knows of a target folder; paths are relative to it. See docs/import-manifest.md. */
export interface Manifest {
  readonly isInProgress: boolean;
  /** Identifies the run that wrote it. */
  readonly writer: string;
  /** The page of the pipeline run. */
  readonly run?: string;
  readonly items: ReadonlyMap<string, RecordedItem>;
  readonly pending: ReadonlyMap<string, PendingItem>;
  /** Folders that this task created. */
  readonly folders: ReadonlySet<string>;
}

export const emptyManifest = { items: new Map(), pending: new Map(), folders: new Set<string>() } as const;

/** The names of the manifest's generations. */
export const manifestName = /^\.import-manifest\.([1-9]\d{0,8})\.json$/;

export function manifestFile(generation: number): string {
  return `.import-manifest.${generation}.json`;
}

/** The manifest's text. */
export function writeManifest(manifest: Manifest, task: string): string {
  const { isInProgress, writer, run, items, pending, folders } = manifest;
  return JSON.stringify({
    about: `What the pipeline task ${task} put into this folder. Do not edit: it protects your own objects from being deleted.`,
    formatVersion,
    state: isInProgress ? 'inProgress' : 'ended',
    writer,
    run,
    items: Object.fromEntries(
      [...items].map(([path, { kind, sha256, objects }]) => [
        path,
        { kind, sha256, objects: Object.fromEntries([...objects].map(([below, object]) => [below, { ...object }])) },
      ]),
    ),
    pending: Object.fromEntries([...pending].map(([path, item]) => [path, { ...item }])),
    folders: [...folders],
  });
}

/**
 * The largest manifest that an import can end with, as far as is known before it begins: what is pending is recorded with
 * the longest ID and time. `archived` has the objects that an archive becomes. A notebook with both hashes stays pending,
 * which is longer. Objects without a time, whose content is hashed, are few and not considered.
 */
export function largestManifest(manifest: Manifest, archived: ReadonlyMap<string, Iterable<string>>): Manifest {
  const object = { objectId: '9'.repeat(19), modifiedAt: 9_999_999_999_999 };
  const items = new Map(manifest.items);
  const pending = new Map(manifest.pending);
  for (const [path, { kind, sha256, canonicalSha256 }] of manifest.pending) {
    if (canonicalSha256 !== undefined) continue;
    items.set(path, {
      kind,
      sha256,
      objects: new Map(['', ...(archived.get(path) ?? [])].map((part) => [part, object])),
    });
    pending.delete(path);
  }
  return { ...manifest, items, pending };
}

/** Reads a manifest's text. Undefined when it is not a manifest; throws a TaskError when a newer version of this task wrote it. */
export function readManifest(text: string, place: string): Manifest | undefined {
  const found = parsedJson(text) as Json | undefined;
  if (!isMap(found)) return undefined;
  const version = found['formatVersion'];
  if (typeof version === 'number' && version > formatVersion)
    throw new TaskError(
      `A newer version of this task imported to this folder: ${place} has format ${version}, and this version reads up to ${formatVersion}. ` +
        'Nothing was changed. Update the extension, or import to another folder.',
    );
  const { writer, run, state, items, pending, folders } = found;
  if (version !== formatVersion || typeof writer !== 'string' || !isMap(items) || !isMap(pending)) return undefined;
  if ((state !== 'inProgress' && state !== 'ended') || !isTexts(folders)) return undefined;
  const readItems = mapOf(items, readItem);
  const readPending = mapOf(pending, readPendingItem);
  if (!readItems || !readPending) return undefined;
  return {
    isInProgress: state === 'inProgress',
    writer,
    ...(typeof run === 'string' && { run }),
    items: readItems,
    pending: readPending,
    folders: new Set(folders),
  };
}

function readItem(value: Json | undefined): RecordedItem | undefined {
  const pending = readPendingItem(value);
  const objects = isMap(value) && isMap(value['objects']) ? mapOf(value['objects'], readObject) : undefined;
  return pending && objects && { kind: pending.kind, sha256: pending.sha256, objects };
}

function readPendingItem(value: Json | undefined): PendingItem | undefined {
  if (!isMap(value)) return undefined;
  const { kind, sha256, canonicalSha256 } = value;
  if (kind !== 'notebook' && kind !== 'file' && kind !== 'archive') return undefined;
  if (typeof sha256 !== 'string') return undefined;
  return { kind, sha256, ...(typeof canonicalSha256 === 'string' && { canonicalSha256 }) };
}

function readObject(value: Json | undefined): Recorded | undefined {
  if (!isMap(value) || typeof value['objectId'] !== 'string') return undefined;
  const { objectId, modifiedAt, contentSha256 } = value;
  return {
    objectId,
    ...(typeof modifiedAt === 'number' && { modifiedAt }),
    ...(typeof contentSha256 === 'string' && { contentSha256 }),
  };
}

function mapOf<T>(
  map: Readonly<Record<string, Json | undefined>>,
  read: (value: Json | undefined) => T | undefined,
): Map<string, T> | undefined {
  const values = new Map<string, T>();
  for (const [key, value] of Object.entries(map)) {
    const item = read(value);
    if (item === undefined) return undefined;
    values.set(key, item);
  }
  return values;
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
