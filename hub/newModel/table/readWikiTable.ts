import { readDocument } from '../../../shared/variables/document/readDocument';
import { pathText } from '../../../shared/variables/pathText';
import { nameProblem } from '../../../shared/variables/refusals';
import { tableRows, type TableRow } from './tableRows';

/** What is wrong with a line of a pasted table, counted from 1, or what was changed in it. */
export interface TableNote {
  readonly line: number;
  readonly message: string;
}

export interface WikiTable {
  /** A variable file; undefined where the text has no table of variables. */
  readonly text: string | undefined;
  /** Lines that are left out. */
  readonly problems: readonly TableNote[];
  /** Names that are written in another way than in the table. */
  readonly notes: readonly TableNote[];
}

const nameHeaders = /^(?:name|variable|variables|parameter|parameters|key|setting|variable name|parameter name)$/i;
const valueHeaders = /^(?:value|values|default|default value|all|all environments)$/i;
const commentHeaders = /^(?:comments?|description|notes?|remarks?|meaning|purpose)$/i;
/** Cells that stand for nothing. */
const emptyCell = /^(?:[-–—]*|n\/a)$/i;

interface Columns {
  readonly name: number;
  readonly value: number | undefined;
  readonly comment: number | undefined;
  /** Names and columns of the environments. */
  readonly environments: readonly (readonly [string, number])[];
}

/**
 * Turns a table that was copied from a wiki page into a variable file. The table is Markdown (`| a | b |`), the markup of
 * Confluence (`|| a || b ||`), or columns separated by tabs, as a browser or a spreadsheet copies them. One column has the
 * names; a column `value` or `default` the values for all environments; `description` becomes a comment; every other column
 * is an environment. Without headers, the first column has the names and the second one the values.
 */
export function readWikiTable(pasted: string): WikiTable {
  const [problems, notes]: [TableNote[], TableNote[]] = [[], []];
  const rows = tableRows(pasted);
  const [first, ...others] = rows;
  if (!first || rows.every(({ cells }) => cells.length < 2))
    return { text: undefined, problems: [{ line: 1, message: 'There is no table with at least two columns.' }], notes };
  const headers = columnsOf(first, problems);
  const columns = headers ?? { name: 0, value: 1, comment: undefined, environments: [] };
  const sections = new Map<string | undefined, Map<string, Value>>();
  for (const row of headers ? others : rows) addRow(row, columns, { sections, problems, notes });
  if (sections.size === 0) return { text: undefined, problems: [...problems, noValues(first)], notes };
  return { text: fileText(sections), problems, notes };
}

const noValues = ({ line }: TableRow): TableNote => ({ line, message: 'The table has no value.' });

/** The columns that the first row names; undefined where it is a row of values. */
function columnsOf({ cells, line }: TableRow, problems: TableNote[]): Columns | undefined {
  const find = (pattern: RegExp): number | undefined => {
    const at = cells.findIndex((cell) => pattern.test(cell));
    return at < 0 ? undefined : at;
  };
  const name = find(nameHeaders);
  const [value, comment] = [find(valueHeaders), find(commentHeaders)];
  if (name === undefined && value === undefined) return undefined;
  const known = new Set([name ?? 0, value, comment]);
  const environments = cells.flatMap((cell, at): (readonly [string, number])[] => {
    if (known.has(at) || cell === '') return [];
    const problem = /^[\w.-]{1,100}$/.test(cell)
      ? undefined
      : `The column ${JSON.stringify(cell)} is left out: an environment has letters, digits, _, - and dots in its name.`;
    if (problem === undefined) return [[cell, at]];
    problems.push({ line, message: problem });
    return [];
  });
  return { name: name ?? 0, value, comment, environments };
}

interface Value {
  readonly path: readonly string[];
  readonly text: string;
  readonly comment: string;
}

interface Found {
  readonly sections: Map<string | undefined, Map<string, Value>>;
  readonly problems: TableNote[];
  readonly notes: TableNote[];
}

