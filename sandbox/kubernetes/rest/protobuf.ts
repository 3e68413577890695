import { isObject, type JsonObject, textOf } from '../json';
import { unsupportedMediaType } from '../status';

export const protobufType = 'application/vnd.kubernetes.protobuf';

/** The fields of a message by their numbers: text, or a message of its own. */
interface Message {
  readonly [field: number]: readonly [name: string, of: 'text' | 'labels' | Message];
}

const metadata: Message = {
  1: ['name', 'text'],
  2: ['generateName', 'text'],
  3: ['namespace', 'text'],
  11: ['labels', 'labels'],
};
const resourceAttributes: Message = {
  1: ['namespace', 'text'],
  2: ['verb', 'text'],
  3: ['group', 'text'],
  4: ['version', 'text'],
  5: ['resource', 'text'],
  6: ['subresource', 'text'],
  7: ['name', 'text'],
};
const nonResourceAttributes: Message = { 1: ['path', 'text'], 2: ['verb', 'text'] };

/** What kubectl sends in this form; everything else that it writes is JSON. */
const messages: Readonly<Record<string, Message>> = {
  Namespace: { 1: ['metadata', metadata] },
  SelfSubjectAccessReview: {
    2: ['spec', { 1: ['resourceAttributes', resourceAttributes], 2: ['nonResourceAttributes', nonResourceAttributes] }],
  },
  SelfSubjectRulesReview: { 2: ['spec', { 1: ['namespace', 'text'] }] },
};

const envelope: Message = { 1: ['type', { 1: ['apiVersion', 'text'], 2: ['kind', 'text'] }] };

/** Reads an object in the API's protobuf form: `k8s\0`, then an envelope with its type and its bytes. */
export function readProtobuf(body: Buffer): JsonObject {
  const wrapped = body.subarray(4);
  const { type } = readMessage(wrapped, envelope);
  const kind = isObject(type) ? textOf(type.kind) : '';
  const message = messages[kind];
  const raw = fieldsOf(wrapped).find(({ field }) => field === 2)?.bytes;
  if (!message || !raw) throw unsupportedMediaType(['application/json', 'application/yaml']);
  return { ...(isObject(type) ? type : {}), ...readMessage(raw, message) };
}

function readMessage(bytes: Buffer, message: Message): JsonObject {
  const object: JsonObject = {};
  for (const { field, bytes: content } of fieldsOf(bytes)) {
    const known = message[field];
    if (!known) continue;
    const [name, of] = known;
    if (of === 'text') {
      if (content.length > 0) object[name] = content.toString('utf8');
    } else if (of === 'labels') {
      const { key, value } = readMessage(content, { 1: ['key', 'text'], 2: ['value', 'text'] });
      const before = object[name];
      object[name] = { ...(isObject(before) ? before : {}), [textOf(key)]: value ?? '' };
    } else object[name] = readMessage(content, of);
  }
  return object;
}

/** The length-delimited fields of a message; numbers are passed over. */
function fieldsOf(bytes: Buffer): { readonly field: number; readonly bytes: Buffer }[] {
  const fields: { field: number; bytes: Buffer }[] = [];
  let at = 0;
  const readNumber = () => {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      number += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return number;
    }
  };
  while (at < bytes.length) {
    const tag = readNumber();
    const wireType = tag & 7;
    if (wireType === 2) {
      const length = readNumber();
      fields.push({ field: tag >>> 3, bytes: bytes.subarray(at, at + length) });
      at += length;
    } else if (wireType === 0) readNumber();
    else at += wireType === 1 ? 8 : 4;
  }
  return fields;
}
