import { resolve } from 'node:path';
import picomatch from 'picomatch';
import type { Agent, ServiceConnection } from '../agent/agent';
import type { DocumentPath } from '../finding';
import type { NamedFile } from '../files/namedFile';
import type { Json } from '../json';
import type { TextAt } from '../yaml/written';
import { checkAgainst, type DocumentReading, type DocumentSchema } from './checkDocument';
import { readDocument, readDocumentFile, readDocumentList, readMapOrList, readMapOrListFile } from './document';
import { InvalidInput } from './invalidInput';
import { namedFile, namedFileOrFolder, namedFolder } from './namedPath';

/** The part of the agent that inputs are read from. It is also told which values are secret, and of what looks wrong in them. */
export type InputSource = Pick<
  Agent,
  | 'input'
  | 'secretInput'
  | 'pathInput'
  | 'connection'
  | 'workingFolder'
  | 'readableFolders'
  | 'words'
  | 'setSecret'
  | 'warning'
>;

/** What task.json has to say about an input; a contract test holds the two together. */
export interface InputManifest {
  readonly type: 'string' | 'multiLine' | 'boolean' | 'pickList' | 'filePath' | `connectedService:${string}`;
  readonly required: boolean;
  readonly defaultValue?: string;
  readonly options?: readonly string[];
  /** Whether a pickList takes any text besides what its data source offers. */
  readonly isEditable?: boolean;
  /** The values that other inputs must have for this one to apply: the visibleRule. */
  readonly when?: Readonly<Record<string, string>>;
}

/** One input of a task: what the form says of it, and how its text becomes a value. */
export interface Input<Value> {
  readonly manifest: InputManifest;
  /** Whether nobody may see the text. */
  readonly isSecret?: true;
  /** The text that was given; undefined when left empty. */
  given(name: string, source: InputSource): string | undefined;
  /** The value of a text; throws an InvalidInput. */
  parse(given: string, source: InputSource): Value;
}

interface Rules {
  /** The input must be given (when its `when` holds). */
  readonly required?: boolean;
  /** The input applies only when other inputs have these values. */
  readonly when?: Readonly<Record<string, string>>;
}

/** What `run` sees of an input: it can be undefined unless it is always required, or has a default. */
type Seen<Value, R> = R extends { readonly default: unknown }
  ? Input<Value>
  : R extends { readonly when: unknown }
    ? Input<Value | undefined>
    : R extends { readonly required: true }
      ? Input<Value>
      : Input<Value | undefined>;

interface TextRules extends Rules {
  readonly default?: string;
  /** What the whole text must match, and what that means: `must be an absolute workspace path`. */
  readonly pattern?: { readonly matches: RegExp; readonly rule: string };
  /** Whether the form offers what a data source lists; any other text is accepted too. */
  readonly picker?: boolean;
}

/** One line of text. */
export function text<const R extends TextRules>(rules?: R): Seen<string, R> {
  const { pattern, picker = false } = rules ?? {};
  const parse = (given: string): string => {
    if (pattern && !pattern.matches.test(given)) throw new InvalidInput(pattern.rule);
    return given;
  };
  return picker ? input('pickList', rules, parse, { isEditable: true }) : input('string', rules, parse);
}

/** One line of text that nobody may see, such as a password. It is announced as a secret when it is read. */
export function sensitive<const R extends Rules>(rules?: R): Seen<string, R> {
  return { ...input('string', rules, announced, {}, secretText), isSecret: true };
}

/** One of a few words. */
export function choice<const Option extends string, const R extends Rules & { readonly default?: Option }>(
  options: readonly Option[],
  rules?: R,
): Seen<Option, R> {
  return input(
    'pickList',
    rules,
    (given) => {
      const found = options.find((option) => option.toLowerCase() === given.toLowerCase());
      if (found === undefined) throw new InvalidInput(`must be one of ${options.join(', ')}.`);
      return found;
    },
    { options },
  );
}

/** Yes or no. Anything else than true or false is an error, never silently false. */
export function flag(rules: { readonly default: boolean; readonly when?: Rules['when'] }): Input<boolean> {
  return input<boolean, { readonly default: string }>(
    'boolean',
    { ...rules, default: String(rules.default) },
    (given) => {
      if (!/^(true|false)$/i.test(given)) throw new InvalidInput('must be true or false.');
      return given.toLowerCase() === 'true';
    },
  );
}

interface NumberRules extends Rules {
  readonly default?: number;
  readonly min: number;
  readonly max: number;
  /** What it is a multiple of. */
  readonly step?: number;
}

/** A whole number within bounds. */
export function integer<const R extends NumberRules>(rules: R): Seen<number, R> {
  return numeric(rules, /^-?\d{1,15}$/, 'a whole number');
}

