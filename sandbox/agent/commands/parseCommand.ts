/** A logging command: `##vso[area.event key=value;key=value]data`. */
export interface Command {
  /** Lower case. */
  readonly area: string;
  /** Lower case. */
  readonly event: string;
  /** By lower-case name. */
  readonly properties: ReadonlyMap<string, string>;
  readonly data: string;
}

const prefix = '##vso[';

/** The command that a line of output holds, wherever in the line it starts; undefined when it holds none. */
export function parseCommand(line: string): Command | undefined {
  const start = line.indexOf(prefix);
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  const head = line.slice(start + prefix.length, end).trim();
  const match = /^([^\s.]+)\.([^\s.]+)(?:\s+(.*))?$/s.exec(head);
  if (!match) return undefined;
  const [, area = '', event = '', properties = ''] = match;
  return {
    area: area.toLowerCase(),
    event: event.toLowerCase(),
    properties: parseProperties(properties),
    data: unescape(line.slice(end + 1), dataEscapes),
  };
}

/** https://github.com/microsoft/azure-pipelines-agent/blob/master/docs/design/percentEncoding.md */
const dataEscapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%AZP25', '%'],
] as const;
const propertyEscapes = [['%3B', ';'], ['%5D', ']'], ...dataEscapes] as const;

function parseProperties(text: string): Map<string, string> {
  const pairs = text.split(';').flatMap((pair) => {
    const split = pair.indexOf('=');
    if (split <= 0) return [];
    return [[pair.slice(0, split).trim().toLowerCase(), unescape(pair.slice(split + 1), propertyEscapes)] as const];
  });
  return new Map(pairs);
}

function unescape(text: string, escapes: readonly (readonly [string, string])[]): string {
  return escapes.reduce(
    (current, [escaped, character]) => current.replaceAll(new RegExp(escaped, 'gi'), character),
    text,
  );
}
