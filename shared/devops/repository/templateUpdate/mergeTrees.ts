import { blobObject, modes, type GitObject, type TreeEntry, type TreeFile } from '../git/objects';
import { entriesOf, markerPath, mostBytes, type Marker } from '../marker';
import { textOf } from '../template/textOf';
import { movesOf } from './moves';
import { mergeText, type ConflictLabels } from './mergeText';

type Tree = ReadonlyMap<string, TreeEntry>;

/** What became of a file that the template changed. Files that only people changed are not among them. */
export interface FileOutcome {
  /** `kept`: the change of the template could not be made. */
  readonly kind: 'added' | 'updated' | 'deleted' | 'moved' | 'merged' | 'conflict' | 'kept';
  readonly path: string;
  /** For `moved`: from where; for `conflict`: how many; for `kept`: why, as the words after the path. */
  readonly note?: string;
}

export interface MergeSides {
  /** The template as it was when the repository last received it. */
  readonly marker: Marker;
  /** The template as it is now. */
  readonly rendered: readonly TreeFile[];
  /** The files of the branch, without the marker. */
  readonly theirs: Tree;
  /** The content of a file by its id; undefined when the repository does not have it any more. */
  readonly read: (id: string) => Promise<Uint8Array | undefined>;
  readonly labels: ConflictLabels;
}

export interface MergedTrees {
  /** All files of the branch afterwards, without the marker. */
  readonly entries: Tree;
  /** Contents that the repository may not have yet. */
  readonly blobs: readonly GitObject[];
  readonly outcomes: readonly FileOutcome[];
  /** Texts of the template as it is now that no commit will have: a later merge needs them. */
  readonly originals: Marker['originals'];
}

/** A file on the three sides; the path is undefined where the side does not have it. */
interface Sides {
  readonly base: string | undefined;
  readonly template: string | undefined;
  readonly theirs: string | undefined;
}

/**
 * Merges what a template changed into files that people may have changed as well, as git merges two branches. What only one
 * side changed is taken from it; texts are merged by lines; renamed files are followed where their content is the same. A
 * change that cannot be made is left out and listed: nothing that people made is lost.
 */
export async function mergeTrees(sides: MergeSides): Promise<MergedTrees> {
  const { marker, theirs } = sides;
  const base = marker.files ?? new Map<string, TreeEntry>();
  const template = entriesOf(sides.rendered);
  const contents = new Map(sides.rendered.map(({ path, content }) => [path, content]));
  const result = new Map(theirs);
  const additions = new Map<string, TreeEntry>();
  const blobs = new Map<string, GitObject>();
  const outcomes: FileOutcome[] = [];
  for (const paths of alignedFiles(base, template, theirs)) {
    const outcome = outcomeOf(paths, { base, template, theirs });
    if (!outcome) continue;
    if (outcome === 'merge') {
      const merged = await mergeFile(sides, paths, { base, template, contents });
      if (merged.blob) blobs.set(merged.blob.id, merged.blob);
      if (paths.theirs !== undefined) result.delete(paths.theirs);
      (merged.path === paths.theirs ? result : additions).set(merged.path, merged.entry);
      if (merged.outcome) outcomes.push(merged.outcome);
      continue;
    }
    outcomes.push(outcome);
    if (outcome.kind === 'deleted') result.delete(outcome.path);
    if (outcome.kind === 'added' && paths.template !== undefined)
      additions.set(paths.template, template.get(paths.template) ?? neverMissing());
  }
  const refused = addAll(additions, result);
  const known = new Set([...theirs.values()].map(({ id }) => id));
  const used = new Set([...result.values()].map(({ id }) => id));
  for (const content of contents.values()) {
    const blob = blobObject(content);
    if (used.has(blob.id) && !known.has(blob.id)) blobs.set(blob.id, blob);
  }
  return {
    entries: result,
    blobs: [...blobs.values()],
    outcomes: [...outcomes.filter(({ path }) => !refused.some((each) => each.path === path)), ...refused],
    originals: originalsOf(sides, base, result),
  };
}

function neverMissing(): never {
  throw new Error('A file of the template has an entry.');
}

/** Which paths of the three sides are the same file: of one name, or renamed by one side without another change. */
function* alignedFiles(base: Tree, template: Tree, theirs: Tree): Generator<Sides> {
  const inTemplate = movesOf(base, template);
  const inTheirs = movesOf(base, theirs);
  const taken = new Set(inTemplate.values());
  for (const path of base.keys())
    yield {
      base: path,
      template: template.has(path) ? path : inTemplate.get(path),
      theirs: theirs.has(path) ? path : inTheirs.get(path),
    };
  for (const path of template.keys())
    if (!base.has(path) && !taken.has(path))
      yield { base: undefined, template: path, theirs: theirs.has(path) ? path : undefined };
}

/** What to do with a file: nothing, a merge of its contents, or what is listed. */
function outcomeOf(
  paths: Sides,
  trees: { readonly base: Tree; readonly template: Tree; readonly theirs: Tree },
): FileOutcome | 'merge' | undefined {
  const base = paths.base === undefined ? undefined : trees.base.get(paths.base);
  const template = paths.template === undefined ? undefined : trees.template.get(paths.template);
  const theirs = paths.theirs === undefined ? undefined : trees.theirs.get(paths.theirs);
  if (!template) {
    if (!theirs || paths.theirs === undefined) return undefined;
    if (same(base, theirs) && paths.theirs === paths.base) return { kind: 'deleted', path: paths.theirs };
    return { kind: 'kept', path: paths.theirs, note: 'was deleted in the template, and was changed here' };
  }
  if (!theirs) {
    const path = paths.template ?? '';
    if (!base) return { kind: 'added', path };
    if (same(base, template)) return undefined;
    return { kind: 'kept', path, note: 'was changed in the template, and was deleted here' };
  }
  const isMoved = paths.template !== paths.base && paths.base !== undefined;
  return same(theirs, template) && paths.theirs === paths.template
    ? undefined
    : same(base, template) && !isMoved
      ? undefined
      : 'merge';
}

