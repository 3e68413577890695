import { posix } from 'node:path';
import { ApiError, invalidParameter } from '../apiError';
import { inlineLimitBytes } from './readImport';
import { languages, toHtml, toJupyter, toNotebookDocument, toRMarkdown, toSource } from './notebookFormats';
import { nameOf, type WorkspaceNode } from './workspaceTree';
import { writeZip, type ZipEntry } from './zip';

export interface Exported {
  readonly bytes: Buffer;
  /** File extension without the dot. */
  readonly fileType: string;
}

/** The bytes of a notebook, file or folder in an export format; `below` is what the folder holds. */
export function writeExport(node: WorkspaceNode, below: readonly WorkspaceNode[], format: string): Exported {
  const exported = write(node, below, format);
  if (exported.bytes.length > inlineLimitBytes) {
    // The documentation says MAX_NOTEBOOK_SIZE_EXCEEDED; workspaces answer so (databricks/cli issue 3691).
    const message = `File size imported is (${exported.bytes.length} bytes), exceeded max size (${inlineLimitBytes} bytes)`;
    throw new ApiError(400, 'BAD_REQUEST', message);
  }
  return exported;
}

function write(node: WorkspaceNode, below: readonly WorkspaceNode[], format: string): Exported {
  const name = nameOf(node.path);
  if (node.type === 'DIRECTORY') return writeFolder(node, below, format);
  if (node.type === 'DESIGNER_FILE') {
    if (format !== 'JUPYTER' && format !== 'AUTO')
      throw invalidParameter(`A file of Lakeflow Designer can't be exported in format ${format}`);
    return { bytes: node.bytes, fileType: 'ipynb' };
  }
  if (node.type !== 'NOTEBOOK') {
    if (format !== 'SOURCE' && format !== 'AUTO')
      throw invalidParameter(`A file can't be exported in format ${format}`);
    return { bytes: node.bytes, fileType: posix.extname(name).slice(1) };
  }
  switch (format) {
    case 'SOURCE':
    case 'AUTO':
      return { bytes: Buffer.from(toSource(node)), fileType: languages[node.language].extension.slice(1) };
    case 'JUPYTER':
      return { bytes: Buffer.from(toJupyter(name, node)), fileType: 'ipynb' };
    case 'HTML':
      return { bytes: Buffer.from(toHtml(name, node)), fileType: 'html' };
    case 'R_MARKDOWN':
      return { bytes: Buffer.from(toRMarkdown(node)), fileType: 'Rmd' };
    case 'DBC':
      return { bytes: writeZip([dbcEntry(name, node)]), fileType: 'dbc' };
    default:
      throw invalidParameter(`Format must be one of SOURCE, HTML, JUPYTER, DBC, R_MARKDOWN, AUTO, got ${format}`);
  }
}

/** Folders: DBC and SOURCE hold the notebooks, AUTO the files too; paths start with the name of the folder. */
function writeFolder(folder: WorkspaceNode, below: readonly WorkspaceNode[], format: string): Exported {
  if (!['DBC', 'SOURCE', 'AUTO'].includes(format))
    throw invalidParameter(`A folder can't be exported in format ${format}`);
  const start = folder.path.length - nameOf(folder.path).length;
  const entries = below.flatMap((node): ZipEntry | ZipEntry[] => {
    const path = node.path.slice(start);
    if (node.type === 'DIRECTORY') return { path: `${path}/`, bytes: Buffer.alloc(0) };
    if ('bytes' in node) return format === 'AUTO' ? { path, bytes: node.bytes } : [];
    if (format === 'DBC') return dbcEntry(path, node);
    return { path: path + languages[node.language].extension, bytes: Buffer.from(toSource(node)) };
  });
  const top = `${nameOf(folder.path)}/`;
  return {
    bytes: writeZip([{ path: top, bytes: Buffer.alloc(0) }, ...entries]),
    fileType: format === 'DBC' ? 'dbc' : 'zip',
  };
}

function dbcEntry(path: string, notebook: WorkspaceNode & { readonly type: 'NOTEBOOK' }): ZipEntry {
  return {
    path: `${path}.${notebook.language.toLowerCase()}`,
    bytes: Buffer.from(toNotebookDocument(nameOf(path), notebook)),
  };
}
