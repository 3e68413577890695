import { fail, type Position, type Problems } from '../pipelineError';
import { readBoolean } from '../templates/bindParameters';
import { isEmpty, type MappingNode, type Node } from '../yaml/node';

/** Reads the fields of one mapping, and reports those that nobody asked for. */
export class Fields {
  readonly #asked = new Set<string>();

  constructor(
    readonly node: MappingNode,
    /** What the mapping is, as in "a job". */
    readonly what: string,
    readonly problems: Problems,
  ) {}

  get at(): Position {
    return this.node.at;
  }

  /** The value of a field, whatever it is; undefined when it is absent. */
  value(key: string): Node | undefined {
    this.#asked.add(key);
    return this.node.entries.find((entry) => entry.key.text === key)?.value;
  }

  has(key: string): boolean {
    return this.node.entries.some((entry) => entry.key.text === key);
  }

  /** Undefined when absent or empty. */
  text(key: string): string | undefined {
    const node = this.value(key);
    if (!node || isEmpty(node)) return undefined;
    return this.problems.attempt(() => (node.kind === 'scalar' ? node.text : fail(`'${key}' must be text`, node.at)));
  }

  flag(key: string, byDefault: boolean): boolean {
    const text = this.text(key);
    const value = text === undefined ? byDefault : readBoolean(text);
    if (value === undefined) this.problems.add(`'${key}' must be true or false, not '${text}'`, this.placeOf(key));
    return value ?? byDefault;
  }

  wholeNumber(key: string, byDefault: number, max = Number.MAX_SAFE_INTEGER): number {
    const text = this.text(key);
    if (text === undefined) return byDefault;
    if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
    const limit = max === Number.MAX_SAFE_INTEGER ? '' : ` up to ${max}`;
    this.problems.add(`'${key}' must be an integer${limit}, not '${text}'`, this.placeOf(key));
    return byDefault;
  }

  /** One text or a list of them. */
  texts(key: string): string[] | undefined {
    const node = this.value(key);
    if (!node) return undefined;
    const items = node.kind === 'sequence' ? node.items : isEmpty(node) ? [] : [node];
    return items.flatMap((item) => {
      if (item.kind === 'scalar') return [item.text];
      this.problems.add(`'${key}' must be text or a list of texts`, item.at);
      return [];
    });
  }

  mapping(key: string): MappingNode | undefined {
    const node = this.value(key);
    if (!node || isEmpty(node)) return undefined;
    if (node.kind === 'mapping') return node;
    this.problems.add(`'${key}' must be a mapping`, node.at);
    return undefined;
  }

  /** A list of mappings: the expansion of templates has made sure that it is one. */
  list(key: string): readonly MappingNode[] {
    const node = this.value(key);
    return node?.kind === 'sequence' ? node.items.filter((item) => item.kind === 'mapping') : [];
  }

  /** Keys with texts; places are those of the keys. */
  pairs(key: string): { name: string; value: string; at: Position }[] {
    return (this.mapping(key)?.entries ?? []).flatMap((entry) => {
      if (entry.value.kind === 'scalar') return [{ name: entry.key.text, value: entry.value.text, at: entry.key.at }];
      this.problems.add(`'${entry.key.text}' in '${key}' must be text`, entry.value.at);
      return [];
    });
  }

  placeOf(key: string): Position {
    return this.node.entries.find((entry) => entry.key.text === key)?.value.at ?? this.node.at;
  }

  /** These have no meaning for a run on this machine. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.#asked.add(key);
  }

  /** Reports every field that was not asked for. */
  finish(): void {
    for (const { key } of this.node.entries) {
      if (!this.#asked.has(key.text)) this.problems.add(`'${key.text}' is not allowed in ${this.what}`, key.at);
    }
  }

  /** The service tells by its first key what a mapping is. */
  requireFirst(key: string): void {
    const [first] = this.node.entries;
    if (first && first.key.text !== key && this.has(key))
      this.problems.add(`'${key}' must be the first key of ${this.what}, before '${first.key.text}'`, first.key.at);
  }

  keyPlace(key: string): Position {
    return this.node.entries.find((entry) => entry.key.text === key)?.key.at ?? this.node.at;
  }
}
