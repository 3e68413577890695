import { documentPathText, type DocumentPath, type Finding } from '../../finding';
import { isList, isMap, type Json } from '../../json';
import { nearestName } from './nearestName';
import { specTypes, specWords, type Fields } from './specTypes';

const mostGuesses = 100;

type Kind = 'text' | 'a number' | 'true or false' | 'a list' | 'a map' | 'empty';

/**
 * Finds where a value differs from a type of the SDK. Another kind of value or a missing field is an error. An unknown
 * field or enum value is only a warning, because the SDK lags behind the service.
 */
export function* checkSpec(
  value: Json,
  type: string,
  path: DocumentPath = [],
  guess: typeof nearestName = guesses(),
): Generator<Finding> {
  const itemType = type.slice(0, -2);
  const fields = specTypes[type];
  if (type.endsWith('[]')) {
    if (!isList(value)) yield wrongKind(value, 'a list', path);
    else for (const [index, item] of value.entries()) yield* checkSpec(item, itemType, [...path, index], guess);
  } else if (type.endsWith('{}')) {
    if (!isMap(value)) yield wrongKind(value, 'a map', path);
    else
      for (const [name, item] of Object.entries(value))
        yield* checkSpec(item ?? null, itemType, [...path, name], guess);
  } else if (fields) {
    if (!isMap(value)) yield wrongKind(value, 'a map', path);
    else yield* checkFields(value, fields, path, guess);
  } else yield* checkScalar(value, type, path);
}

/** Whether a type of the SDK has text at a path; undefined where it has no such field. */
export function isTextIn(type: string, path: DocumentPath): boolean | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return type === 'string';
  if (type.endsWith('[]') || type.endsWith('{}')) return isTextIn(type.slice(0, -2), rest);
  const fields = specTypes[type] ?? {};
  const field = Object.hasOwn(fields, step) ? fields[step] : undefined;
  return field === undefined ? undefined : isTextIn(field.replace('!', ''), rest);
}

/** The names that were meant, of the first fields that are unknown: the comparison of thousands would take seconds. */
function guesses(): typeof nearestName {
  let left = mostGuesses;
  return (given, names) => (left-- > 0 ? nearestName(given, names) : undefined);
}

function* checkFields(
  map: { readonly [name: string]: Json | undefined },
  fields: Fields,
  path: DocumentPath,
  guess: typeof nearestName,
) {
  for (const [name, value] of Object.entries(map)) {
    const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (type === undefined) yield unknownField([...path, name], guess(name, Object.keys(fields)));
    else if (value !== undefined && value !== null)
      yield* checkSpec(value, type.replace('!', ''), [...path, name], guess);
  }
  for (const [name, type] of Object.entries(fields))
    if (type.endsWith('!') && (map[name] ?? null) === null) yield finding([...path, name], 'is missing.');
}

function* checkScalar(value: Json, type: string, path: DocumentPath): Generator<Finding> {
  const kind = type === 'number' ? 'a number' : type === 'boolean' ? 'true or false' : 'text';
  const words = specWords[type];
  // The service accepts a number in quotes, as it is sent where a 64-bit number would lose digits.
  if (type === 'number' && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return;
  if (kindOf(value) !== kind) yield wrongKind(value, kind, path);
  // Databricks itself writes some of its words in several ways, such as `azureDevOpsServices` and `azuredevopsservices`.
  else if (typeof value === 'string' && words?.every((word) => word.toLowerCase() !== value.toLowerCase()))
    yield finding(path, `is not one of the known values: ${words.join(', ')}.`, 'warning');
}

function wrongKind(value: Json, wanted: Kind, path: DocumentPath): Finding {
  const kind = kindOf(value);
  const advice = wanted === 'text' && isUnquoted(kind) ? ': put it in quotes' : '';
  return finding(path, `must be ${wanted}, not ${kind}${advice}.`);
}

function unknownField(path: DocumentPath, nearest: string | undefined): Finding {
  const guess = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  return finding(path, `is not known, and is sent as it is.${guess}`, 'warning');
}

function finding(path: DocumentPath, problem: string, severity: Finding['severity'] = 'error'): Finding {
  return { path, message: `${documentPathText(path)} ${problem}`, severity };
}

function kindOf(value: Json): Kind {
  if (value === null) return 'empty';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'object') return isList(value) ? 'a list' : 'a map';
  return 'a number';
}

function isUnquoted(kind: Kind): boolean {
  return kind === 'a number' || kind === 'true or false';
}
