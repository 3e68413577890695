import { skipTokenInvalid } from './armError';
import type { ArmRequest } from './router';

/** Gives a list in pages of a size; `url` is that of the Resource Manager. */
export function pageOf<T>(
  list: readonly T[],
  { path, query }: ArmRequest,
  { url, pageSize }: { readonly url: string; readonly pageSize: number },
): { readonly value: readonly T[]; readonly nextLink?: string } {
  const token = query.get('$skiptoken') ?? '0';
  if (!/^\d+$/.test(token)) throw skipTokenInvalid(token);
  const end = Number(token) + pageSize;
  const next = new URLSearchParams({ 'api-version': query.get('api-version') ?? '', $skiptoken: String(end) });
  return {
    value: list.slice(Number(token), end),
    ...(end < list.length && { nextLink: `${url}${path}?${next.toString()}` }),
  };
}
