/** What ends a section of packet lines: https://git-scm.com/docs/protocol-common. */
export const flush = '0000';

/** A text as a packet line: its length in hex, with the four digits themselves, before it. */
export function packetLine(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}

/** Bytes that are not packet lines. */
export class PacketError extends Error {}

/** The contents of packet lines; undefined for the end of a section. Throws a PacketError for anything else. */
export function* readPacketLines(bytes: Uint8Array): Generator<Buffer | undefined> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < buffer.length;) {
    const digits = buffer.toString('latin1', at, at + 4);
    const length = /^[\da-f]{4}$/i.test(digits) ? parseInt(digits, 16) : -1;
    if (length === 0) {
      yield undefined;
      at += 4;
      continue;
    }
    if (length < 4 || at + length > buffer.length) throw new PacketError('the answer breaks off or is not of git');
    yield buffer.subarray(at + 4, at + length);
    at += length;
  }
}
