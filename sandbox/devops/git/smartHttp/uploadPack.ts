import { objectsOfTree } from '../objects/files';
import { ancestors } from '../objects/history';
import type { ObjectStore } from '../objects/objectStore';
import { writePack } from '../objects/pack';
import { flush, flushLine, onBand, packetLine, readPacketLines } from './packetLines';

interface FetchRequest {
  readonly capabilities: readonly string[];
  readonly wants: readonly string[];
  readonly haves: readonly string[];
  /** Commits whose parents the client does not have. */
  readonly shallow: readonly string[];
  /** How many commits of each line of history are asked for; undefined for all. */
  readonly depth: number | undefined;
  readonly isDone: boolean;
}

/** Answers a fetch: what both have, and in the end a pack of what the client lacks. */
export async function uploadPack(objects: ObjectStore, body: Buffer): Promise<Buffer> {
  const request = readRequest(body);
  if (request.wants.length === 0) return Buffer.alloc(0);
  const unknown = request.wants.find((oid) => !objects.find(oid));
  if (unknown !== undefined) return packetLine(`ERR upload-pack: not our ref ${unknown}\n`);
  const tips = request.wants.map((oid) => objects.peel(oid));
  const depths = request.depth === undefined ? undefined : commitsByDepth(objects, tips, request.depth);
  const common = request.haves.filter((oid) => objects.isA('commit', oid));
  const parts = [...(depths ? shallowLines(objects, request, depths) : []), ...acknowledge(request, common)];
  if (!request.isDone) return Buffer.concat(parts);
  const pack = await writePack(objects, [...missingObjects(objects, request, tips, common, depths)]);
  const isBanded = request.capabilities.includes('side-band-64k');
  return Buffer.concat([...parts, ...(isBanded ? [onBand(1, pack), flush] : [pack])]);
}

function readRequest(body: Buffer): FetchRequest {
  const lines = readPacketLines(body, false).lines.filter((line) => line !== flushLine);
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.split(' ')[1] ?? '');
  const depth = after('deepen')[0];
  return {
    capabilities:
      lines
        .find((line) => line.startsWith('want '))
        ?.split(' ')
        .slice(2) ?? [],
    wants: after('want'),
    haves: after('have'),
    shallow: after('shallow'),
    depth: depth === undefined || depth === '0' ? undefined : Number(depth),
    isDone: lines.includes('done'),
  };
}

/** How far each commit is from the wanted ones: 1 for these, up to `depth`. */
function commitsByDepth(objects: ObjectStore, tips: readonly string[], depth: number): Map<string, number> {
  const depths = new Map<string, number>();
  let level = tips.filter((oid) => objects.isA('commit', oid));
  for (let at = 1; at <= depth && level.length > 0; at++) {
    const fresh = level.filter((oid) => !depths.has(oid));
    for (const oid of fresh) depths.set(oid, at);
    level = fresh.flatMap((oid) => objects.readCommit(oid).parents);
  }
  return depths;
}

/** At which commits the client's history ends from now on, and at which it no longer does. */
function shallowLines(objects: ObjectStore, { shallow }: FetchRequest, depths: ReadonlyMap<string, number>): Buffer[] {
  const ends = [...depths.keys()].filter((oid) =>
    objects.readCommit(oid).parents.some((parent) => !depths.has(parent)),
  );
  const continued = shallow.filter((oid) => depths.has(oid) && !ends.includes(oid));
  return [
    ...ends.filter((oid) => !shallow.includes(oid)).map((oid) => packetLine(`shallow ${oid}\n`)),
    ...continued.map((oid) => packetLine(`unshallow ${oid}\n`)),
    flush,
  ];
}

function acknowledge({ capabilities, haves, isDone }: FetchRequest, common: readonly string[]): Buffer[] {
  const last = common.at(-1);
  const final = last === undefined ? packetLine('NAK\n') : packetLine(`ACK ${last}\n`);
  if (!capabilities.includes('multi_ack_detailed')) return isDone || haves.length > 0 ? [final] : [];
  const lines = common.map((oid) => packetLine(`ACK ${oid} common\n`));
  if (isDone) return [...lines, final];
  // Everything the client named after a common commit is older: it need not look further.
  const ready = last === undefined ? [] : [packetLine(`ACK ${last} ready\n`)];
  return haves.length > 0 ? [...lines, ...ready, packetLine('NAK\n')] : [];
}

/** What the client needs for the wanted objects, besides what follows from the commits that both have. */
function missingObjects(
  objects: ObjectStore,
  { wants, shallow }: FetchRequest,
  tips: readonly string[],
  common: readonly string[],
  depths: ReadonlyMap<string, number> | undefined,
): ReadonlySet<string> {
  const held = ancestors(objects, common, (oid) => shallow.includes(oid));
  const heldObjects = new Set<string>();
  for (const oid of [...common, ...shallow.filter((each) => held.has(each))])
    objectsOfTree(objects, objects.readCommit(oid).tree, heldObjects);
  const missing = new Set<string>();
  for (const oid of depths?.keys() ?? ancestors(objects, tips)) {
    if (held.has(oid)) continue;
    missing.add(oid);
    objectsOfTree(objects, objects.readCommit(oid).tree, missing);
  }
  for (const oid of wants) addWanted(objects, oid, missing);
  for (const oid of heldObjects) missing.delete(oid);
  return missing;
}

/** A tag with the tags that it names; a tree or a content that was asked for by its id. */
function addWanted(objects: ObjectStore, oid: string, into: Set<string>): void {
  const { type, content } = objects.read(oid);
  if (type === 'tree') objectsOfTree(objects, oid, into);
  else if (type !== 'commit') into.add(oid);
  const named = type === 'tag' ? /^object ([\da-f]{40})$/m.exec(content.toString('utf8'))?.[1] : undefined;
  if (named !== undefined) addWanted(objects, named, into);
}
