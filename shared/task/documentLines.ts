import { EVENT_ID, getScalarValue, parseEvents } from 'js-yaml';
import type { DocumentPath } from '../finding';

interface Place {
  readonly line: number;
  /** What a scalar says. */
  readonly text: string;
  /** What a list or a map holds. */
  readonly parts: Map<string, Place>;
}

/**
 * For a valid YAML or JSON text: tells the line, from 1, on which the value at a path begins; for an entry of a map that
 * is the line of its name. What is not there has the line of what would hold it.
 */
export function documentLines(text: string): (path: DocumentPath) => number {
  const root = readPlaces(text);
  return (path) => {
    let place = root;
    for (const step of path) {
      const parts = place?.parts;
      const part = parts?.get(String(step)) ?? parts?.get('<<')?.parts.get(String(step));
      if (!part) break;
      place = part;
    }
    return place?.line ?? 1;
  };
}

function readPlaces(text: string): Place | undefined {
  const events = parseEvents(text, {});
  const anchors = new Map<string, Place['parts']>();
  let next = 0;
  let line = 1;
  let counted = 0;

  /** Events come in the order of the text; one without a position (-1) is where the one before it was. */
  function lineAt(position: number): number {
    for (; counted < position; counted++)
      if (text[counted] === '\n' || (text[counted] === '\r' && text[counted + 1] !== '\n')) line++;
    return line;
  }

  /** Undefined at the end of a list, a map or the document. */
  function read(): Place | undefined {
    const event = events[next++];
    if (!event || event.type === EVENT_ID.POP) return undefined;
    if (event.type === EVENT_ID.DOCUMENT) return read();
    const anchor = text.slice(event.anchorStart, event.anchorEnd);
    if (event.type === EVENT_ID.ALIAS)
      return { line: lineAt(event.anchorStart), text: '', parts: anchors.get(anchor) ?? new Map<string, Place>() };

    const parts = new Map<string, Place>();
    if (event.anchorStart >= 0) anchors.set(anchor, parts);
    if (event.type === EVENT_ID.SCALAR)
      return { line: lineAt(event.valueStart), text: getScalarValue(text, event), parts };
    const start = lineAt(event.start);
    if (event.type === EVENT_ID.SEQUENCE)
      for (let item = read(); item; item = read()) parts.set(String(parts.size), item);
    else
      for (let name = read(); name; name = read()) {
        const value = read();
        if (value) parts.set(name.text, { ...value, line: name.line });
      }
    return { line: start, text: '', parts };
  }

  return read();
}
