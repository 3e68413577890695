import type { HttpError } from '../../http/errors';
import { isList, isMap, parsedJson, type Json, type JsonMap } from '../../json';
import type { KubernetesObject } from './resource';

/** What the schema of a kind has against the object in a server-side apply, fault by fault; undefined for another error. */
export function schemaFaults({ serviceMessage }: Pick<HttpError, 'serviceMessage'>): readonly string[] | undefined {
  const [, misfit] =
    /^failed to convert new object .* to proper version: .*, Kind=\w+: (.*)$/s.exec(serviceMessage) ?? [];
  if (misfit !== undefined) return [misfit];
  const [, list] = /^failed to create typed patch object \([^)]*\): (?:errors:\n)?(.*)$/s.exec(serviceMessage) ?? [];
  return list?.split('\n').map((line) => readable(line.trim()));
}

/** The values as they were written, without the words of the Go language around them. */
function readable(fault: string): string {
  return fault
    .replace(/&value\.valueUnstructured\{Value:(.*)\}$/s, '$1')
    .replace(/^(.*: expected string, got )(-?[\d.]+|true|false)$/s, '$1$2. Put it in quotes.');
}

const undeclared = ': field not declared in schema';

/**
 * An object without the fields that faults say are not declared; undefined where there are none. The API server stops
 * reading a map at such a field, so that only without it the rest of the map is checked.
 */
export function withoutUndeclared<T extends KubernetesObject>(object: T, faults: readonly string[]): T | undefined {
  const paths = faults.filter((fault) => fault.endsWith(undeclared)).map((fault) => fault.slice(0, -undeclared.length));
  const all = object as unknown as JsonMap;
  const rest = paths.reduce<Json>((left, path) => removed(left, stepsOf(path)), all);
  return rest === all ? undefined : (rest as unknown as T);
}

/** `.spec`, `[name="a"]` or `[0]`. */
function stepsOf(path: string): readonly string[] {
  return path.match(/\.[^.[\]]+|\[(?:"(?:[^"\\]|\\.)*"|[^"\]])*\]/g) ?? [];
}

/** The value itself where the path leads to nothing. */
function removed(value: Json, [step = '', ...rest]: readonly string[]): Json {
  const name = step.slice(1);
  if (isList(value)) {
    const index = value.findIndex((item, at) => isAt(item, at, step));
    const item = value[index];
    if (item === undefined || rest.length === 0) return value;
    const next = removed(item, rest);
    return next === item ? value : value.with(index, next);
  }
  if (!isMap(value) || !step.startsWith('.') || value[name] === undefined) return value;
  if (rest.length === 0) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  const next = removed(value[name], rest);
  return next === value[name] ? value : { ...value, [name]: next };
}

/** Whether an item of a list is the one at a step, by its position or by its keys, of which it may omit some. */
function isAt(item: Json, index: number, step: string): boolean {
  if (step === `[${index}]`) return true;
  const keys = [...step.matchAll(/([A-Za-z]+)=("(?:[^"\\]|\\.)*"|\d+)/g)];
  if (!isMap(item) || keys.length === 0) return false;
  return keys.every(([, key = '', text = '']) => item[key] === undefined || item[key] === parsedJson(text));
}
