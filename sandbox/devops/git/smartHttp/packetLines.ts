/** `0000`: the end of a list of lines. */
export const flush = Buffer.from('0000');

/** A line of the protocol: its length in four hexadecimal digits, and the content. */
export function packetLine(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

export interface ReadLines {
  /** Without their line end; `flush` where a list ends. */
  readonly lines: readonly string[];
  /** What follows the flush at which `isEnd` stopped. */
  readonly rest: Buffer;
}

/**
 * The lines at the start of a request.
 * @param stopsAtFlush whether other bytes follow the first flush, such as a pack
 * @throws Error if the lines are damaged
 */
export function readPacketLines(body: Buffer, stopsAtFlush: boolean): ReadLines {
  const lines: string[] = [];
  let at = 0;
  while (at + 4 <= body.length) {
    const digits = body.toString('latin1', at, at + 4);
    const length = /^[\da-f]{4}$/i.test(digits) ? parseInt(digits, 16) : -1;
    if (length < 0 || (length > 0 && length < 4) || at + length > body.length)
      throw new Error(`protocol error: bad line length ${digits}`);
    if (length === 0) {
      at += 4;
      if (stopsAtFlush) break;
      lines.push(flushLine);
      continue;
    }
    lines.push(body.toString('utf8', at + 4, at + length).replace(/\n$/, ''));
    at += length;
  }
  return { lines, rest: body.subarray(at) };
}

/** The content of all lines, also of those after a flush. @throws Error if they are damaged */
export function readPackets(body: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at + 4 <= body.length;) {
    const length = parseInt(body.toString('latin1', at, at + 4), 16);
    if (Number.isNaN(length) || at + length > body.length) throw new Error('protocol error: bad line length');
    if (length > 4) packets.push(body.subarray(at + 4, at + length));
    at += Math.max(length, 4);
  }
  return packets;
}

/** How `readPacketLines` shows a flush between lines. */
export const flushLine = '\0flush';

const bandBytes = 65_515;

/** Bytes on one of the bands of `side-band-64k`: 1 is the data, 2 progress, 3 an error. */
export function onBand(band: 1 | 2 | 3, content: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < content.length; at += bandBytes)
    parts.push(packetLine(Buffer.concat([Buffer.from([band]), content.subarray(at, at + bandBytes)])));
  return Buffer.concat(parts);
}