interface MergedFile {
  readonly path: string;
  readonly entry: TreeEntry;
  readonly blob?: GitObject;
  readonly outcome?: FileOutcome;
}

/** A file that all sides have, or that the template and people added both. */
async function mergeFile(
  { marker, theirs: theirTree, read, labels }: MergeSides,
  paths: Sides,
  trees: { readonly base: Tree; readonly template: Tree; readonly contents: ReadonlyMap<string, Uint8Array> },
): Promise<MergedFile> {
  const theirPath = paths.theirs ?? '';
  const templatePath = paths.template ?? '';
  const base = paths.base === undefined ? undefined : trees.base.get(paths.base);
  const template = trees.template.get(templatePath) ?? neverMissing();
  const theirs = theirTree.get(theirPath) ?? neverMissing();
  // Who renamed the file decides about its name; of two new names, the one that people gave it stays.
  const isRenamed = paths.base !== undefined && templatePath !== paths.base && theirPath === paths.base;
  const path = isRenamed && isFree(theirTree, templatePath, theirPath) ? templatePath : theirPath;
  const moved: FileOutcome | undefined = path === theirPath ? undefined : { kind: 'moved', path, note: theirPath };
  const keep = (note: string): MergedFile => ({
    path: theirPath,
    entry: theirs,
    outcome: { kind: 'kept', path: theirPath, note },
  });
  const entry = (id: string): TreeEntry => ({ mode: modeOf(base, template, theirs), id });
  if (!isFile(theirs)) return keep('is a link or a submodule here, and was changed in the template');
  if (isRenamed && path === theirPath && template.id === base?.id)
    return keep(`was renamed to ${templatePath} in the template, where there is something else here`);
  if (template.id === base?.id || template.id === theirs.id)
    return { path, entry: entry(theirs.id), outcome: moved ?? { kind: 'updated', path } };
  if (theirs.id === base?.id) return { path, entry: entry(template.id), outcome: moved ?? { kind: 'updated', path } };
  const content = await read(theirs.id);
  const baseContent = base && (marker.originals.get(paths.base ?? '') ?? (await read(base.id)));
  const texts = { template: textOfSmall(trees.contents.get(templatePath)), theirs: textOfSmall(content) };
  if (texts.template === undefined || texts.theirs === undefined)
    return keep('is not text of less than 1 MiB, and was changed both here and in the template');
  const versions = { base: textOfSmall(baseContent), template: texts.template, theirs: texts.theirs };
  const { text, conflicts } = mergeText(versions, labels);
  const blob = blobObject(Buffer.from(text));
  const kind = conflicts > 0 ? 'conflict' : 'merged';
  return { path, entry: entry(blob.id), blob, outcome: { kind, path, ...(conflicts > 0 && { note: `${conflicts}` }) } };
}

/** Whether a file can be renamed to a path: nothing else is there, above it or below it. */
function isFree(tree: Tree, path: string, from: string): boolean {
  const isAbove = (each: string): boolean => path.startsWith(`${each}/`);
  return ![...tree.keys()].some(
    (each) => each !== from && (each === path || isAbove(each) || each.startsWith(`${path}/`)),
  );
}

/** The executable bit that one side changed. */
function modeOf(base: TreeEntry | undefined, template: TreeEntry, theirs: TreeEntry): string {
  return base && template.mode !== base.mode ? template.mode : theirs.mode;
}

function isFile({ mode }: TreeEntry): boolean {
  return mode === modes.file || mode === modes.executable;
}

function same(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.id === b?.id && a?.mode === b?.mode;
}

function textOfSmall(content: Uint8Array | undefined): string | undefined {
  return content && content.length <= mostBytes ? textOf(content) : undefined;
}

/** Adds files, but none where there is a folder or below a file; these are returned. */
function addAll(additions: Tree, result: Map<string, TreeEntry>): readonly FileOutcome[] {
  const refused: FileOutcome[] = [];
  for (const [path, entry] of additions) {
    const parts = path.split('/');
    const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
    const isBlocked =
      above.some((folder) => result.has(folder)) || [...result.keys()].some((each) => each.startsWith(`${path}/`));
    if (isBlocked)
      refused.push({ kind: 'kept', path, note: 'was not added: a file and a folder would have the same name' });
    else result.set(path, entry);
  }
  return refused;
}

/**
 * Of the texts of the template that the branch has in another form, those that no commit has. A text that the template did
 * not change is in the history already, or in the marker before.
 */
function originalsOf({ marker, rendered, theirs }: MergeSides, base: Tree, result: Tree): Marker['originals'] {
  const known = new Set([...theirs.values(), ...result.values()].map(({ id }) => id));
  const ids = entriesOf(rendered);
  return new Map(
    rendered.flatMap(({ path, content }): [string, Uint8Array][] => {
      const id = ids.get(path)?.id;
      if (path === markerPath || id === undefined || known.has(id) || !result.has(path)) return [];
      const isInHistory = base.get(path)?.id === id && !marker.originals.has(path);
      return isInHistory || textOfSmall(content) === undefined ? [] : [[path, content]];
    }),
  );
}
