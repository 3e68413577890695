/** A line of a requirements file with its continuation lines, without comments. */
export interface LogicalLine {
  /** Where it begins, counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** One option of pip on a line. */
export interface PipOption {
  /** The long name, with its hyphens. */
  readonly name: string;
  /** Empty for an option without a value. */
  readonly value: string;
}

/** Why bytes are not a text, or why pip would not accept a line, in the words that follow it. */
export class InvalidLine extends Error {}

const longestLine = 20_000; // more than a hundred hashes
const longestRequirement = 2_000;

const comment = /(?:^|\s)#.*$/;
const commentLine = /^\s*#/;

// Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/, and `pip install --help` for the options with a value.
const shortNames: Readonly<Record<string, string>> = {
  '-i': '--index-url',
  '-f': '--find-links',
  '-c': '--constraint',
  '-r': '--requirement',
  '-e': '--editable',
  '-C': '--config-settings',
};
const withValue = [
  ...Object.values(shortNames),
  ...['--extra-index-url', '--no-binary', '--only-binary', '--trusted-host', '--use-feature', '--hash'],
  ...['--global-option', '--install-option', '--config-setting', '--all-releases', '--only-final'],
];
const withoutValue = ['--no-index', '--prefer-binary', '--require-hashes', '--no-require-hashes', '--pre'];

/** The lines that are not empty, joined where they end in a backslash, as pip joins them. */
export function logicalLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let begun: { line: number; text: string } | undefined;
  for (const [index, physical] of text.split(/\r\n|[\n\r\v\f\x85\u2028\u2029]/).entries()) {
    begun ??= { line: index + 1, text: '' };
    if (physical.endsWith('\\') && !commentLine.test(physical)) {
      begun.text += physical.replace(/^\\+|(?<!\\)\\+$/g, '');
      continue;
    }
    begun.text += commentLine.test(physical) ? ` ${physical}` : physical;
    lines.push(begun);
    begun = undefined;
  }
  if (begun) lines.push(begun);
  return lines
    .map(({ line, text: whole }) => ({
      line,
      text: whole.length > longestLine ? whole : whole.replace(comment, '').trim(),
    }))
    .filter(({ text: whole }) => whole !== '');
}

/** The requirement of a line, before its options, and the options. Throws an InvalidLine. */
export function splitLine(text: string): { readonly wanted: string; readonly options: readonly PipOption[] } {
  if (text.length > longestLine) throw new InvalidLine(`is longer than ${longestLine} characters`);
  const start = text.search(/(?<![^ ])-/);
  const wanted = (start < 0 ? text : text.slice(0, start)).trim();
  if (wanted.length > longestRequirement) throw new InvalidLine(`is longer than ${longestRequirement} characters`);
  return { wanted, options: start < 0 ? [] : readOptions(words(text.slice(start))) };
}

function readOptions(given: readonly string[]): readonly PipOption[] {
  const options: PipOption[] = [];
  for (let index = 0; index < given.length; index += 1) {
    const word = given[index] ?? '';
    const [, written = word, attached] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? /^(-[^-])(.+)?$/s.exec(word) ?? [];
    const name = shortNames[written] ?? (written === '--pypi-url' ? '--index-url' : written);
    if (withoutValue.includes(name) && attached === undefined) {
      options.push({ name, value: '' });
    } else if (withValue.includes(name)) {
      const value = attached ?? given[(index += 1)];
      if (value === undefined) throw new InvalidLine(`has no value for ${written}`);
      options.push({ name, value });
    } else {
      throw new InvalidLine(
        word.startsWith('-')
          ? `has an option that pip does not accept here: ${written}`
          : 'has words after its options',
      );
    }
  }
  return options;
}

/** Splits as a shell does, with quotes and backslashes. */
function words(text: string): readonly string[] {
  const word = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gsy;
  const found: string[] = [];
  for (let rest = text.trim(); rest !== ''; rest = rest.slice(word.lastIndex).trim()) {
    word.lastIndex = 0;
    const match = word.exec(rest);
    if (!match) throw new InvalidLine('has an unclosed quotation mark');
    found.push(match[0].replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs, unquoted));
  }
  return found;
}

function unquoted(_whole: string, escaped?: string, doubled?: string, single?: string): string {
  return escaped ?? doubled?.replace(/\\(["\\])/g, '$1') ?? single ?? '';
}