function addRow({ cells, line }: TableRow, columns: Columns, found: Found): void {
  const { sections, problems, notes } = found;
  const written = cells[columns.name] ?? '';
  const values = [[undefined, columns.value] as const, ...columns.environments].flatMap(([environment, at]) => {
    const text = at === undefined ? '' : (cells[at] ?? '');
    return emptyCell.test(text) ? [] : [{ environment, text }];
  });
  if (written === '' && values.length === 0) return;
  const path = pathOf(written);
  if (path === undefined) {
    problems.push({
      line,
      message: `${JSON.stringify(written.slice(0, 40))} cannot be the name of a variable. The line is left out.`,
    });
    return;
  }
  const name = pathText(path);
  if (name !== written) notes.push({ line, message: `${JSON.stringify(written.slice(0, 60))} becomes ${name}.` });
  for (const { environment, text } of values) {
    const section = sections.get(environment) ?? new Map<string, Value>();
    const clash = [...section.values()].find((other) => isWithin(other.path, path) || isWithin(path, other.path));
    if (clash)
      problems.push({ line, message: `${name} is left out: ${pathText(clash.path)} is set by an earlier line.` });
    else sections.set(environment, section.set(name, { path, text, comment: cells[columns.comment ?? -1] ?? '' }));
  }
}

/** The names of a path such as `training.epochs`; other spellings, such as `Learning rate`, become `learningRate`. */
function pathOf(written: string): readonly string[] | undefined {
  const path = written.split('.').map((part) => {
    const trimmed = part.trim();
    if (nameProblem(trimmed) === undefined || /^[a-z]\w*$/i.test(trimmed)) return trimmed;
    const words = trimmed
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .split(/[^a-z0-9_]+/i)
      .filter(Boolean);
    return words.map((word, at) => (at === 0 ? lowered(word) : word.charAt(0).toUpperCase() + word.slice(1))).join('');
  });
  return path.every((name) => /^[a-z]\w{0,99}$/i.test(name)) ? path : undefined;
}

function lowered(word: string): string {
  return word === word.toUpperCase() ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1);
}

function isWithin(outer: readonly string[], inner: readonly string[]): boolean {
  return outer.every((name, at) => inner[at] === name);
}

type Branch = Map<string, Branch | Value>;

function fileText(sections: Found['sections']): string {
  const lines: string[] = [];
  const common = sections.get(undefined);
  lines.push(common ? 'variables:' : 'variables: {}');
  if (common) writeBranch(treeOf(common), '  ', lines);
  const environments = [...sections].filter(([environment]) => environment !== undefined);
  if (environments.length > 0) lines.push('', 'environments:');
  for (const [environment = '', values] of environments) {
    lines.push(`  ${scalarText(environment, true)}:`);
    writeBranch(treeOf(values), '    ', lines);
  }
  return `${lines.join('\n')}\n`;
}

function treeOf(values: ReadonlyMap<string, Value>): Branch {
  const root: Branch = new Map();
  for (const value of values.values()) {
    let branch = root;
    for (const name of value.path.slice(0, -1)) {
      const below = branch.get(name);
      const next = below instanceof Map ? below : new Map<string, Branch | Value>();
      branch.set(name, next);
      branch = next;
    }
    branch.set(value.path.at(-1) ?? '', value);
  }
  return root;
}

function writeBranch(branch: Branch, indent: string, lines: string[]): void {
  for (const [name, value] of branch)
    if (value instanceof Map) {
      lines.push(`${indent}${name}:`);
      writeBranch(value, `${indent}  `, lines);
    } else {
      if (value.comment !== '') lines.push(`${indent}# ${value.comment.replaceAll(/\s+/g, ' ')}`);
      lines.push(`${indent}${name}: ${valueText(value.text)}`);
    }
}

/** A list in brackets and what is in quotes stay as they are; anything else is one value. */
function valueText(text: string): string {
  if (/^\[.*\]$/.test(text) || /^(['"]).*\1$/.test(text)) {
    const problems: string[] = [];
    const read = readDocument(text, '', (_, message) => void problems.push(message));
    if (read && problems.length === 0 && !('entries' in read)) return text;
  }
  return scalarText(text, false);
}

/** A text without quotes where it is read so, with the same characters; in quotes where not. */
function scalarText(text: string, isName: boolean): string {
  const problems: string[] = [];
  const read = readDocument(`a: ${text}`, '', (_, message) => void problems.push(message));
  const value = read && 'entries' in read && read.entries.size === 1 ? read.entries.get('a') : undefined;
  const isSame = problems.length === 0 && value && 'scalar' in value && value.text === text && value.scalar !== null;
  const isText = value && 'scalar' in value && typeof value.scalar === 'string';
  return isSame && !/^['"]/.test(text) && (!isName || isText === true) ? text : JSON.stringify(text);
}
