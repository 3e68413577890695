import { YAMLException } from 'js-yaml';

/** As js-yaml words it. */
const refusal = 'deficient indentation';
const unclosed = /^unexpected end of the stream within/;
/** How many characters are read again at most, which takes less than a second. */
const mostRead = 3_000_000;
/** Longer lines are not examined. */
const longestLine = 1000;
/** A line after which brackets and quotation marks are as open as before it: it contains no brackets, and whole quotes. */
const neutralLine = /^(?!(?:---|\.\.\.)\s)(?:[^\][{}"'#\n]|"[^\][{}"'#\\\n]*"|'[^\][{}"'#\n]*')*$/;

/**
 * Reads a text with js-yaml. Inside brackets and quotation marks the indentation of a line says nothing, and PyYAML,
 * kubectl and Azure Pipelines ignore it; js-yaml follows the letter of YAML 1.2 and refuses a line there that is not
 * indented further than the name it belongs to, such as a closing bracket below its key, and a tab that separates. Such
 * a line is indented, and a tab replaced, only where js-yaml has refused it, so that nothing else can change: not a block
 * scalar, a comment or the number of lines. The lines that surely are in the same brackets are indented with it, so that a
 * long list is not read again for each of its lines. Throws what `read` throws.
 */
export function readLeniently<T>(text: string, read: (text: string) => T): T {
  const refused: Refused[] = [];
  let width: number | undefined;
  for (let current = text, left = mostRead; ; left -= current.length) {
    try {
      return read(current);
    } catch (error) {
      const next = repaired(current, error, (width ??= beyondAll(text)));
      if (left < current.length) throw refused[0]?.error ?? error;
      if (next === undefined) throw firstCause(current, error, refused, left, read);
      refused.push({ error: error as YAMLException, line: next.line });
      current = next.text;
    }
  }
}

/**
 * What is wrong with a text, without what js-yaml quotes of it: that may be a password that begins like an alias or a tag.
 * The message of the error quotes even more, so it must not be shown, not even for debugging.
 */
export function reasonOf({ reason }: YAMLException): string {
  return reason.replaceAll(/"[^]*"|!<[^]*>|(?<=: )[^]*$/g, '…');
}

interface Refused {
  readonly error: YAMLException;
  readonly line: number;
}

/** A text with a line as js-yaml accepts it. */
interface Repaired {
  readonly text: string;
  readonly line: number;
}

/** Undefined for any other error, and where nothing helps. */
function repaired(text: string, error: unknown, width: number): Repaired | undefined {
  if (!(error instanceof YAMLException) || error.reason !== refusal || !error.mark) return undefined;
  const { position, line: number } = error.mark;
  const start = Math.max(text.lastIndexOf('\n', position - 1), text.lastIndexOf('\r', position - 1)) + 1;
  const [before, line, rest] = [text.slice(0, start), text.slice(start, position), text.slice(position)];
  if (!/^[ \t]*$/.test(line)) {
    const fixed = withoutTabs(line);
    return fixed === undefined ? undefined : { line: number, text: before + fixed + rest };
  }
  const fixed = indented(line, rest, width);
  return fixed === undefined ? undefined : { line: number, text: before + fixed + withNeutralLines(rest, width) };
}

/** Indents the lines after the first one as well, up to the first that may open or close brackets or quotation marks. */
function withNeutralLines(rest: string, width: number): string {
  const lines = rest.split('\n');
  const found = lines.findIndex((line) => line.length > longestLine || !neutralLine.test(line));
  const end = found < 0 ? lines.length : found;
  const indent = ' '.repeat(width);
  return lines.map((line, index) => (index > 0 && index < end && line.trim() !== '' ? indent + line : line)).join('\n');
}

/** The name that a line belongs to may stand behind the signs of lists. */
function beyondAll(text: string): number {
  let most = 0;
  for (const [start] of text.matchAll(/^[ \t]*(?:[-?:][ \t]+)*/gm)) most = Math.max(most, start.length);
  return most + 1;
}

/** Spaces for a line that consists of white space up to where it was refused. */
function indented(line: string, rest: string, width: number): string | undefined {
  // The end of a document is the end of its brackets, too.
  if (line === '' && /^(---|\.\.\.)(\s|$)/.test(rest)) return undefined;
  return line.length < width || line.includes('\t') ? ' '.repeat(width) : undefined;
}

/** A tab directly before a value, or before the brackets that it is in. */
function withoutTabs(line: string): string | undefined {
  const start = line.search(/(?<![ \t[{])[ \t[{]*$/);
  const separator = line.slice(start);
  return separator.includes('\t') ? line.slice(0, start) + separator.replaceAll('\t', ' ') : undefined;
}

/**
 * Where brackets or quotation marks are not closed, what is refused in the end says little: the first line that does not
 * belong to them is the one that was refused first since they began.
 */
function firstCause(
  text: string,
  error: unknown,
  refused: readonly Refused[],
  mostCharacters: number,
  read: (text: string) => unknown,
): unknown {
  if (!(error instanceof YAMLException) || !error.mark || refused.length === 0) return error;
  const starts = [0, ...[...text.matchAll(/\r\n?|\n/g)].map(({ index, 0: end }) => index + end.length)];
  let line = error.mark.line;
  let left = mostCharacters;
  while (line > 0 && left > 0 && isUnclosed(text.slice(0, starts[line]), read)) left -= starts[line--] ?? 0;
  return refused.find((each) => each.line > line)?.error ?? error;
}

function isUnclosed(text: string, read: (text: string) => unknown): boolean {
  try {
    read(text.trimEnd());
    return false;
  } catch (error) {
    return error instanceof YAMLException && unclosed.test(error.reason);
  }
}
