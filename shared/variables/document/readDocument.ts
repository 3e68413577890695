import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import type { Origin, Report } from '../origin';
import { pathText } from '../pathText';
import { readScalar, type Scalar } from './readScalar';

/** A value of a document, with its place. */
export type Located =
  | { readonly origin: Origin; readonly scalar: Scalar; readonly text: string }
  | { readonly origin: Origin; readonly items: readonly Located[] }
  | { readonly origin: Origin; readonly entries: ReadonlyMap<string, Located> };

type Event = ReturnType<typeof parseEvents>[number];

const longest = 256 * 1024;
const unprintable = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const noAnchors =
  'anchors (&) and aliases (*) are not read, as Azure Pipelines does not read them: refer to another value by {{name}}.';

/**
 * Reads a YAML or JSON text in the part of YAML that Azure Pipelines reads too: without anchors, tags and keys that are
 * no text. Reports all that is not so; returns undefined where nothing can be read.
 */
export function readDocument(text: string, source: string, report: Report): Located | undefined {
  const odd = unprintable.exec(text.slice(0, longest));
  if (text.length > longest) report({ source }, `is longer than ${longest} characters.`);
  else if (odd)
    report({ source, line: text.slice(0, odd.index).split(/\r\n?|\n/).length }, 'has a character that no text has.');
  else
    try {
      return new Reader(text.replace(/^\uFEFF/, ''), source, report).read();
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const origin = error.mark ? { source, line: error.mark.line + 1 } : { source };
      report(origin, `is no valid YAML or JSON: ${error.reason}.`);
    }
  return undefined;
}

class Reader {
  readonly #events: readonly Event[];
  #next = 0;
  #counted = 0;
  #line = 1;

  constructor(
    private readonly text: string,
    private readonly source: string,
    private readonly report: Report,
  ) {
    this.#events = parseEvents(text, {});
  }

  read(): Located | undefined {
    const [first, second] = this.#events.flatMap(({ type }, index) => (type === EVENT_ID.DOCUMENT ? [index] : []));
    if (first !== undefined && second === undefined) return this.#value();
    const content = second === undefined ? undefined : this.#events[second + 1];
    const position = content ? startOf(content) : -1;
    const origin = position < 0 ? { source: this.source } : this.#originAt(position);
    this.report(origin, first === undefined ? 'is empty.' : 'holds more than one document (---).');
    return undefined;
  }

  /** Undefined at the end of a list or a map. */
  #value(): Located | undefined {
    const event = this.#events[this.#next++];
    if (!event || event.type === EVENT_ID.POP) return undefined;
    if (event.type === EVENT_ID.DOCUMENT) return this.#value();
    const origin = this.#originAt(startOf(event));
    if (event.anchorStart >= 0) this.report(origin, noAnchors);
    if (event.type === EVENT_ID.ALIAS) return { origin, scalar: '', text: '' };
    if (event.tagStart >= 0) this.report(origin, 'tags (!) are not read.');
    if (event.type === EVENT_ID.SEQUENCE) return { origin, items: this.#items() };
    if (event.type === EVENT_ID.MAPPING) return { origin, entries: this.#entries() };
    const text = getScalarValue(this.text, event);
    const scalar =
      event.style === SCALAR_STYLE.PLAIN ? readScalar(text, (message) => this.report(origin, message)) : text;
    return { origin, scalar, text };
  }

  #items(): readonly Located[] {
    const items: Located[] = [];
    for (let item = this.#value(); item; item = this.#value()) items.push(item);
    return items;
  }

  #entries(): ReadonlyMap<string, Located> {
    const entries = new Map<string, Located>();
    for (let key = this.#value(); key; key = this.#value()) {
      const value = this.#value();
      if (!value) break;
      const { origin } = key;
      if (!('text' in key)) this.report(origin, 'a name must be a text.');
      else if (entries.has(key.text)) this.report(origin, `${pathText([key.text])} is here a second time.`);
      else entries.set(key.text, { ...value, origin });
    }
    return entries;
  }

  /** Events come in the order of the text; one without a position (-1) is where the one before it was. */
  #originAt(position: number): Origin {
    for (; this.#counted < position; this.#counted++)
      if (
        this.text[this.#counted] === '\n' ||
        (this.text[this.#counted] === '\r' && this.text[this.#counted + 1] !== '\n')
      )
        this.#line++;
    return { source: this.source, line: this.#line };
  }
}

/** Negative for what has no text of its own. */
function startOf(event: Event): number {
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return -1;
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  return event.type === EVENT_ID.ALIAS ? event.anchorStart : event.start;
}
