import { pathText } from '../pathText';
import { isList } from '../tree';
import type { TextEdit } from './textEdit';
import { nameText, valueText, type Notation } from './scalarText';
import { lineAt, UneditableText, type EntrySpan, type ListSpan, type MapSpan, type NodeSpan } from './spans';

/** The text with one edit made, which the caller verifies. @throws UneditableText, UnwritableValue */
export function spliced(text: string, root: NodeSpan | undefined, edit: TextEdit): string {
  return new Splice(text, edit).at(root, 0, undefined, []);
}

class Splice {
  readonly #ending: string;

  constructor(
    private readonly text: string,
    private readonly edit: TextEdit,
  ) {
    this.#ending = text.includes('\r\n') ? '\r\n' : '\n';
  }

  at(node: NodeSpan | undefined, depth: number, entry: EntrySpan | undefined, maps: readonly MapSpan[]): string {
    const { edit, text } = this;
    if (depth === edit.path.length && node && entry) return this.#replaced(node, entry);
    if (!node) return this.#appended(0, text.length, depth);
    const name = edit.path[depth] ?? '';
    if (node.kind === 'list') return this.#inListForm(node, name);
    if (node.kind === 'scalar') return this.#intoEmpty(node, depth, entry, maps);
    const found = node.entries.find((each) => each.name === name);
    if (found && 'isRemoved' in edit && this.#isRemovedWhole(found, depth)) return this.#without(node, found);
    if (found) return this.at(found.value, depth + 1, found, [...maps, node]);
    if (node.isFlow && node.entries.length === 0 && entry) return this.#intoEmpty(node, depth, entry, maps);
    if (node.isFlow) return this.#addedInBraces(node, depth);
    return this.#appended(this.#columnOf(node), this.#lineEnd(node.to), depth, maps);
  }

  /** Whether an entry holds only what is removed, and is not the section. */
  #isRemovedWhole({ value }: EntrySpan, depth: number): boolean {
    const { path } = this.edit;
    if (depth === path.length - 1) return true;
    if (depth < (path[0] === 'environments' ? 2 : 1) || value.kind !== 'map') return false;
    const [only, other] = value.entries;
    return only !== undefined && !other && only.name === path[depth + 1] && this.#isRemovedWhole(only, depth + 1);
  }

  #replaced(node: NodeSpan, { key }: EntrySpan): string {
    const { text } = this;
    const written = text.slice(node.from, node.to);
    if (node.kind === 'scalar' && (node.isBlock || /[\r\n]/.test(written)))
      throw this.#refusal(node, 'has several lines');
    if (node.kind === 'list' && /(^|\s)#/.test(written)) throw this.#refusal(node, 'is a list with comments');
    if (node.kind === 'map') throw this.#refusal(node, 'is a map');
    const value = this.#value(this.#notationAt(key.from));
    if (node.from === node.to) {
      const colon = text.indexOf(':', node.from) + 1;
      return this.#with(colon, colon, ` ${value}`);
    }
    if (node.kind === 'scalar' || node.isFlow) return this.#with(node.from, node.to, value);
    return this.#listReplaced(node, key.from, value);
  }

  /** A list with a dash for each item stays one; anything else takes the place after the name. */
  #listReplaced(list: ListSpan, keyFrom: number, value: string): string {
    const { text, edit } = this;
    const start = this.#lineStart(list.from);
    const colon = text.slice(0, start).trimEnd().length;
    if (this.#lineStart(colon) !== this.#lineStart(keyFrom) || text[colon - 1] !== ':')
      throw this.#refusal(list, 'is a list with comments');
    if ('isRemoved' in edit || !isList(edit.value) || edit.value.length === 0)
      return this.#with(colon, list.to, ` ${value}`);
    const dash = text.slice(start, list.from);
    const lines = edit.value.map((item) => `${dash}- ${valueText(item, 'yaml')}`);
    return this.#with(start, list.to, lines.join(this.#ending));
  }

