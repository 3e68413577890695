import { createHash } from 'node:crypto';
import type { JsonObject } from '../json';
import { apiVersionOf, type ResourceType } from '../resources';
import { parseFieldSelector, parseLabelSelector } from '../selectors';
import { badRequest, expired, gatewayTimeout } from '../status';
import { byText, type Store } from '../store';
import type { KubeObject } from '../types';

/** The objects that a query selects. */
export function selectionOf(query: URLSearchParams): (object: KubeObject) => boolean {
  const byLabel = parseLabelSelector(query.get('labelSelector') ?? '');
  const byField = parseFieldSelector(query.get('fieldSelector') ?? '');
  return (object) => byLabel(object) && byField(object);
}

/** A page of a list: the state at one version, as far as that is still known. */
export function listObjects(
  store: Store,
  type: ResourceType,
  namespace: string | undefined,
  query: URLSearchParams,
): JsonObject & { items: KubeObject[] } {
  const limit = Number(query.get('limit') ?? 0);
  const start = readContinue(query.get('continue'));
  const asked = query.get('resourceVersion') ?? '';
  if (asked !== '' && !/^\d+$/.test(asked))
    throw badRequest(`Invalid value: "${asked}": strconv.ParseUint: parsing "${asked}": invalid syntax`);
  checkVersion(store, Number(asked));
  const isExact = query.get('resourceVersionMatch') === 'Exact';
  const revision = start?.revision ?? (isExact ? Number(asked) : store.revision);
  const all = stateAt(store, type, namespace, revision);
  const found = all
    .filter(selectionOf(query))
    .filter((object) => start === undefined || byText(keyOf(object), start.after) > 0);
  const items = limit > 0 ? found.slice(0, limit) : found;
  const last = items.at(-1);
  const left = found.length - items.length;
  const next =
    last && left > 0 ? { continue: writeContinue({ revision, after: keyOf(last) }), remainingItemCount: left } : {};
  return {
    kind: `${type.kind}List`,
    apiVersion: apiVersionOf(type),
    metadata: { resourceVersion: String(revision), ...next },
    items,
  };
}

/** Refuses a version that the server hasn't reached. */
export function checkVersion(store: Store, revision: number): void {
  if (revision <= store.revision) return;
  const message = `Too large resource version: ${revision}, current: ${store.revision}`;
  throw gatewayTimeout(message, [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]);
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

/** The objects as they were at an older version: later changes are taken back. */
function stateAt(store: Store, type: ResourceType, namespace: string | undefined, revision: number): KubeObject[] {
  const now: KubeObject[] = store.list(type.plural, namespace);
  if (revision === store.revision) return now;
  const objects = new Map(now.map((object) => [keyOf(object), object]));
  for (const { plural, object, previous } of changesAfter(store, revision).toReversed()) {
    if (plural !== type.plural || (namespace !== undefined && object.metadata.namespace !== namespace)) continue;
    if (previous) objects.set(keyOf(object), previous);
    else objects.delete(keyOf(object));
  }
  return [...objects.values()].sort((a, b) => byText(keyOf(a), keyOf(b)));
}

function changesAfter(store: Store, revision: number) {
  try {
    return store.changesAfter(revision);
  } catch {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
}

interface Position {
  readonly revision: number;
  readonly after: string;
}

// Tokens are opaque, so that no client reads them: a digest tells a token of ours from a made-up one.
const digest = (text: string) => createHash('sha256').update(`sandbox ${text}`).digest('hex').slice(0, 8);

function writeContinue(position: Position): string {
  const text = JSON.stringify(position);
  return Buffer.from(digest(text) + text).toString('base64url');
}

function readContinue(token: string | null): Position | undefined {
  if (!token) return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  if (digest(text.slice(8)) !== text.slice(0, 8)) throw badRequest('continue key is not valid: illegal base64 data');
  return JSON.parse(text.slice(8)) as Position;
}
