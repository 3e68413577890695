import type { ImportFormat, Language } from '../api/workspace';

/** What a file of the source becomes. An archive becomes a folder tree, or a notebook when it holds just one. */
export type Kind = 'notebook' | 'file' | 'archive';

export interface Detected {
  readonly kind: Kind;
  readonly format: ImportFormat;
  readonly language?: Language;
  /** The path in the workspace: notebooks and archives lose their extension. */
  readonly path: string;
  readonly mostBytes: number;
  /** Why a file that was probably meant as a notebook is not one. */
  readonly headerProblem?: string;
}

interface LanguageRule {
  readonly language: Language;
  readonly header: string;
}

const rules: Readonly<Record<string, LanguageRule>> = {
  py: { language: 'PYTHON', header: '# Databricks notebook source' },
  r: { language: 'R', header: '# Databricks notebook source' },
  scala: { language: 'SCALA', header: '// Databricks notebook source' },
  sql: { language: 'SQL', header: '-- Databricks notebook source' },
};

const mebibyte = 1024 * 1024;
/** https://docs.databricks.com/notebooks/notebook-limitations.html (notebooks) and /files/workspace (files). */
const limits = { source: 10 * mebibyte, jupyter: 100 * mebibyte, archive: 10 * mebibyte, file: 500 * mebibyte };

/** Enough of a file to hold a header below a comment, and a Git LFS pointer. */
export const headerBytes = 1024;

/**
 * Distinguishes notebooks from files as Databricks does: by the extension, whatever its case, and for source files by a first
 * line that is exactly the header (as `libs/notebook` of github.com/databricks/cli has it).
 */
export function detectKind(path: string, start: Buffer): Detected {
  const [, name = path, extension = ''] = /^(.*)\.([^./]*)$/s.exec(path) ?? [];
  if (/^dbc$/i.test(extension)) return { kind: 'archive', format: 'DBC', path: name, mostBytes: limits.archive };
  if (/^ipynb$/i.test(extension)) {
    const isDesigner = path.endsWith('.designer.ipynb');
    return { kind: 'notebook', format: 'JUPYTER', path: isDesigner ? path : name, mostBytes: limits.jupyter };
  }
  const file: Detected = { kind: 'file', format: 'AUTO', path, mostBytes: limits.file };
  const rule = rules[extension.toLowerCase()];
  if (!rule) return file;
  const { language, header } = rule;
  if (firstLine(start.toString('utf8')) === header)
    return { kind: 'notebook', format: 'SOURCE', language, path: name, mostBytes: limits.source };
  const headerProblem = problemWith(start, header);
  return headerProblem === undefined ? file : { ...file, headerProblem };
}

function problemWith(start: Buffer, header: string): string | undefined {
  const isUtf16 = start[0] === 0xff && start[1] === 0xfe;
  const line = firstLine(start.toString(isUtf16 ? 'utf16le' : 'utf8'));
  if (isUtf16 && line.includes(header)) return 'The file is UTF-16: save it as UTF-8 without a byte order mark';
  // trim() also removes a byte order mark.
  if (line.trim() !== header) return nearMiss(start.toString('utf8'), header);
  if (line.startsWith('\uFEFF'))
    return 'A byte order mark precedes the notebook header: save the file as UTF-8 without it';
  return 'There are spaces around the notebook header: remove them';
}

/** A line that was surely meant as the header: its comment, and what follows it. Exports of 2016 had their time behind it. */
const likeHeader = /^\s*(#|\/\/|--)\s*databricks\s*notebook\s*source\s*(exported\b.*)?$/i;

function nearMiss(text: string, header: string): string | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const index = lines.findIndex((line) => likeHeader.test(line));
  const line = lines[index]?.trim();
  if (line === undefined) return undefined;
  const [, comment = '', exported] = likeHeader.exec(line) ?? [];
  const reasons = [
    ...(index > 0 ? [`is on line ${index + 1}`] : []),
    ...(header.startsWith(comment) ? [] : [`is a comment of another language (${comment})`]),
    ...(exported === undefined ? [] : ["is followed by 'exported …'"]),
  ];
  const isOtherCase = line.toLowerCase() === header.toLowerCase();
  if (reasons.length === 0) reasons.push(isOtherCase ? 'has other upper and lower case' : 'has other spaces');
  return `The notebook header ${reasons.join(' and ')}: the first line must be exactly '${header}'`;
}

function firstLine(text: string): string {
  return /^[^\r\n]*/.exec(text)?.[0] ?? '';
}

/**
 * The text of a source notebook without what an import and an export change: line ends, and the empty lines around
 * cells.
 */
export function canonicalSource(source: string): string {
  return (
    source
      .replace(/\r\n/g, '\n')
      .replace(/^((?:#|\/\/|--) COMMAND -{10})$\n*/gm, '\n$1\n')
      // Apart from the line before, so that a run of empty lines is read once. Between two separators one line stays empty.
      .replace(/(?<!\n|^(?:#|\/\/|--) COMMAND -{10})\n{2,}(?=(?:#|\/\/|--) COMMAND -{10}$)/gm, '\n')
      .replace(/^([^\n]*)\n+/, '$1\n')
      .trimEnd()
  );
}
