import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { addAbortSignal, type Readable } from 'node:stream';
import { CancelledError, messageOf } from '../../shared/errors';
import type { CliInput } from '../manifest';

/** The text of an input, or why it cannot be had, as the words that follow its option. */
export type GivenText = { readonly text: string } | { readonly problem: string };

/** What the parser of the command line gives for an option; undefined where it was not given. */
export type ParsedOption = string | boolean | readonly string[] | undefined;

export interface ValueSources {
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly signal: AbortSignal;
}

/** What nobody enters as the text of an option. */
const mostBytes = 16 * 1024 * 1024;

/**
 * The texts of all inputs that were given: as they are written, of files (`@file`) and of standard input (`-`), for which
 * it waits. Problems are collected, so that one error lists them with those of the other inputs. Rejects when cancelled.
 */
export async function readValues(
  inputs: readonly CliInput[],
  parsed: ReadonlyMap<string, ParsedOption>,
  sources: ValueSources,
): Promise<ReadonlyMap<string, GivenText>> {
  const values = new Map<string, GivenText>();
  const stdin = new StandardInput(sources);
  for (const input of inputs) {
    const value = parsed.get(input.name);
    if (value === undefined) continue;
    const pieces = typeof value === 'object' ? value : [String(value)];
    const texts: string[] = [];
    const problems: string[] = [];
    for (const piece of pieces) {
      const read = await readPiece(piece, input, sources, stdin);
      if ('text' in read) texts.push(read.text);
      else problems.push(read.problem);
    }
    values.set(input.name, problems.length > 0 ? { problem: problems.join(' It ') } : { text: texts.join('\n') });
  }
  return values;
}

async function readPiece(
  piece: string,
  { type, isSecret }: CliInput,
  sources: ValueSources,
  stdin: StandardInput,
): Promise<GivenText> {
  if (type !== 'multiLine' && !isSecret) return { text: piece };
  if (piece === '-') return stdin.read();
  if (isSecret) {
    const [, name = '', variable] = /^(?:([^=]+)=)?env:(\w+)$/.exec(piece) ?? [];
    if (variable !== undefined) return fromEnvironment(name, variable, sources.environment);
    if (!piece.startsWith('@')) {
      const pairs = type === 'multiLine' ? ', or name=env:VARIABLE for one of them' : '';
      return {
        problem: `is secret, and other users of this machine can read a command line: use @file, - for standard input, or env:VARIABLE${pairs}.`,
      };
    }
  }
  if (piece.startsWith('@@')) return { text: piece.slice(1) };
  return piece.startsWith('@') ? readText(resolve(sources.workingFolder, piece.slice(1))) : { text: piece };
}

function fromEnvironment(name: string, variable: string, environment: ValueSources['environment']): GivenText {
  const value = environment[variable];
  if (value === undefined || value === '')
    return { problem: `names the environment variable ${variable}, which is not set.` };
  if (name === '') return { text: value };
  if (/[\r\n]/.test(value))
    return {
      problem: `names the environment variable ${variable}, whose value has several lines: use @file with a JSON object.`,
    };
  return { text: `${name}=${value}` };
}

async function readText(path: string): Promise<GivenText> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > mostBytes) return { problem: `names the file ${path}, which is larger than 16 MB.` };
      return decoded(await file.readFile(), `names the file ${path}, which`);
    } finally {
      await file.close();
    }
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const problem = isMissing
      ? `names a file that does not exist: ${path}`
      : `names the file ${path}, which cannot be read: ${messageOf(error)}`;
    return { problem: `${problem}. For a text that begins with @, write @@.` };
  }
}

function decoded(bytes: Uint8Array, what: string): GivenText {
  try {
    // Without a byte order mark.
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { problem: `${what} is not UTF-8 text.` };
  }
}

/** Standard input can be read once. */
class StandardInput {
  #isRead = false;

  constructor(private readonly sources: Pick<ValueSources, 'stdin' | 'signal'>) {}

  async read(): Promise<GivenText> {
    if (this.#isRead) return { problem: 'reads standard input, which another option reads, too: use @file.' };
    this.#isRead = true;
    const { stdin, signal } = this.sources;
    try {
      return { text: (await textOf(addAbortSignal(signal, stdin))).replace(/^\uFEFF/, '') };
    } catch (error) {
      if (signal.aborted) throw new CancelledError(undefined, { cause: error });
      return { problem: `reads standard input, which cannot be read: ${messageOf(error)}.` };
    }
  }
}
