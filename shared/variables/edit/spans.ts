import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { pathText } from '../pathText';

/** Where a node stands in a text: from its first character to after its last, with quotes and brackets. */
interface Span {
  readonly from: number;
  readonly to: number;
}

export interface ScalarSpan extends Span {
  readonly kind: 'scalar';
  readonly text: string;
  readonly isPlain: boolean;
  /** Written after `|` or `>`. */
  readonly isBlock: boolean;
}

export interface ListSpan extends Span {
  readonly kind: 'list';
  /** Written in brackets. */
  readonly isFlow: boolean;
  readonly items: readonly NodeSpan[];
}

export interface MapSpan extends Span {
  readonly kind: 'map';
  readonly isFlow: boolean;
  readonly entries: readonly EntrySpan[];
}

export type NodeSpan = ScalarSpan | ListSpan | MapSpan;

export interface EntrySpan {
  readonly name: string;
  readonly key: ScalarSpan;
  readonly value: NodeSpan;
}

/** A text that cannot be edited; the message is a sentence. */
export class UneditableText extends Error {}

type Event = ReturnType<typeof parseEvents>[number];
type NodeEvent = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>;
const flowStyle = 2;

/** The node of a text of one document; undefined where it has none. @throws UneditableText */
export function readSpans(text: string): NodeSpan | undefined {
  let events: readonly Event[];
  try {
    events = parseEvents(text, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new UneditableText(`Line ${(error.mark?.line ?? 0) + 1} is not valid YAML 1.2.`);
  }
  if (events.filter(({ type }) => type === EVENT_ID.DOCUMENT).length > 1)
    throw new UneditableText('The text contains more than one document.');
  return events.length > 2 ? new SpanReader(text, events).node() : undefined;
}

/** The number of the line of a position, counted from 1. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split(/\r\n?|\n/).length;
}

class SpanReader {
  #next = 1;
  /** After the last character that has been read. */
  #end = 0;

  constructor(
    private readonly text: string,
    private readonly events: readonly Event[],
  ) {}

  node(): NodeSpan {
    const event = this.events[this.#next++];
    if (!event || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP)
      throw new UneditableText('The text is not complete.');
    this.#refuseMarks(event);
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event);
    if (event.type === EVENT_ID.ALIAS) throw new UneditableText('The text has aliases (*), which are not supported.');
    this.#end = event.start;
    const isFlow = event.style === flowStyle;
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: NodeSpan[] = [];
      while (!this.#isOver()) items.push(this.node());
      return { kind: 'list', from: event.start, to: this.#closed(isFlow, event.start, items.length), isFlow, items };
    }
    const entries: EntrySpan[] = [];
    while (!this.#isOver()) entries.push(this.#entry(entries));
    return { kind: 'map', from: event.start, to: this.#closed(isFlow, event.start, entries.length), isFlow, entries };
  }

  #entry(before: readonly EntrySpan[]): EntrySpan {
    const key = this.node();
    if (key.kind !== 'scalar') throw new UneditableText(`Line ${lineAt(this.text, key.from)}: a name must be text.`);
    if (before.some(({ name }) => name === key.text))
      throw new UneditableText(`Line ${lineAt(this.text, key.from)}: ${pathText([key.text])} is defined twice.`);
    return { name: key.text, key, value: this.node() };
  }

  #scalar(event: Extract<Event, { type: typeof EVENT_ID.SCALAR }>): ScalarSpan {
    const { style, valueStart, valueEnd } = event;
    const quote = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
    const isPlain = style === SCALAR_STYLE.PLAIN;
    // An empty node is where the one before it ends.
    const isEmpty = isPlain && valueEnd <= valueStart;
    const from = isEmpty ? this.#end : valueStart - quote;
    const to = isEmpty ? this.#end : valueEnd + quote;
    this.#end = to;
    return {
      kind: 'scalar',
      from,
      to,
      text: getScalarValue(this.text, event),
      isPlain,
      isBlock: !isPlain && quote === 0,
    };
  }

  #refuseMarks(event: NodeEvent): void {
    const line = () => lineAt(this.text, event.anchorStart);
    if (event.type !== EVENT_ID.ALIAS && event.tagStart >= 0)
      throw new UneditableText(`Line ${lineAt(this.text, event.tagStart)}: tags (!) are not supported.`);
    if (event.anchorStart >= 0)
      throw new UneditableText(`Line ${line()}: anchors (&) and aliases (*) are not supported.`);
  }

  #isOver(): boolean {
    if (this.events[this.#next]?.type !== EVENT_ID.POP) return false;
    this.#next++;
    return true;
  }

  /** The end of a list or a map: of its bracket, or of what it has last. */
  #closed(isFlow: boolean, start: number, size: number): number {
    if (!isFlow) return this.#end;
    const rest = /(?:[\s,:]|(?<=\s)#[^\r\n]*)*[\]}]/y;
    rest.lastIndex = size === 0 ? start + 1 : this.#end;
    const match = rest.exec(this.text);
    if (!match) throw new UneditableText(`Line ${lineAt(this.text, start)}: the end of the brackets was not found.`);
    this.#end = rest.lastIndex;
    return this.#end;
  }
}
