import { ExpressionError, toText, type Value } from './value';

/** The `format` function: `{0}` takes a parameter, `{0:yyyyMMdd}` formats a date, doubled braces are literal. */
export function formatText(template: string, parameters: readonly Value[]): string {
  return template.replaceAll(/\{\{|\}\}|\{(\d+)(?::([^{}]*))?\}|[{}]/g, (match, index?: string, specifier?: string) => {
    if (match === '{{' || match === '}}') return match.charAt(0);
    if (index === undefined)
      throw new ExpressionError(
        `the format '${template}' has a single '${match}': write it twice to print it literally`,
      );
    const value = parameters[Number(index)];
    if (value === undefined) throw new ExpressionError(`the format '${template}' has no value for '${match}'`);
    if (specifier !== undefined && value instanceof Date) return formatDate(value, specifier);
    if (specifier !== undefined)
      throw new ExpressionError(`the format '${template}' has '${match}', but that value is not a date`);
    const text = toText(value);
    if (text === undefined)
      throw new ExpressionError(`the format '${template}' does not accept an array or an object for '${match}'`);
    return text;
  });
}

/** A date in UTC, by the .NET custom specifiers that Azure Pipelines documents. */
export function formatDate(date: Date, specifier: string): string {
  return specifier.replaceAll(/y+|M+|d+|H+|m+|s+|f+|K/g, (token) => {
    switch (token.charAt(0)) {
      case 'y':
        return token.length <= 2
          ? pad(date.getUTCFullYear() % 100, token.length)
          : pad(date.getUTCFullYear(), token.length);
      case 'M':
        return pad(date.getUTCMonth() + 1, token.length);
      case 'd':
        return pad(date.getUTCDate(), token.length);
      case 'H':
        return pad(date.getUTCHours(), token.length);
      case 'm':
        return pad(date.getUTCMinutes(), token.length);
      case 's':
        return pad(date.getUTCSeconds(), token.length);
      case 'f':
        return pad(date.getUTCMilliseconds(), 3).padEnd(token.length, '0').slice(0, token.length);
      default:
        return 'Z';
    }
  });
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
