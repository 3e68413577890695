import { dirname, isAbsolute, join } from 'node:path';
import { messageOf } from '../../../errors';
import { FileError } from '../../../files/fileError';
import { decodeText } from './decodeText';
import { DependencyList, type Dependencies, type Place } from './dependencyList';
import { shown } from './presentable';
import { InvalidRequirement, parseRequirement } from './requirement';
import { InvalidLine, logicalLines, splitLine, type PipOption } from './requirementLines';

export interface ReadOptions {
  /** Returns the bytes of a file, or throws. */
  readonly readFile: (path: string) => Uint8Array;
  /** The version of the cluster's Python, such as 3.12, if it is known. */
  readonly python?: string | undefined;
  /** The cluster's machines as Python names them. Default: x86_64. */
  readonly machine?: string;
}

const mostFiles = 100;
const scheme = /^(?:[a-z][a-z0-9+.-]+:\/\/|file:|(?:git|hg|svn|bzr)\+)/i;
const directReference = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*@/;
const archive = /\.(?:whl|zip|egg|tar|tar\.gz|tgz|tar\.bz2|tbz|tar\.xz|txz|tlz|tar\.lz|tar\.lzma)$/i;
const clusterWheel = /^\/(?:Workspace|Volumes)\/[^;]+\.whl$/;

const adviceFor: Readonly<Record<string, string>> = {
  '--extra-index-url': 'a library can have only one index: use --index-url with one that has all packages.',
  '--editable': 'a cluster cannot install editable packages: build a wheel and install it as a file.',
};

/**
 * Reads a requirements.txt with the files that it includes. Read as pip reads it
 * (https://pip.pypa.io/en/stable/reference/requirements-file-format/), with two differences: environment variables are
 * not expanded, and what Databricks cannot do for a single library (options of pip other than one index, hashes, URLs,
 * folders) is a problem. Never throws.
 *
 * Databricks documents a name with an optional version for a library's `package`; markers are not documented, so they
 * are decided here, for Linux, the given machine and the given Python, and not sent.
 */
export function readRequirements(file: string, { readFile, python, machine }: ReadOptions): Dependencies {
  const list = new DependencyList(python, machine);
  new RequirementsReader(list, readFile).readFile(file, { file, line: 1 }, { areConstraints: false, files: [] });
  return list.result();
}

interface Inclusion {
  /** Whether the lines only restrict the requirements of other lines. */
  readonly areConstraints: boolean;
  /** The files that include this one. */
  readonly files: readonly string[];
}

/** Reads requirements files, and lines of them found elsewhere, into a list. */
export class RequirementsReader {
  #filesRead = 0;

  constructor(
    private readonly list: DependencyList,
    private readonly readBytes: (path: string) => Uint8Array,
  ) {}

  /** Reads a file that is included at `place`. */
  readFile(path: string, place: Place, { areConstraints, files }: Inclusion): void {
    this.#filesRead += 1;
    if (files.includes(path)) this.list.refuse(place, `includes ${path}, which includes this file again.`);
    else if (this.#filesRead > mostFiles) this.list.refuse(place, `is one of more than ${mostFiles} included files.`);
    else
      for (const { line, text } of this.#linesOf(path, place))
        this.readLine(text, { file: path, line }, { areConstraints, files: [...files, path] });
  }

  /** Reads a line without its comment. */
  readLine(text: string, place: Place, inclusion: Inclusion): void {
    const [variable] = /\$\{[A-Z0-9_]+\}/.exec(text) ?? [];
    if (variable !== undefined) {
      this.list.refuse(place, `uses ${variable}: environment variables are expanded neither here nor on the cluster.`);
      return;
    }
    try {
      const { wanted, options } = splitLine(text);
      for (const option of options) this.#readOption(option, wanted, place, inclusion);
      if (wanted !== '') this.#readWanted(wanted, place, inclusion);
    } catch (error) {
      if (!(error instanceof InvalidRequirement || error instanceof InvalidLine)) throw error;
      this.list.refuse(place, `${shown(text)} ${error.message}.`);
    }
  }

  #linesOf(path: string, place: Place) {
    try {
      return logicalLines(decodeText(this.readBytes(path)));
    } catch (error) {
      this.list.refuse(place, unreadable(path, error));
      return [];
    }
  }

  #readOption({ name, value }: PipOption, beside: string, place: Place, inclusion: Inclusion): void {
    if (name === '--hash') this.list.addHashes(place);
    else if (beside !== '' && ['--requirement', '--constraint', '--index-url'].includes(name))
      this.list.refuse(place, `has ${name} next to a requirement, where pip ignores it: write it on a separate line.`);
    else if (name === '--index-url') this.list.useIndex(value, place);
    else if (name === '--requirement' || name === '--constraint') {
      if (scheme.test(value)) this.list.refuse(place, `${name} names a URL, but files are not downloaded.`);
      else
        this.readFile(isAbsolute(value) ? value : join(dirname(place.file), value), place, {
          ...inclusion,
          areConstraints: name === '--constraint',
        });
    } else this.list.refuse(place, `${name}: ${adviceFor[name] ?? 'Databricks cannot pass this option to pip.'}`);
  }

  #readWanted(wanted: string, place: Place, { areConstraints }: Inclusion): void {
    const [beforeMarker = ''] = wanted.split(';', 1);
    if (scheme.test(wanted))
      this.list.refuse(
        place,
        `${shown(wanted)} is a URL, which Databricks does not accept: install its wheel as a file.`,
      );
    else if (clusterWheel.test(wanted) && !areConstraints) this.list.addWheel(wanted);
    else if (!directReference.test(wanted) && isPath(beforeMarker.trim()))
      this.list.refuse(
        place,
        `${shown(wanted)} is a path, which the cluster cannot read: install its wheel as a file.`,
      );
    else if (areConstraints) this.list.constrain(parseRequirement(wanted), place);
    else this.list.add(parseRequirement(wanted), place);
  }
}

/** Why a file cannot be read, in a sentence. */
export function unreadable(path: string, error: unknown): string {
  if (error instanceof FileError) return `${path} ${error.problem}`;
  return error instanceof InvalidLine ? `${path} ${error.message}.` : `${path} cannot be read: ${messageOf(error)}`;
}

function isPath(text: string): boolean {
  return /[\\/]/.test(text) || text.startsWith('.') || archive.test(text);
}
