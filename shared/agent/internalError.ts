import type { Words } from './agent';
import { messageOf } from '../errors';

/** What to say of an error that no code of ours foresaw. */
export function internalError(error: unknown, { turnOnDebug }: Words): string {
  return `Internal error: ${messageOf(error).replace(/\.$/, '')}. To see where, ${turnOnDebug}.`;
}
