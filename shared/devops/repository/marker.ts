import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { TaskError } from '../../errors';
import { isObject, parsedJson } from '../../json';
import { blobObject, modes, treesOf, type TreeEntry, type TreeFile } from './git/objects';
import type { TemplateOrigin } from './wanted';

/**
 * The file by which a repository is known to be made from a template by this product. It is also what an update of the
 * template is merged with: it names the files of the rendered template that the repository has, by the ids of their
 * contents. The contents themselves are in the history of the repository, under these ids, however pull requests are
 * completed; those that never were in it, because people had changed the file, are in this record.
 */
export const markerPath = '.model-pipelines.json';

const creator = 'CreateRepository of Model Pipeline Tasks';

export interface Marker {
  /** The id of the tree of the rendered template, without the marker. */
  readonly content: string;
  /** The files of the rendered template; undefined for a record that does not have them. */
  readonly files: ReadonlyMap<string, TreeEntry> | undefined;
  /** Contents that are not in the history of the repository, by the paths of files. */
  readonly originals: ReadonlyMap<string, Uint8Array>;
}

/** The files with the marker. A marker in the template itself is replaced: it is that of the template's repository. */
export function withMarker(files: readonly TreeFile[], origin: TemplateOrigin): readonly TreeFile[] {
  const own = files.filter(({ path }) => path !== markerPath);
  return [...own, { path: markerPath, content: markerContent(own, origin, new Map()), isExecutable: false }];
}

/** The marker of a rendered template. */
export function markerContent(
  files: readonly TreeFile[],
  { repository, commit, variables }: TemplateOrigin,
  originals: Marker['originals'],
): Buffer {
  const marker = {
    createdBy: creator,
    template: { repository, commit, content: contentOf(files) },
    variables,
    files: Object.fromEntries([...entriesOf(files)].map(([path, { mode, id }]) => [path, `${mode} ${id}`])),
    ...(originals.size > 0 && {
      originals: Object.fromEntries(
        [...originals].map(([path, content]) => [path, deflateRawSync(content).toString('base64')]),
      ),
    }),
  };
  return Buffer.from(`${JSON.stringify(marker, undefined, 2)}\n`);
}

/** The files as a tree has them, without the marker. */
export function entriesOf(files: readonly TreeFile[]): ReadonlyMap<string, TreeEntry> {
  return new Map(
    files
      .filter(({ path }) => path !== markerPath)
      .map(({ path, content, isExecutable }) => [
        path,
        { mode: isExecutable ? modes.executable : modes.file, id: blobObject(content).id },
      ]),
  );
}

/** The id of the tree of files, without the marker. */
export function contentOf(files: readonly TreeFile[]): string {
  return treesOf(entriesOf(files)).at(-1)?.id ?? '';
}

/** What a marker says; undefined for a file that is not one. Throws a TaskError for a file that is not JSON, or a part of it. */
export function readMarker(file: Uint8Array): Marker | undefined {
  const value = parsedJson(Buffer.from(file).toString('utf8'));
  if (value === undefined)
    throw new TaskError(
      `The file ${markerPath} of the repository is not valid JSON, so that it does not show the template that it was made from. Run this step again; if it is damaged, restore it from the history of the repository, or delete it.`,
    );
  if (!isObject(value) || value['createdBy'] !== creator || !isObject(value['template'])) return undefined;
  const { content } = value['template'];
  return {
    content: typeof content === 'string' ? content : '',
    files: isObject(value['files']) ? readFiles(value['files']) : undefined,
    originals: isObject(value['originals']) ? readOriginals(value['originals']) : new Map(),
  };
}

function readFiles(files: object): ReadonlyMap<string, TreeEntry> {
  return new Map(
    Object.entries(files).flatMap(([path, text]): [string, TreeEntry][] => {
      const [, mode, id] = (typeof text === 'string' && /^(\d{6}) ([\da-f]{40})$/.exec(text)) || [];
      return mode === undefined || id === undefined ? [] : [[path, { mode, id }]];
    }),
  );
}

/** What cannot be read is as if it were missing. */
function readOriginals(originals: object): ReadonlyMap<string, Uint8Array> {
  return new Map(
    Object.entries(originals).flatMap(([path, text]): [string, Uint8Array][] => {
      try {
        return [[path, inflateRawSync(Buffer.from(String(text), 'base64'), { maxOutputLength: mostBytes })]];
      } catch {
        return [];
      }
    }),
  );
}

/** Texts that are merged are not larger. */
export const mostBytes = 1024 * 1024;
