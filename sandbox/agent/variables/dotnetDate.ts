const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/**
 * The formats of one letter, of the invariant culture:
 * https://learn.microsoft.com/dotnet/standard/base-types/standard-date-and-time-format-strings
 */
const standardFormats: Readonly<Record<string, string>> = {
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  f: 'dddd, dd MMMM yyyy HH:mm',
  F: 'dddd, dd MMMM yyyy HH:mm:ss',
  g: 'MM/dd/yyyy HH:mm',
  G: 'MM/dd/yyyy HH:mm:ss',
  m: 'MMMM dd',
  M: 'MMMM dd',
  o: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  O: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  r: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  R: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  s: "yyyy-MM-dd'T'HH:mm:ss",
  t: 'HH:mm',
  T: 'HH:mm:ss',
  u: "yyyy-MM-dd HH:mm:ss'Z'",
  U: 'dddd, dd MMMM yyyy HH:mm:ss',
  y: 'yyyy MMMM',
  Y: 'yyyy MMMM',
};

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

/** A run of one letter at a time; a longer run than a letter knows means the same as its longest. */
const specifiers: Readonly<Record<string, (date: Date, length: number) => string>> = {
  d: (date, length) => {
    const day = days[date.getUTCDay()] ?? '';
    return length <= 2 ? pad(date.getUTCDate(), length) : length === 3 ? day.slice(0, 3) : day;
  },
  M: (date, length) => {
    const month = months[date.getUTCMonth()] ?? '';
    return length <= 2 ? pad(date.getUTCMonth() + 1, length) : length === 3 ? month.slice(0, 3) : month;
  },
  y: (date, length) => pad(length <= 2 ? date.getUTCFullYear() % 100 : date.getUTCFullYear(), length),
  H: (date, length) => pad(date.getUTCHours(), Math.min(length, 2)),
  h: (date, length) => pad(date.getUTCHours() % 12 || 12, Math.min(length, 2)),
  m: (date, length) => pad(date.getUTCMinutes(), Math.min(length, 2)),
  s: (date, length) => pad(date.getUTCSeconds(), Math.min(length, 2)),
  f: (date, length) => fractionOf(date).slice(0, length),
  F: (date, length) => fractionOf(date).slice(0, length).replace(/0+$/, ''),
  t: (date, length) => (date.getUTCHours() < 12 ? 'AM' : 'PM').slice(0, Math.min(length, 2)),
  g: () => 'A.D.',
  K: (_date, length) => 'Z'.repeat(length),
  z: (_date, length) => (length === 1 ? '+0' : length === 2 ? '+00' : '+00:00'),
};

/**
 * A date in UTC by a standard or custom format of .NET, which is what `$(Date:…)` takes; undefined when it is not a valid format.
 * https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
 */
export function formatDotnetDate(date: Date, format: string): string | undefined {
  const custom = format.length > 1 ? format : standardFormats[format === '' ? 'G' : format];
  if (custom === undefined) return undefined;
  let text = '';
  for (const { 0: part, groups = {} } of custom.matchAll(parts)) {
    const letter = groups['single'] ?? part.charAt(0);
    const specifier = specifiers[letter];
    if (groups['wrong'] !== undefined || (/f/i.test(letter) && part.length > 7)) return undefined;
    text += groups['escaped'] ?? groups['quoted'] ?? specifier?.(date, groups['single'] ? 1 : part.length) ?? part;
  }
  return text;
}

/** An escaped character, a quoted text, `%` before a single letter, a run of one letter; `wrong` is what can't be closed. */
const parts =
  /\\(?<escaped>.)|(?<quote>['"])(?<quoted>.*?)\k<quote>|%(?<single>[^%])|(?<wrong>[\\'"%])|(?<letter>.)\k<letter>*/gs;

function fractionOf(date: Date): string {
  return pad(date.getUTCMilliseconds(), 3).padEnd(7, '0');
}