/** A number within bounds; its decimals follow a point. */
export function decimal<const R extends NumberRules>(rules: R): Seen<number, R> {
  return numeric(rules, /^-?\d{1,15}(\.\d{1,15})?$/, 'a number');
}

function numeric<R extends NumberRules>(rules: R, form: RegExp, kind: string): Seen<number, R> {
  const { min, max, step, default: defaultValue, ...others }: NumberRules = rules;
  const textRules = { ...others, ...(defaultValue !== undefined && { default: String(defaultValue) }) };
  return input('string', textRules, (given) => {
    const number = form.test(given) ? Number(given) : NaN;
    if (!(number >= min && number <= max && isMultiple(number, step)))
      throw new InvalidInput(
        `must be ${kind} from ${min} to ${max}${step === undefined ? '' : ` in steps of ${step}`}.`,
      );
    return number;
  }) as Seen<number, R>;
}

function isMultiple(number: number, step = 0): boolean {
  const steps = step === 0 ? 0 : number / step;
  return Math.abs(steps - Math.round(steps)) < 1e-6;
}

/** Lines of text, without the blank ones. */
export function lines<const R extends Rules & { readonly default?: string }>(rules?: R): Seen<readonly string[], R> {
  return input('multiLine', rules, splitLines);
}

/** Text of several lines in its own language; throws what its reader throws. */
export function block<Value, const R extends Rules>(read: (text: string) => Value, rules?: R): Seen<Value, R> {
  return input('multiLine', rules, read);
}

/** File patterns, one a line, relative to a folder. */
export function globs<const R extends Rules & { readonly default?: string }>(rules?: R): Seen<readonly string[], R> {
  return input('multiLine', rules, (given) => {
    const patterns = splitLines(given);
    for (const pattern of patterns) {
      if (/^([\\/!]|[a-z]:)/i.test(pattern) || pattern.split('/').includes('..'))
        throw new InvalidInput(
          `has the pattern '${pattern}': patterns are relative to the source folder and do not begin with / or !.`,
        );
      try {
        picomatch.makeRe(pattern, { strictBrackets: true });
      } catch (error) {
        throw new InvalidInput(`has the pattern '${pattern}', which is not a valid file pattern.`, { cause: error });
      }
    }
    return patterns;
  });
}

interface NamesRules extends Rules {
  /** What each name must match, and what that means. */
  readonly names?: NonNullable<TextRules['pattern']>;
}

interface PairsRules extends NamesRules {
  /** Where a number or a boolean of a JSON object is text; by default each value that is not a list or a map. */
  readonly textAt?: TextAt;
}

/** Named values: lines of `name=value`, which gives texts, or a JSON object, whose lists and maps are kept as they are. */
export function pairs<const R extends PairsRules>(rules?: R): Seen<Readonly<Record<string, Json>>, R> {
  return input('multiLine', rules, (given) => withNames(readPairs(given, rules?.textAt), rules));
}

/** As `pairs`, with values that nobody may see. They are announced as secrets when they are read. */
export function sensitivePairs<const R extends NamesRules>(rules?: R): Seen<Readonly<Record<string, Json>>, R> {
  const read = (given: string, source: InputSource): Readonly<Record<string, Json>> => {
    const values = readSecretPairs(given);
    for (const value of Object.values(values)) announce(value, source);
    return withNames(values, rules);
  };
  return { ...input('multiLine', rules, read, {}, secretText), isSecret: true };
}

function withNames<V extends object>(values: V, { names }: NamesRules = {}): V {
  const bad = names ? Object.keys(values).filter((name) => !names.matches.test(name)) : [];
  if (names && bad.length > 0)
    throw new InvalidInput(`contains the name ${bad.map((name) => `'${name}'`).join(', ')}. A name ${names.rule}`);
  return values;
}

interface DocumentRules extends Rules {
  /** What the document is checked against. */
  readonly schema?: DocumentSchema;
  /** Without a schema: where a number or a boolean is text. */
  readonly textAt?: TextAt;
}

/** A YAML or JSON map, written in the pipeline. */
export function document<const R extends DocumentRules>(rules?: R): Seen<Readonly<Record<string, Json>>, R> {
  return input('multiLine', rules, (given, source) => readDocument(given, documentReading(rules, source)));
}

/** A YAML or JSON list, written in the pipeline. */
export function documentList<const R extends DocumentRules>(rules?: R): Seen<readonly Json[], R> {
  return input('multiLine', rules, (given, source) => readDocumentList(given, documentReading(rules, source)));
}

/** A YAML or JSON map or list, written in the pipeline. */
export function mapOrList<const R extends Rules>(rules?: R): Seen<MapOrList, R> {
  return input('multiLine', rules, readMapOrList);
}

