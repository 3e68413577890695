import { YAMLException } from 'js-yaml';

/** As js-yaml words it. */
const refusal = 'deficient indentation';
const unclosed = /^unexpected end of the stream within/;
/** How many characters are read again at most, which takes some seconds. */
const mostRead = 200_000_000;
/** How far before an error its cause is looked for. */
const mostLines = 200;

/**
 * Reads a text with js-yaml. Inside brackets and quotation marks the indentation of a line says nothing, and PyYAML,
 * kubectl and Azure Pipelines ignore it; js-yaml follows the letter of YAML 1.2 and refuses a line there that is not
 * indented further than the name it belongs to, such as a closing bracket below its key, and a tab that separates. Such
 * a line is indented, and a tab replaced, only where js-yaml has refused it, so that nothing else can change: not a block
 * scalar, a comment or the number of lines. Throws what `read` throws.
 */
export function readLeniently<T>(text: string, read: (text: string) => T): T {
  const refused: Refused[] = [];
  let width: number | undefined;
  for (let current = text, characters = 0; ;) {
    try {
      return read(current);
    } catch (error) {
      const next = repaired(current, error, (width ??= beyondAll(text)));
      characters += next?.position ?? 0;
      if (!next || characters > mostRead) throw firstCause(current, error, refused, read);
      refused.push(next);
      current = next.text;
    }
  }
}

interface Refused {
  readonly error: YAMLException;
  readonly position: number;
  readonly line: number;
  /** With the line as js-yaml accepts it. */
  readonly text: string;
}

/** Undefined for any other error, and where nothing helps. */
function repaired(text: string, error: unknown, width: number): Refused | undefined {
  if (!(error instanceof YAMLException) || error.reason !== refusal || !error.mark) return undefined;
  const { position, line: number } = error.mark;
  const start = Math.max(text.lastIndexOf('\n', position - 1), text.lastIndexOf('\r', position - 1)) + 1;
  const [before, line, rest] = [text.slice(0, start), text.slice(start, position), text.slice(position)];
  const fixed = /^[ \t]*$/.test(line) ? indented(line, rest, width) : withoutTabs(line);
  return fixed === undefined ? undefined : { error, position, line: number, text: before + fixed + rest };
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
  const [separator] = /[ \t]*\t[ \t]*(?:[[{][ \t]*)*$/.exec(line) ?? [];
  return separator === undefined
    ? undefined
    : line.slice(0, line.length - separator.length) + separator.replaceAll('\t', ' ');
}

/**
 * Where brackets or quotation marks are not closed, what is refused in the end says little: the first line that does not
 * belong to them is the one that was refused first since they began.
 */
function firstCause(
  text: string,
  error: unknown,
  refused: readonly Refused[],
  read: (text: string) => unknown,
): unknown {
  if (!(error instanceof YAMLException) || !error.mark || refused.length === 0) return error;
  const starts = [0, ...[...text.matchAll(/\r\n?|\n/g)].map(({ index, 0: end }) => index + end.length)];
  const last = error.mark.line;
  let line = last;
  while (line > 0 && line > last - mostLines && isUnclosed(text.slice(0, starts[line]), read)) line--;
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
