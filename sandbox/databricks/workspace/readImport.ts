import { posix } from 'node:path';
import { ApiError, invalidParameter } from '../apiError';
import { isJsonObject, parseJson, type Json } from '../json';
import {
  fromHtml,
  fromJupyter,
  fromNotebookDocument,
  fromRMarkdown,
  fromSource,
  hasNotebookHeader,
  isLanguage,
  languageOfExtension,
  type NotebookContent,
} from './notebookFormats';
import type { Content, FileType } from './workspaceTree';
import { isZip, readZip, type ZipEntry } from './zip';

const megabyte = 1024 * 1024;
/** "Known limitations Databricks notebooks": source, DBC, HTML and R Markdown 10 MB, IPYNB 100 MB; a JSON body 10 MB. */
export const inlineLimitBytes = 10 * megabyte;
const jupyterLimitBytes = 100 * megabyte;
/** "What are workspace files?": 500 MB. */
const fileLimitBytes = 500 * megabyte;

export interface ImportItem {
  readonly path: string;
  readonly content: Content;
}

/**
 * Decides what an import makes at `path`: one notebook or file, or a folder with all that is in an archive (the folder
 * itself comes first). `path` is a normal path.
 */
export function readImport(path: string, format: string, language: string | undefined, bytes: Buffer): ImportItem[] {
  switch (format) {
    case 'AUTO':
      return [readAuto(path, bytes)];
    case 'RAW':
      return [file(path, bytes)];
    case 'SOURCE': {
      if (language === undefined && isZip(bytes)) return readArchive(path, bytes, readSourceEntry);
      if (language === undefined || !isLanguage(language)) {
        throw invalidParameter(
          `Language must be one of PYTHON, SCALA, SQL, R for format SOURCE, got ${language ?? 'none'}`,
        );
      }
      return [notebook(path, fromSource(language, text(bytes)))];
    }
    case 'JUPYTER':
      return [readJupyter(path, path, bytes)];
    case 'HTML':
      return [notebook(path, fromHtml(text(bytes)))];
    case 'R_MARKDOWN':
      return [notebook(path, fromRMarkdown(text(bytes)))];
    case 'DBC':
      checkSize(bytes, inlineLimitBytes);
      return readArchive(path, bytes, readDbcEntry);
    default:
      throw invalidParameter(`Format must be one of SOURCE, HTML, JUPYTER, DBC, R_MARKDOWN, AUTO, RAW, got ${format}`);
  }
}

/** Notebook by extension and header line, and then the name loses its extension; everything else stays a file. */
function readAuto(path: string, bytes: Buffer): ImportItem {
  const extension = posix.extname(path);
  const language = languageOfExtension(extension);
  const withoutExtension = path.slice(0, path.length - extension.length);
  if (extension.toLowerCase() === '.ipynb') return readJupyter(path, withoutExtension, bytes);
  if (path.endsWith('.lvdash.json')) return dashboard(path, bytes);
  if (language && hasNotebookHeader(language, bytes.toString('utf8', 0, 64))) {
    return notebook(withoutExtension, fromSource(language, text(bytes)));
  }
  return file(path, bytes);
}

/** A file of Lakeflow Designer keeps its whole name (databricks/cli libs/notebook/ext.go), a notebook gets `name`. */
function readJupyter(path: string, name: string, bytes: Buffer): ImportItem {
  const content = fromJupyter(text(bytes, jupyterLimitBytes));
  return path.endsWith('.designer.ipynb') ? file(path, bytes, 'DESIGNER_FILE') : notebook(name, content);
}

/** Kept as it is, but for one line end behind it (databricks/cli libs/testserver/dashboards.go). */
function dashboard(path: string, bytes: Buffer): ImportItem {
  const source = text(bytes);
  if (!isJsonObject(parsed(source))) throw invalidParameter(`The dashboard at ${path} is not a JSON object`);
  return file(path, Buffer.from(`${source.trimEnd()}\n`), 'DASHBOARD');
}

function parsed(source: string): Json | undefined {
  try {
    return parseJson(source);
  } catch {
    return undefined;
  }
}

type EntryReader = (path: string, bytes: Buffer) => ImportItem | undefined;

/** `.py`, `.ipynb` and so on become notebooks without their extension; other entries are left out. */
const readSourceEntry: EntryReader = (path, bytes) => {
  const extension = posix.extname(path);
  const language = languageOfExtension(extension);
  const name = path.slice(0, path.length - extension.length);
  if (extension.toLowerCase() === '.ipynb') return notebook(name, fromJupyter(text(bytes, jupyterLimitBytes)));
  return language && notebook(name, fromSource(language, text(bytes)));
};

/** Entries of a DBC archive are notebook documents named `<name>.<language>`; it also has a manifest. */
const readDbcEntry: EntryReader = (path, bytes) => {
  const extension = posix.extname(path);
  if (!isLanguage(extension.slice(1).toUpperCase())) return undefined;
  return notebook(path.slice(0, path.length - extension.length), fromNotebookDocument(text(bytes)));
};

function readArchive(target: string, bytes: Buffer, readEntry: EntryReader): ImportItem[] {
  let entries: ZipEntry[];
  try {
    entries = readZip(bytes);
  } catch (error) {
    throw invalidParameter(`The archive can't be read: ${String(error)}`);
  }
  if (entries.some((entry) => posix.normalize(entry.path).startsWith('..') || entry.path.startsWith('/'))) {
    throw invalidParameter('The archive has an entry outside of its folder');
  }
  const notebooks = entries.flatMap((entry) => readEntry(entry.path, entry.bytes) ?? []);
  const folders = entries.flatMap(({ path }) => (path.endsWith('/') ? path.slice(0, -1) : []));
  const only = notebooks[0];
  if (only && notebooks.length === 1 && folders.length === 0 && !only.path.includes('/'))
    return [{ ...only, path: target }];
  // The archive of a folder has that folder as its only top entry: it becomes the target itself.
  const tops = new Set([...notebooks.map(({ path }) => path), ...folders].map((path) => path.split('/', 1)[0]));
  const hasOneFolder = tops.size === 1 && notebooks.every(({ path }) => path.includes('/'));
  const place = (path: string) => posix.join(target, ...path.split('/').slice(hasOneFolder ? 1 : 0));
  return [
    ...[target, ...folders.map(place)].map((path): ImportItem => ({ path, content: { type: 'DIRECTORY' } })),
    ...notebooks.map(({ path, content }) => ({ path: place(path), content })),
  ];
}

const notebook = (path: string, content: NotebookContent): ImportItem => ({
  path,
  content: { type: 'NOTEBOOK', ...content },
});

function file(path: string, bytes: Buffer, type: FileType = 'FILE'): ImportItem {
  checkSize(bytes, fileLimitBytes);
  return { path, content: { type, bytes } };
}

function text(bytes: Buffer, limitBytes = inlineLimitBytes): string {
  checkSize(bytes, limitBytes);
  return bytes.toString('utf8');
}

/** @throws ApiError MAX_NOTEBOOK_SIZE_EXCEEDED */
export function checkSize(bytes: Buffer, limitBytes: number): void {
  if (bytes.length <= limitBytes) return;
  throw new ApiError(
    400,
    'MAX_NOTEBOOK_SIZE_EXCEEDED',
    `File size imported is (${bytes.length} bytes), exceeded max size (${limitBytes} bytes)`,
  );
}
