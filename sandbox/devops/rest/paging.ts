import { argumentInvalid } from '../organizationError';

export interface Page<T> {
  readonly page: readonly T[];
  /** `x-ms-continuationtoken` where there is a next page. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface PagingOptions {
  /** How many are on a page that was not asked to have a size; all by default. */
  readonly size?: number;
  readonly names?: { readonly top: string; readonly skip: string; readonly token: string };
}

const usualNames = { top: '$top', skip: '$skip', token: 'continuationToken' };

/** The part of a list that `$top`, `$skip` and `continuationToken` ask for. @throws OrganizationError */
export function pageOf<T>(
  list: readonly T[],
  query: URLSearchParams,
  { size = list.length, names = usualNames }: PagingOptions = {},
): Page<T> {
  const start = number(query, names.token) ?? number(query, names.skip) ?? 0;
  const end = start + (number(query, names.top) ?? size);
  return {
    page: list.slice(start, end),
    headers: end < list.length ? { 'x-ms-continuationtoken': String(end) } : {},
  };
}

function number(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw argumentInvalid(name, `The value '${text}' is not a number.`);
  return Number(text);
}
