import { noObject, type ObjectStore } from '../objects/objectStore';
import { readPack } from '../objects/pack';
import { flush, packetLine, readPackets } from './packetLines';

/** Fetches everything from a repository of another server. @returns object ids by the full name of the reference */
export async function fetchFrom(
  url: string,
  authorization: string | undefined,
  objects: ObjectStore,
): Promise<Map<string, string>> {
  const base = url.replace(/\/$/, '');
  const headers = authorization === undefined ? {} : { authorization };
  const advertised = await request(`${base}/info/refs?service=git-upload-pack`, { headers });
  const refs = new Map<string, string>();
  for (const line of readPackets(advertised)) {
    const [, oid, name] = /^([\da-f]{40}) (refs\/[^\0\n^]+)(?:\0|\n|$)/.exec(line.toString('utf8')) ?? [];
    if (oid !== undefined && name !== undefined && oid !== noObject && !name.startsWith('refs/pull/'))
      refs.set(name, oid);
  }
  if (refs.size === 0) return refs;
  const wants = [...new Set(refs.values())].map((oid, at) =>
    packetLine(`want ${oid}${at === 0 ? ' side-band-64k ofs-delta' : ''}\n`),
  );
  const answer = await request(`${base}/git-upload-pack`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-git-upload-pack-request' },
    body: Buffer.concat([...wants, flush, packetLine('done\n')]),
  });
  const bands = readPackets(answer);
  const error = bands.find((packet) => packet[0] === 3);
  if (error) throw new Error(error.toString('utf8', 1).trim());
  await readPack(objects, Buffer.concat(bands.filter((packet) => packet[0] === 1).map((packet) => packet.subarray(1))));
  return refs;
}

async function request(url: string, init: RequestInit): Promise<Buffer> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return Buffer.from(await response.arrayBuffer());
}
