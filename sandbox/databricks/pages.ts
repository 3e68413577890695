import { invalidParameter } from './apiError';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
  readonly previousToken?: string;
}

/** One page of a list. Tokens are opaque to the caller. @throws ApiError for a token that isn't one. */
export function pageOf<Item>(list: readonly Item[], size: number, token: string | undefined, offset = 0): Page<Item> {
  const digits = token ? Buffer.from(token, 'base64url').toString() : String(offset);
  if (!/^\d+$/.test(digits)) throw invalidParameter(`Invalid page token or offset: ${token ?? offset}`);
  const start = Number(digits);
  const end = start + size;
  return {
    items: list.slice(start, end),
    ...(end < list.length && { nextToken: tokenOf(end) }),
    ...(start > 0 && { previousToken: tokenOf(Math.max(0, start - size)) }),
  };
}

const tokenOf = (offset: number) => Buffer.from(String(offset)).toString('base64url');

/** A page size within its documented bounds. @throws ApiError otherwise. */
export function checkLimit(limit: number | undefined, byDefault: number, maximum: number): number {
  const size = limit ?? byDefault;
  if (size < 1 || size > maximum) throw invalidParameter(`limit must be between 1 and ${maximum}, got ${size}`);
  return size;
}
