import type { JsonObject } from '../json';
import type { Received } from '../server';
import { badRequest } from '../status';
import type { DeleteOptions, Write } from '../write';
import type { ApiCall } from './apiCall';
import { readObject } from './readBody';

/** How the query of a request wants its object written. */
export function writeOf({ query, received, path, warn }: ApiCall): Write {
  const agent = received.headers['user-agent']?.split('/')[0] ?? '';
  const fieldValidation = query.get('fieldValidation') ?? 'Warn';
  if (fieldValidation !== 'Strict' && fieldValidation !== 'Warn' && fieldValidation !== 'Ignore')
    throw badRequest(
      `fieldValidation: Unsupported value: "${fieldValidation}": supported values: "", "Ignore", "Strict", "Warn"`,
    );
  return {
    manager: query.get('fieldManager') ?? (agent || 'unknown'),
    ...(path.subresource === 'status' && { subresource: 'status' as const }),
    isDryRun: isDryRun(query.getAll('dryRun')),
    fieldValidation,
    warn,
  };
}

export function deleteOptionsOf({ body, headers }: Received, query: URLSearchParams): DeleteOptions {
  const options: JsonObject = body.length > 0 ? readObject(body, headers['content-type']) : {};
  const seconds = query.get('gracePeriodSeconds') ?? options.gracePeriodSeconds;
  const propagation = query.get('propagationPolicy') ?? options.propagationPolicy;
  const conditions = (options.preconditions ?? {}) as { uid?: string; resourceVersion?: string };
  const dryRun = Array.isArray(options.dryRun) ? options.dryRun.map(String) : [];
  return {
    ...(seconds !== undefined && seconds !== null && { gracePeriodSeconds: Number(seconds) }),
    ...((propagation === 'Foreground' || propagation === 'Orphan') && { propagation }),
    isDryRun: isDryRun([...query.getAll('dryRun'), ...dryRun]),
    ...conditions,
  };
}

function isDryRun(values: readonly string[]): boolean {
  const wrong = values.find((value) => value !== 'All' && value !== '');
  if (wrong !== undefined) throw badRequest(`dryRun: Unsupported value: "${wrong}": supported values: "All"`);
  return values.includes('All');
}