  /** The first value of a map that is written as nothing, or as `{}`. */
  #intoEmpty(node: NodeSpan, depth: number, entry: EntrySpan | undefined, maps: readonly MapSpan[]): string {
    const { text } = this;
    const written = text.slice(node.from, node.to);
    const map = maps.at(-1);
    const isEmpty = written === '' || (node.kind === 'map' && /^\{[ \t]*\}$/.test(written));
    if (!entry || !map || !isEmpty) throw this.#refusal(node, 'is a value, not a map');
    if (map.isFlow) {
      const inner = this.#pair(depth, 'json');
      return this.#with(node.from, node.to, `{${inner}}`);
    }
    const end = this.#lineEnd(Math.max(node.to, entry.key.to));
    const head = text.slice(0, node.from).trimEnd() + text.slice(node.to, end);
    const start = written === '' ? text.slice(0, end) : head;
    return this.#joined(
      start,
      this.#lines(this.#columnOf(map) + this.#step(maps), depth, this.#step(maps)),
      text.slice(end),
    );
  }

  #appended(column: number, end: number, depth: number, maps: readonly MapSpan[] = []): string {
    const step = this.#step(maps);
    return this.#joined(this.text.slice(0, end), this.#lines(column, depth, step), this.text.slice(end));
  }

  /** Lines after a text that may lack its last line ending, which the result lacks then as well. */
  #joined(before: string, lines: readonly string[], after: string): string {
    const isEnded = before === '' || /[\r\n]$/.test(before);
    const body = lines.join(this.#ending);
    return isEnded ? `${before}${body}${this.#ending}${after}` : `${before}${this.#ending}${body}${after}`;
  }

  #lines(column: number, depth: number, step: number): readonly string[] {
    const rest = this.edit.path.slice(depth);
    return rest.map((name, level) => {
      const value = level === rest.length - 1 ? ` ${this.#value('yaml')}` : '';
      return `${' '.repeat(column + level * step)}${nameText(name, 'yaml')}:${value}`;
    });
  }

  #addedInBraces(map: MapSpan, depth: number): string {
    const { text } = this;
    const last = map.entries.at(-1);
    if (!last) return this.#with(map.from, map.to, `{${this.#pair(depth, 'json')}}`);
    const pair = this.#pair(depth, this.#notationAt(last.key.from));
    const line = text.slice(this.#lineStart(last.key.from), last.key.from);
    const isOwnLine = line.trim() === '' && this.#lineStart(last.key.from) > map.from;
    return this.#with(last.value.to, last.value.to, `,${isOwnLine ? this.#ending + line : ' '}${pair}`);
  }

  #pair(depth: number, notation: Notation): string {
    const [last = '', ...outer] = this.edit.path.slice(depth).reverse();
    const inner = `${nameText(last, notation)}: ${this.#value(notation)}`;
    return outer.reduce((below, name) => `${nameText(name, notation)}: {${below}}`, inner);
  }

  #without(map: MapSpan, entry: EntrySpan): string {
    const { text } = this;
    if (map.isFlow) return this.#withoutInBraces(map, entry);
    const isDash = text.slice(this.#lineStart(entry.key.from), entry.key.from).trim() !== '';
    if (isDash) throw this.#refusal(entry.key, 'does not have a line of its own');
    const end = this.#lineEnd(Math.max(entry.value.to, entry.key.to));
    const start = this.#lineStart(entry.key.from);
    // The last line may lack its ending; then the line before it does.
    if (end === text.length && !/[\r\n]$/.test(text)) return text.slice(0, start).replace(/\r?\n$/, '');
    return this.#with(start, end, '');
  }

  #withoutInBraces({ entries }: MapSpan, entry: EntrySpan): string {
    const index = entries.indexOf(entry);
    const [before, after] = [entries[index - 1], entries[index + 1]];
    const from = !after && before ? Math.max(before.value.to, before.key.to) : entry.key.from;
    const to = after ? after.key.from : Math.max(entry.value.to, entry.key.to);
    if (/(^|\s)#/.test(this.text.slice(from, to))) throw this.#refusal(entry.key, 'is next to a comment');
    return this.#with(from, to, '');
  }

  #inListForm(list: ListSpan, name: string): string {
    const { edit, text } = this;
    if (list.isFlow) throw this.#refusal(list, 'is a list in brackets');
    const found = list.items.find((item) => item.kind === 'map' && fieldOf(item, 'name')?.text === name);
    const value = found && found.kind === 'map' ? found.entries.find((each) => each.name === 'value') : undefined;
    if (found && 'isRemoved' in edit) {
      const start = this.#lineStart(found.from);
      const isOwn = /^[ \t]*-[ \t]+$/.test(text.slice(start, found.from));
      if (!isOwn || list.items.length === 1) throw this.#refusal(found, 'cannot be removed from its list');
      return this.#with(start, this.#lineEnd(found.to), '');
    }
    if (value) return this.#replaced(value.value, value);
    if (found) throw this.#refusal(found, 'has no value');
    const column = list.from - this.#lineStart(list.from);
    const indent = ' '.repeat(column);
    const lines = [`${indent}- name: ${nameText(name, 'yaml')}`, `${indent}  value: ${this.#value('yaml')}`];
    const end = this.#lineEnd(list.to);
    return this.#joined(text.slice(0, end), lines, text.slice(end));
  }

  #value(notation: Notation): string {
    const { edit } = this;
    if ('isRemoved' in edit) return '';
    return edit.text ?? valueText(edit.value, notation);
  }

  #notationAt(key: number): Notation {
    return this.text[key] === '"' ? 'json' : 'yaml';
  }

  /** By how many columns the text indents its maps; two where it has none. */
  #step(maps: readonly MapSpan[]): number {
    const columns = [maps[0], ...nestedMaps(maps[0])].flatMap((map) =>
      map && !map.isFlow ? [this.#columnOf(map)] : [],
    );
    const least = Math.min(...columns.filter((column) => column > 0));
    return Number.isFinite(least) ? least : 2;
  }

  #columnOf(map: MapSpan): number {
    return map.from - this.#lineStart(map.from);
  }

  #lineStart(position: number): number {
    return this.text.lastIndexOf('\n', position - 1) + 1;
  }

  /** After the end of the line that something ends in; something that ends with its line is not followed by another. */
  #lineEnd(position: number): number {
    if (position > 0 && this.text[position - 1] === '\n') return position;
    const next = this.text.indexOf('\n', position);
    return next < 0 ? this.text.length : next + 1;
  }

  #with(from: number, to: number, part: string): string {
    return this.text.slice(0, from) + part + this.text.slice(to);
  }

  #refusal({ from }: NodeSpan, why: string): UneditableText {
    return new UneditableText(`Line ${lineAt(this.text, from)}: ${pathText(this.edit.path)} ${why}.`);
  }
}

function fieldOf(map: MapSpan, name: string): { readonly text: string } | undefined {
  const value = map.entries.find((entry) => entry.name === name)?.value;
  return value?.kind === 'scalar' ? value : undefined;
}

function nestedMaps(map: MapSpan | undefined): readonly MapSpan[] {
  return (map?.entries ?? []).flatMap(({ value }) => (value.kind === 'map' ? [value, ...nestedMaps(value)] : []));
}
