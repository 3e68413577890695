import { EVENT_ID, getScalarValue, parseEvents, YAMLException } from 'js-yaml';
import { InvalidLine } from './requirementLines';

/** A value of a YAML document, with the line where it begins; plain values as they are written. */
export type YamlNode =
  | { readonly kind: 'text'; readonly line: number; readonly text: string }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly YamlNode[] }
  | { readonly kind: 'map'; readonly line: number; readonly entries: readonly YamlEntry[] };

export interface YamlEntry {
  readonly key: string;
  readonly line: number;
  readonly value: YamlNode;
}

/** Reads a single YAML document without aliases. Throws an InvalidLine. */
export function readYamlLines(source: string): YamlNode {
  const events = eventsOf(source);
  const lineAt = lineCounter(source);
  let next = 0;
  if (events.filter(({ type }) => type === EVENT_ID.DOCUMENT).length !== 1)
    throw new InvalidLine('must have one YAML document');
  next += 1;
  return node();

  function node(): YamlNode {
    const event = events[next++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return { kind: 'text', line: lineAt(event.valueStart), text: getScalarValue(source, event) };
      case EVENT_ID.SEQUENCE:
        return { kind: 'list', line: lineAt(event.start), items: until(node) };
      case EVENT_ID.MAPPING:
        return { kind: 'map', line: lineAt(event.start), entries: until(entry) };
      default:
        throw new InvalidLine('must be a map without YAML aliases');
    }
  }

  function entry(): YamlEntry {
    const key = node();
    if (key.kind !== 'text') throw new InvalidLine(`has a key that is not a text at line ${key.line}`);
    return { key: key.text, line: key.line, value: node() };
  }

  function until<T>(read: () => T): readonly T[] {
    const all: T[] = [];
    while (events[next]?.type !== EVENT_ID.POP) all.push(read());
    next += 1;
    return all;
  }
}

function eventsOf(source: string) {
  try {
    return parseEvents(source, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new InvalidLine(`is not valid YAML: ${error.reason}${error.mark ? ` at line ${error.mark.line + 1}` : ''}`, {
      cause: error,
    });
  }
}

/** The line of an offset, for offsets that do not go back. */
function lineCounter(source: string): (offset: number) => number {
  let line = 1;
  let counted = 0;
  return (offset) => {
    for (; counted < offset; counted += 1) if (source[counted] === '\n') line += 1;
    return line;
  };
}
