import type { Position } from '../pipelineError';
import { scalar, type Node } from './node';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A value that comes from outside of the YAML files, as if it were written in one. Its texts hold no expressions. */
export function nodeOfJson(value: Json, at: Position): Node {
  if (typeof value === 'string') return scalar(value, at);
  if (typeof value !== 'object' || value === null)
    return { kind: 'scalar', text: value === null ? '' : String(value), style: 'plain', at };
  if (Array.isArray(value))
    return { kind: 'sequence', items: (value as readonly Json[]).map((item) => nodeOfJson(item, at)), at };
  const entries = Object.entries(value).map(([key, item]) => ({ key: scalar(key, at), value: nodeOfJson(item, at) }));
  return { kind: 'mapping', entries, at };
}
