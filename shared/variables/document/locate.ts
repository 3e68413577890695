import type { Origin } from '../origin';
import type { Located } from './readDocument';
import { readNumber } from './readScalar';

/** Gives a value that was read elsewhere one origin for all its parts. */
export function locate(value: unknown, origin: Origin, refuse: (message: string) => void): Located {
  if (Array.isArray(value)) return { origin, items: value.map((item: unknown) => locate(item, origin, refuse)) };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, item]) => [name, locate(item, origin, refuse)] as const);
    return { origin, entries: new Map(entries) };
  }
  const isScalar = value === null || typeof value === 'string' || typeof value === 'boolean';
  const isNumber = typeof value === 'number' && readNumber(String(value)) !== undefined;
  if (isScalar || isNumber) return { origin, scalar: value, text: String(value) };
  refuse('has a number that cannot be represented exactly: put it in quotes.');
  return { origin, scalar: '', text: '' };
}
