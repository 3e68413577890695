import { noObject, type ObjectStore } from '../objects/objectStore';
import { readPack } from '../objects/pack';
import { flush, onBand, packetLine, readPacketLines } from './packetLines';

export interface RefCommand {
  readonly name: string;
  readonly oldObjectId: string;
  readonly newObjectId: string;
}

/** Carries out the commands. @returns why one was refused, in the order of the commands; undefined for success */
export type ApplyCommands = (commands: readonly RefCommand[]) => Promise<readonly (string | undefined)[]>;

/** Answers a push: stores its objects, and says of each reference whether it was updated. */
export async function receivePack(objects: ObjectStore, body: Buffer, apply: ApplyCommands): Promise<Buffer> {
  const { lines, rest } = readPacketLines(body, true);
  // Before it sends much, git asks with an empty list whether it may push at all: the answer to that is empty.
  const capabilities = (lines[0]?.split('\0')[1] ?? '').split(' ');
  const commands = lines.filter((line) => !line.startsWith('shallow ')).map(readCommand);
  const report = Buffer.concat([...(await carryOut(objects, commands, rest, apply)), flush]);
  if (!capabilities.includes('report-status')) return Buffer.alloc(0);
  return capabilities.includes('side-band-64k') ? Buffer.concat([onBand(1, report), flush]) : report;
}

async function carryOut(
  objects: ObjectStore,
  commands: readonly RefCommand[],
  pack: Buffer,
  apply: ApplyCommands,
): Promise<Buffer[]> {
  try {
    if (pack.length > 0) await readPack(objects, pack);
    for (const { newObjectId } of commands)
      if (newObjectId !== noObject && !objects.find(newObjectId)) throw new Error(`missing object ${newObjectId}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return [
      packetLine(`unpack ${reason ?? ''}\n`),
      ...commands.map(({ name }) => packetLine(`ng ${name} unpacker error\n`)),
    ];
  }
  const refusals = await apply(commands);
  return [
    packetLine('unpack ok\n'),
    ...commands.map(({ name }, at) => {
      const refusal = refusals[at];
      return packetLine(refusal === undefined ? `ok ${name}\n` : `ng ${name} ${refusal}\n`);
    }),
  ];
}

function readCommand(line: string): RefCommand {
  const [, oldObjectId, newObjectId, name] = /^([\da-f]{40}) ([\da-f]{40}) ([^\0]+)/.exec(line) ?? [];
  if (oldObjectId === undefined || newObjectId === undefined || name === undefined)
    throw new Error(`protocol error: expected old/new/ref, got '${line}'`);
  return { oldObjectId, newObjectId, name };
}
