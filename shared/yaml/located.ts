import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { InvalidYaml } from './invalidYaml';
import { readLeniently, reasonOf } from './lenient';

interface Node {
  /** Counted from 1: where the node begins. An empty node has the line of what is before it. */
  readonly line: number;
  readonly hasAnchor: boolean;
  readonly hasTag: boolean;
}

export interface YamlScalar extends Node {
  readonly kind: 'scalar';
  /** Without quotes and escapes; a plain scalar as it is spelled, such as `1.10`, `007` or `831877e8`. */
  readonly text: string;
  /** Whether it stands without quotes, so that it may be something other than a string. */
  readonly isPlain: boolean;
}

export interface YamlList extends Node {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface YamlMap extends Node {
  readonly kind: 'map';
  /** In the order of the text; a key may be any node, and may occur twice. */
  readonly entries: readonly YamlEntry[];
}

export interface YamlAlias extends Node {
  readonly kind: 'alias';
  /** The node that it stands for, which may be one that holds the alias; undefined where no node has the anchor. */
  readonly target: YamlNode | undefined;
}

/** A value of a YAML document, with its line and its spelling; its type is left to the reader. */
export type YamlNode = YamlScalar | YamlList | YamlMap | YamlAlias;

export interface YamlEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

/** Whether a text has more than 100 levels, js-yaml's default. */
export function isTooDeep({ reason }: YAMLException): boolean {
  return reason.startsWith('nesting exceeded maxDepth');
}

type Event = ReturnType<typeof parseEvents>[number];

/** Reads a YAML or JSON text: the root node of each document in it. Throws an InvalidYaml. */
export function readLocatedYaml(text: string): readonly YamlNode[] {
  return orInvalid(text, (yaml) => new Reader(yaml, parseEvents(yaml, {}))).documents();
}

/** Reads a text with js-yaml; throws an InvalidYaml where it refuses the text. */
export function orInvalid<T>(text: string, read: (text: string) => T): T {
  try {
    return readLeniently(text, read);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? error.mark.line + 1 : undefined;
    if (isTooDeep(error)) throw new InvalidYaml('is nested deeper than 100 levels', line);
    throw new InvalidYaml(`is not valid YAML or JSON: ${reasonOf(error)}`, line);
  }
}

class Reader {
  readonly #anchors = new Map<string, YamlNode>();
  #next = 0;
  #line = 1;
  #position = 0;

  constructor(
    private readonly text: string,
    private readonly events: readonly Event[],
  ) {}

  documents(): readonly YamlNode[] {
    const roots: YamlNode[] = [];
    while (this.#next < this.events.length) {
      this.#next += 1; // the document's beginning
      this.#anchors.clear();
      const root = this.#node();
      if (root) roots.push(root);
      this.#next += 1; // and its end
    }
    return roots;
  }

  /** Undefined at the end of a list or a map. */
  #node(): YamlNode | undefined {
    const event = this.events[this.#next++];
    if (!event || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return undefined;
    const line = this.#lineAt(startOf(event));
    const hasAnchor = event.anchorStart >= 0;
    const anchor = this.text.slice(event.anchorStart, event.anchorEnd);
    if (event.type === EVENT_ID.ALIAS)
      return { kind: 'alias', line, hasAnchor, hasTag: false, target: this.#anchors.get(anchor) };

    const facts = { line, hasAnchor, hasTag: event.tagStart >= 0 };
    // An alias within a node may stand for that node, so that the node is known before what it holds.
    const known = <N extends YamlNode>(node: N): N => {
      if (hasAnchor) this.#anchors.set(anchor, node);
      return node;
    };
    if (event.type === EVENT_ID.SCALAR) {
      const isPlain = event.style === SCALAR_STYLE.PLAIN;
      return known({ kind: 'scalar', ...facts, text: getScalarValue(this.text, event), isPlain });
    }
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: YamlNode[] = [];
      const list = known({ kind: 'list', ...facts, items });
      for (let item = this.#node(); item; item = this.#node()) items.push(item);
      return list;
    }
    const entries: YamlEntry[] = [];
    const map = known({ kind: 'map', ...facts, entries });
    for (let key = this.#node(); key; key = this.#node()) {
      const value = this.#node();
      if (value) entries.push({ key, value });
    }
    return map;
  }

  /** The line of a position; positions come in the order of the text, and -1 is where the one before it was. */
  #lineAt(position: number): number {
    for (; this.#position < position; this.#position++) {
      const character = this.text[this.#position];
      if (character === '\n' || (character === '\r' && this.text[this.#position + 1] !== '\n')) this.#line++;
    }
    return this.#line;
  }
}

function startOf(event: Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  return event.type === EVENT_ID.ALIAS ? event.anchorStart : event.start;
}
