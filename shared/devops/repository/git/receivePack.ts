import { TaskError } from '../../../errors';
import type { HttpClient } from '../../../http/httpClient';
import { flush, packetLine, PacketError, readPacketLines } from './packetLines';

/** A repository that git is spoken to, over HTTP: https://git-scm.com/docs/http-protocol. */
export interface GitRemote {
  readonly http: HttpClient;
  /** From the client's base URL, encoded: `/models/_git/churn`. */
  readonly path: string;
  /** As in messages: `the repository 'churn'`. */
  readonly name: string;
}

/** What the service says of a repository before a push. */
export interface Advertisement {
  /** The ids of commits by the names of refs, such as `refs/heads/main`. */
  readonly refs: ReadonlyMap<string, string>;
  readonly capabilities: ReadonlySet<string>;
}

export interface RefUpdate {
  readonly ref: string;
  /** 40 zeros for a ref that must not exist yet. */
  readonly oldId: string;
  readonly newId: string;
}

/** The service received the pack, and did not update the ref. */
export class PushRefusedError extends TaskError {
  override readonly name = 'PushRefusedError';
}

/** A slow connection needs so long for a part of the pack, beside the time for any call. */
const bytesPerSecond = 256 * 1024;
const leastSeconds = 120;

/** An answer that breaks off is read again so often. */
const mostReads = 3;

/** Reads which refs a repository has, and what it supports, for a push. */
export async function readAdvertisement(remote: GitRemote): Promise<Advertisement> {
  for (let reads = 1; ; reads++)
    try {
      return await readAdvertisementOnce(remote);
    } catch (error) {
      if (!(error instanceof IncompleteAnswerError) || reads === mostReads) throw error;
    }
}

async function readAdvertisementOnce({ http, path, name }: GitRemote): Promise<Advertisement> {
  const purpose = `read the branches of ${name}`;
  const query = { service: 'git-receive-pack' };
  const answer = await http.bytes({ method: 'GET', path: `${path}/info/refs`, query, purpose });
  if (Buffer.from(answer.subarray(-4)).toString('latin1') !== flush) throw notGit(purpose);
  const lines = textLines(answer, purpose);
  if (lines[0] !== '# service=git-receive-pack') throw notGit(purpose);
  const [first = '', ...others] = lines.slice(1);
  const [ref = '', capabilities = ''] = first.split('\0');
  const refs = [ref, ...others].flatMap((line): [string, string][] => {
    const [, id, refName] = /^([\da-f]{40}) (.+)$/.exec(line) ?? [];
    // An empty repository has one line, which has the capabilities only.
    return id === undefined || refName === undefined || refName === 'capabilities^{}' ? [] : [[refName, id]];
  });
  return { refs: new Map(refs), capabilities: new Set(capabilities.split(' ').filter((word) => word !== '')) };
}

/**
 * Sends a pack, and lets a ref point to a commit in it, all or nothing. The call is not repeated: after an error that is
 * transient, read the refs. Throws a PushRefusedError with the words of the service if it does not update the ref.
 */
export async function sendPack(
  { http, path, name }: GitRemote,
  { ref, oldId, newId }: RefUpdate,
  pack: Uint8Array,
  capabilities: Advertisement['capabilities'],
): Promise<void> {
  const purpose = `push to ${name}`;
  const isOnBands = capabilities.has('side-band-64k');
  const asked = `report-status${isOnBands ? ' side-band-64k' : ''} agent=model-pipeline-tasks`;
  const command = packetLine(`${oldId} ${newId} ${ref}\0 ${asked}`) + flush;
  const answer = await http.bytes({
    method: 'POST',
    path: `${path}/git-receive-pack`,
    content: {
      contentType: 'application/x-git-receive-pack-request',
      bytes: Buffer.concat([Buffer.from(command), pack]),
    },
    headers: { Accept: 'application/x-git-receive-pack-result' },
    budgetSeconds: leastSeconds + Math.ceil(pack.length / bytesPerSecond),
    purpose,
  });
  const problem = problemIn(isOnBands ? firstBand(answer, purpose) : answer, ref, purpose);
  if (problem !== undefined) throw new PushRefusedError(`Could not ${purpose}: the service refused ${ref}: ${problem}`);
}

/** Why the ref was not updated, by the report: https://git-scm.com/docs/pack-protocol (Report Status). */
function problemIn(report: Uint8Array, ref: string, purpose: string): string | undefined {
  const lines = textLines(report, purpose);
  const unpacked = lines.find((line) => line.startsWith('unpack '))?.slice('unpack '.length);
  if (unpacked === undefined) throw notGit(purpose);
  if (unpacked !== 'ok') return unpacked;
  if (lines.includes(`ok ${ref}`)) return undefined;
  return lines.find((line) => line.startsWith(`ng ${ref} `))?.slice(`ng ${ref} `.length) ?? 'it gave no reason.';
}

/** What was sent on the first of the three bands; the third is for an error that ends the call. */
function firstBand(answer: Uint8Array, purpose: string): Buffer {
  const parts: Buffer[] = [];
  for (const packet of packets(answer, purpose)) {
    if (packet?.[0] === 1) parts.push(packet.subarray(1));
    else if (packet?.[0] === 3)
      throw new PushRefusedError(`Could not ${purpose}: ${packet.subarray(1).toString('utf8').trim()}`);
  }
  return Buffer.concat(parts);
}

function textLines(bytes: Uint8Array, purpose: string): readonly string[] {
  return packets(bytes, purpose).flatMap((packet) => (packet ? [packet.toString('utf8').replace(/\n$/, '')] : []));
}

function packets(bytes: Uint8Array, purpose: string): readonly (Buffer | undefined)[] {
  try {
    return [...readPacketLines(bytes)];
  } catch (error) {
    if (error instanceof PacketError) throw notGit(purpose, error);
    throw error;
  }
}

function notGit(purpose: string, cause?: PacketError): IncompleteAnswerError {
  return new IncompleteAnswerError(
    `Could not ${purpose}: ${cause?.message ?? 'the answer is not of git'}. Check the URL of the organization, and whether a proxy is in the way.`,
    { cause },
  );
}

/** The answer is not what git answers, or not all of it: nobody knows whether a ref was updated. */
export class IncompleteAnswerError extends TaskError {
  override readonly name = 'IncompleteAnswerError';
}
