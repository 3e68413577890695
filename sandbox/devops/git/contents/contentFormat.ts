import { enumValue } from '../rest/enumValue';
import type { DevopsRequest } from '../../rest/route';

const formats = { json: 1, zip: 2, text: 3, octetStream: 4 };

export type ContentFormat = keyof typeof formats;

/** As what a client wants a file: by `$format`, else by its Accept header. */
export function contentFormat({ query, received }: DevopsRequest): ContentFormat {
  const asked = enumValue(formats, query.get('$format'));
  if (asked) return asked;
  const accept = received.headers.accept?.toLowerCase() ?? '';
  if (accept.includes('application/json')) return 'json';
  if (accept.includes('application/zip')) return 'zip';
  if (accept.includes('text/plain')) return 'text';
  return 'octetStream';
}