/** A file that holds a YAML or JSON map or list. */
export function mapOrListFile<const R extends Rules>(rules?: R): Seen<MapOrList, R> {
  const read = (given: string, source: InputSource): MapOrList => readMapOrListFile(namedFile(given, source));
  return input('filePath', rules, read, {}, (name, source) => source.pathInput(name));
}

type MapOrList = ReturnType<typeof readMapOrList>;

/** A file that holds a YAML or JSON map. */
export function documentFile<const R extends DocumentRules>(rules?: R): Seen<Readonly<Record<string, Json>>, R> {
  return input(
    'filePath',
    rules,
    (given, source) => readDocumentFile(namedFile(given, source), documentReading(rules, source)),
    {},
    (name, source) => source.pathInput(name),
  );
}

/** An existing file that may be read. */
export function filePath<const R extends Rules>(rules?: R): Seen<NamedFile, R> {
  return input('filePath', rules, namedFile, {}, (name, source) => source.pathInput(name));
}

/**
 * An existing folder, as an absolute path. Its type in task.json is `string`: the agent passes an empty `filePath`
 * input as its working folder, which could not be told from a `.` that somebody meant.
 */
export function folderPath<const R extends Rules>(rules?: R): Seen<string, R> {
  return input('string', rules, namedFolder, {}, (name, source) => {
    const given = source.input(name);
    return given === undefined ? undefined : resolve(source.workingFolder, given);
  });
}

/** An existing file or folder, as an absolute path. Its type in task.json is `string`, as that of a folder. */
export function fileOrFolderPath<const R extends Rules>(rules?: R): Seen<string, R> {
  return input('string', rules, namedFileOrFolder, {}, (name, source) => {
    const given = source.input(name);
    return given === undefined ? undefined : resolve(source.workingFolder, given);
  });
}

/** A service connection of a type. */
export function connection<const R extends Rules>(type: string, rules?: R): Seen<ServiceConnection, R> {
  return input(`connectedService:${type}`, rules, (id, source) => {
    const found = source.connection(id);
    if (!found) throw new InvalidInput(source.words.connectionMissing);
    return found;
  });
}

function input<Value, R extends Rules & { readonly default?: string }>(
  type: InputManifest['type'],
  rules: R | undefined,
  parse: (given: string, source: InputSource) => Value,
  more: Pick<InputManifest, 'options' | 'isEditable'> = {},
  given: Input<Value>['given'] = (name, source) => source.input(name),
): Seen<Value, R> {
  const { required = false, when, default: defaultValue } = rules ?? {};
  const manifest = {
    type,
    required,
    ...more,
    ...(when && { when }),
    ...(defaultValue !== undefined && { defaultValue }),
  };
  return { manifest, given, parse } as Seen<Value, R>;
}

function documentReading(rules: DocumentRules | undefined, source: InputSource): DocumentReading {
  return rules?.schema ? checkAgainst(rules.schema, source) : { ...(rules?.textAt && { textAt: rules.textAt }) };
}

function secretText(name: string, source: InputSource): string | undefined {
  return source.secretInput(name);
}

function announced(given: string, source: InputSource): string {
  source.setSecret(given);
  return given;
}

/** Each text and number in a value. Words such as true would be masked in every line of the log. */
function announce(value: Json | undefined, source: InputSource): void {
  if (typeof value === 'object') for (const item of Object.values(value ?? {})) announce(item, source);
  else if (value !== undefined && !/^(true|false)?$/i.test(String(value))) source.setSecret(String(value));
}

/** The reason why a JSON text can't be read may quote a part of it, and so may the error behind it. */
function readSecretPairs(given: string): Readonly<Record<string, Json>> {
  try {
    return readPairs(given);
  } catch (error) {
    if (!(error instanceof InvalidInput) || !given.startsWith('{')) throw error;
    throw new InvalidInput('is not a valid JSON object.');
  }
}

function readPairs(given: string, textAt: TextAt = isTopLevel): Readonly<Record<string, Json>> {
  if (given.startsWith('{')) return readDocument(given, { textAt });
  const values = new Map<string, string>();
  const lineOf = new Map<string, number>();
  for (const [index, line] of given.split(/\r?\n/).entries()) {
    if (!line.trim()) continue;
    const separator = line.indexOf('=');
    const name = line.slice(0, Math.max(separator, 0)).trim();
    if (!name) throw new InvalidInput(`line ${index + 1} is not of the form name=value.`);
    const earlier = lineOf.get(name);
    if (earlier !== undefined) throw new InvalidInput(`line ${index + 1} repeats the name of line ${earlier}.`);
    lineOf.set(name, index + 1);
    values.set(name, line.slice(separator + 1).trim());
  }
  return Object.fromEntries(values);
}

function isTopLevel(path: DocumentPath): boolean {
  return path.length === 1;
}

function splitLines(given: string): readonly string[] {
  return given
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
