import { createHash } from 'node:crypto';

export type ObjectType = 'commit' | 'tree' | 'blob';

/** An object of git: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects. */
export interface GitObject {
  readonly type: ObjectType;
  /** In hex. */
  readonly id: string;
  readonly content: Uint8Array;
}

/** A file of a tree. */
export interface TreeFile {
  /** From the root, with `/`; no part is empty, `.` or `..`. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly isExecutable: boolean;
}

export interface CommitFacts {
  /** The id of the root tree. */
  readonly tree: string;
  /** The id of the commit before it; undefined for the first one. */
  readonly parent?: string | undefined;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Whole seconds since 1970, in UTC. */
  readonly seconds: number;
}

/** The id that stands for no object. */
export const noObject = '0'.repeat(40);

/** The modes of a tree: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects (Tree Objects). */
export const modes = { executable: '100755', file: '100644', folder: '40000' } as const;

/** A file of a tree by its object: also a symbolic link (120000) or a submodule (160000). */
export interface TreeEntry {
  readonly mode: string;
  /** The id of a blob, or of the commit of a submodule. */
  readonly id: string;
}

/** A tree with all files, and the trees and blobs in it; each object once. The root tree is the last one. */
export function treeObjects(files: readonly TreeFile[]): readonly [...GitObject[], GitObject] {
  const blobs = new Map<string, GitObject>();
  const entries = new Map<string, TreeEntry>();
  for (const { path, content, isExecutable } of files) {
    const blob = blobObject(content);
    blobs.set(blob.id, blob);
    entries.set(path, { mode: isExecutable ? modes.executable : modes.file, id: blob.id });
  }
  return [...blobs.values(), ...treesOf(entries)];
}

/** The trees of files whose objects are known, each once. The root tree is the last one. */
export function treesOf(entries: ReadonlyMap<string, TreeEntry>): readonly [...GitObject[], GitObject] {
  const trees = new Map<string, GitObject>();
  const root = addTree([...entries], trees);
  trees.delete(root.id);
  return [...trees.values(), root];
}

/** The content of a file as an object. */
export function blobObject(content: Uint8Array): GitObject {
  return gitObject('blob', content);
}

/** A commit. */
export function commitObject({ tree, parent, message, author, seconds }: CommitFacts): GitObject {
  const person = `${author.name} <${author.email}> ${seconds} +0000`;
  const lines = [
    `tree ${tree}`,
    ...(parent === undefined ? [] : [`parent ${parent}`]),
    `author ${person}`,
    `committer ${person}`,
    '',
    message.replace(/\n*$/, '\n'),
  ];
  return gitObject('commit', Buffer.from(lines.join('\n')));
}

function addTree(files: readonly (readonly [string, TreeEntry])[], trees: Map<string, GitObject>): GitObject {
  const folders = new Map<string, (readonly [string, TreeEntry])[]>();
  const entries: (TreeEntry & { readonly name: string })[] = [];
  for (const [path, entry] of files) {
    const slash = path.indexOf('/');
    if (slash < 0) {
      entries.push({ name: path, ...entry });
      continue;
    }
    const name = path.slice(0, slash);
    const inside = folders.get(name) ?? [];
    inside.push([path.slice(slash + 1), entry]);
    folders.set(name, inside);
  }
  for (const [name, inside] of folders) entries.push({ name, mode: modes.folder, id: addTree(inside, trees).id });
  // By bytes, a folder as if its name ended with a slash (base_name_compare in git's read-cache.c).
  const keyOf = ({ name, mode }: (typeof entries)[number]): Buffer =>
    Buffer.from(mode === modes.folder ? `${name}/` : name);
  entries.sort((a, b) => Buffer.compare(keyOf(a), keyOf(b)));
  const parts = entries.flatMap(({ name, mode, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);
  const tree = gitObject('tree', Buffer.concat(parts));
  trees.set(tree.id, tree);
  return tree;
}

function gitObject(type: ObjectType, content: Uint8Array): GitObject {
  const id = createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
  return { type, id, content };
}
