import { DateTime } from './dateTime';
import { ExpressionError, describeKind, toText, type Value } from './value';

/**
 * The `format` function: `{0}` takes a value, `{0:yyyyMMdd}` formats a date, doubled braces are literal. A value is asked
 * for only where the template takes it.
 */
export function formatText(template: string, values: readonly (() => Value)[]): string {
  return template.replaceAll(
    /\{\{|\}\}|\{(\d+)(?::((?:[^}]|\}\})*))?\}|[{}]/g,
    (match, index?: string, specifiers?: string) => {
      if (match === '{{' || match === '}}') return match.charAt(0);
      if (index === undefined)
        throw new ExpressionError(
          `the format '${template}' has a single '${match}': write it twice to print it literally`,
        );
      const value = values[Number(index)];
      if (!value) throw new ExpressionError(`the format '${template}' has no value for '${match}'`);
      return formatValue(value(), specifiers?.replaceAll('}}', '}') ?? '', template, match);
    },
  );
}

function formatValue(value: Value, specifiers: string, template: string, match: string): string {
  const text = toText(value);
  if (text === undefined)
    throw new ExpressionError(`the format '${template}' does not accept ${describeKind(value)} for '${match}'`);
  if (specifiers === '') return text;
  if (!(value instanceof DateTime))
    throw new ExpressionError(`the format '${template}' has '${match}', but that value is not a date`);
  return formatDate(value, specifiers);
}

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

/** What the service takes of the custom date formats of .NET; everything else but spaces has to be escaped by `\`. */
const dateSpecifiers: Readonly<Record<string, (date: DateTime) => string>> = {
  yyyy: ({ local }) => pad(local.getUTCFullYear(), 4),
  yy: ({ local }) => pad(local.getUTCFullYear() % 100, 2),
  MM: ({ local }) => pad(local.getUTCMonth() + 1, 2),
  M: ({ local }) => String(local.getUTCMonth() + 1),
  dd: ({ local }) => pad(local.getUTCDate(), 2),
  d: ({ local }) => String(local.getUTCDate()),
  HH: ({ local }) => pad(local.getUTCHours(), 2),
  H: ({ local }) => String(local.getUTCHours()),
  mm: ({ local }) => pad(local.getUTCMinutes(), 2),
  m: ({ local }) => String(local.getUTCMinutes()),
  ss: ({ local }) => pad(local.getUTCSeconds(), 2),
  s: ({ local }) => String(local.getUTCSeconds()),
  zzz: ({ offset }) => offset,
  K: ({ offset }) => offset,
};

function formatDate(date: DateTime, specifiers: string): string {
  return specifiers.replaceAll(/\\(.)?|(.)\2*/gs, (part, escaped?: string) => {
    if (escaped !== undefined) return escaped;
    if (/^ +$/.test(part)) return part;
    if (/^f{1,7}$/.test(part)) return date.fraction.slice(0, part.length);
    const specifier = dateSpecifiers[part];
    if (!specifier) throw new ExpressionError(badSpecifier(specifiers, part));
    return specifier(date);
  });
}

function badSpecifier(specifiers: string, part: string): string {
  const known = [...Object.keys(dateSpecifiers), 'f to fffffff'].join(', ');
  const hint = /^[A-Za-z\\]/.test(part) ? '' : `, or write '\\${part.charAt(0)}' for the character itself`;
  return `'${part}' in the date format '${specifiers}' is not supported: use ${known}${hint}`;
}
