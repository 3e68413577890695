import type { SandboxClock } from '../../clock';
import type { Ids } from '../ids';
import { alreadyExists, ApiError, doesNotExist, invalidParameter } from '../apiError';
import type { NotebookContent } from './notebookFormats';

interface Common {
  readonly id: string;
  readonly path: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
}
/** Objects that are kept as bytes: a dashboard is `x.lvdash.json`, and a file of Lakeflow Designer `x.designer.ipynb`. */
export type FileType = 'FILE' | 'DASHBOARD' | 'DESIGNER_FILE';
export type Content =
  | { readonly type: 'DIRECTORY' }
  | ({ readonly type: 'NOTEBOOK' } & NotebookContent)
  | { readonly type: FileType; readonly bytes: Buffer };
export type WorkspaceNode = Common & Content;

const roots = ['/', '/Users', '/Shared', '/Repos'];

/**
 * Normal form of a workspace path: single slashes, no slash at the end, without the `/Workspace` mount, which names
 * the same place. @throws ApiError when it is not absolute.
 */
export function normalPath(path: string): string {
  if (!path.startsWith('/')) throw invalidParameter(`Path (${path}) doesn't start with '/'`);
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..')) throw invalidParameter(`Path (${path}) is not normalized`);
  if (parts[0] === 'Workspace') parts.shift();
  return `/${parts.join('/')}`;
}

export const parentOf = (path: string) => path.slice(0, Math.max(1, path.lastIndexOf('/')));
export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** The objects of the workspace by normal path. Nodes never change; a change puts a new node in place. */
export class WorkspaceTree {
  readonly #nodes = new Map<string, WorkspaceNode>();
  readonly #children = new Map<string, Set<string>>();
  /** What a read still sees of a path that changed less than `lagMilliseconds` ago. */
  readonly #before = new Map<string, { readonly node: WorkspaceNode | undefined; readonly until: number }>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly ids: Ids,
    private readonly lagMilliseconds: number,
    private readonly changed: () => void,
  ) {}

  get(path: string): WorkspaceNode | undefined {
    return this.#nodes.get(path);
  }

  /** Like `get`, as late as the reads of an eventually consistent workspace are. */
  read(path: string): WorkspaceNode | undefined {
    const before = this.#before.get(path);
    if (before && before.until > this.clock.now()) return before.node;
    this.#before.delete(path);
    return this.#nodes.get(path);
  }

  /** What `read` sees directly below a folder, by name. */
  readChildren(path: string): WorkspaceNode[] {
    const paths = new Set(this.#children.get(path));
    for (const late of this.#before.keys()) if (late !== '/' && parentOf(late) === path) paths.add(late);
    const found = [...paths].sort().map((child) => this.read(child));
    return found.filter((node) => node !== undefined);
  }

  /** Everything below a folder, folders before what is in them. */
  below(path: string): WorkspaceNode[] {
    return [...(this.#children.get(path) ?? [])].sort().flatMap((child) => {
      const node = this.#nodes.get(child);
      return node ? [node, ...this.below(child)] : [];
    });
  }

  /** Whose home a folder is in, by its id; undefined for a folder that is nobody's. @throws ApiError where there is no such folder */
  ownerOf(id: string): string | undefined {
    const found = [...this.#nodes.values()].find((node) => node.id === id && node.type === 'DIRECTORY');
    if (!found) throw doesNotExist(`There is no folder with the id ${id}.`);
    const [, root, owner] = found.path.split('/');
    return root === 'Users' ? owner : undefined;
  }

  /** A copy that later changes don't reach. */
  snapshot(): ReadonlyMap<string, WorkspaceNode> {
    return new Map(this.#nodes);
  }

  /** Creates or overwrites a notebook or file. */
  put(path: string, content: Content, overwrite: boolean): void {
    const existing = this.#nodes.get(path);
    if (existing && !overwrite) throw alreadyExists(`Path (${path}) already exists.`);
    if (existing && existing.type !== content.type) throw alreadyExists(`Node named '${nameOf(path)}' already exists`);
    if (path === '/' || this.#nodes.get(parentOf(path))?.type !== 'DIRECTORY') {
      throw doesNotExist(`The parent folder (${parentOf(path)}) does not exist.`);
    }
    this.#protect(path);
    this.#set(path, content, existing);
  }

  /** Makes a folder and its parents; does nothing where they exist. */
  makeFolders(path: string): void {
    const existing = this.#nodes.get(path);
    if (existing?.type === 'DIRECTORY') return;
    if (existing) throw alreadyExists(`Path (${path}) already exists.`);
    if (path !== '/') this.makeFolders(parentOf(path));
    this.#protect(path);
    this.#set(path, { type: 'DIRECTORY' }, undefined);
  }

  /** Makes the folders that every workspace has, and the home of a user. */
  addUser(userName: string): void {
    for (const path of [...roots, `/Users/${userName}`]) {
      if (!this.#nodes.has(path)) this.#set(path, { type: 'DIRECTORY' }, undefined);
    }
  }

  remove(path: string, recursive: boolean): void {
    const node = this.#nodes.get(path);
    if (!node) throw doesNotExist(`Path (${path}) doesn't exist.`);
    if (roots.includes(path)) throw directoryProtected(path);
    this.#protect(path);
    const below = this.below(path);
    if (below.length > 0 && !recursive) throw new ApiError(400, 'DIRECTORY_NOT_EMPTY', `Folder (${path}) is not empty`);
    for (const gone of [...below.reverse(), node]) {
      this.#remember(gone.path);
      this.#nodes.delete(gone.path);
      this.#children.delete(gone.path);
      this.#children.get(parentOf(gone.path))?.delete(gone.path);
    }
    this.changed();
  }

  /** Puts back saved nodes. */
  restore(nodes: readonly WorkspaceNode[]): void {
    for (const node of nodes) this.#place(node);
  }

  /** Only users have folders directly below `/Users`, and those can't be removed. */
  #protect(path: string): void {
    if (parentOf(path) === '/Users' && path !== '/Users') throw directoryProtected('/Users');
  }

  #set(path: string, content: Content, existing: WorkspaceNode | undefined): void {
    const now = this.clock.now();
    this.#remember(path);
    this.#place({
      id: existing?.id ?? this.ids.next(),
      path,
      createdAt: existing?.createdAt ?? now,
      modifiedAt: now,
      ...content,
    });
    this.changed();
  }

  #place(node: WorkspaceNode): void {
    this.#nodes.set(node.path, node);
    if (node.path === '/') return;
    const siblings = this.#children.get(parentOf(node.path)) ?? new Set();
    this.#children.set(parentOf(node.path), siblings.add(node.path));
  }

  #remember(path: string): void {
    if (this.lagMilliseconds <= 0) return;
    this.#before.set(path, { node: this.read(path), until: this.clock.now() + this.lagMilliseconds });
  }
}

function directoryProtected(path: string): ApiError {
  return new ApiError(400, 'DIRECTORY_PROTECTED', `Folder ${nameOf(path)} is protected`);
}
