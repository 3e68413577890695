import type { OrganizationState } from '../../organizationState';
import { folderExists, folderInvalid, folderNotFound } from '../buildErrors';

export interface Folder {
  path: string;
  description: string | undefined;
  readonly createdOn: number;
  /** Undefined for the outermost. */
  readonly createdById: string | undefined;
  lastChangedOn: number | undefined;
  lastChangedById: string | undefined;
}

/** `a/b`, `\a\b` and `a\b\` are the same path: `\a\b`. @throws OrganizationError for characters that no folder has */
export function folderPath(text: string): string {
  const parts = text.split(/[\\/]/).filter((part) => part !== '');
  if (parts.some((part) => /[<>%":?*|\t]|^\.+$/.test(part))) throw folderInvalid(text);
  return `\\${parts.join('\\')}`;
}

/** The folders that pipelines are in, of all projects. */
export class Folders {
  readonly #projects = new Map<string, Map<string, Folder>>();

  constructor(private readonly state: OrganizationState) {
    state.hooks.projectDeleted.add(({ id }) => {
      this.#projects.delete(id);
    });
  }

  /** Sorted by path, the outermost first. */
  ofProject(projectId: string): readonly Folder[] {
    return [...this.#of(projectId).values()].sort((a, b) => a.path.localeCompare(b.path));
  }

  find(projectId: string, path: string): Folder | undefined {
    return this.#of(projectId).get(path.toLowerCase());
  }

  /** @throws OrganizationError when it is there already */
  add(projectId: string, path: string, description: string | undefined, creatorId: string): Folder {
    if (this.find(projectId, path)) throw folderExists(path);
    return this.ensure(projectId, path, creatorId, description);
  }

  /** With those that it is in. */
  ensure(projectId: string, path: string, creatorId: string, description?: string): Folder {
    const known = this.find(projectId, path);
    if (known) return known;
    const parent = path.slice(0, Math.max(path.lastIndexOf('\\'), 1));
    this.ensure(projectId, parent, creatorId);
    const folder = this.#new(path, creatorId, description);
    this.#of(projectId).set(path.toLowerCase(), folder);
    return folder;
  }

  /** Renames it and all folders in it. @throws OrganizationError */
  update(projectId: string, path: string, to: string, description: string | undefined, changerId: string): Folder {
    const folders = this.#of(projectId);
    const folder = this.find(projectId, path);
    if (!folder || path === '\\') throw folderNotFound(path);
    if (to.toLowerCase() !== path.toLowerCase() && this.find(projectId, to)) throw folderExists(to);
    for (const each of this.inside(projectId, path)) {
      folders.delete(each.path.toLowerCase());
      each.path = to + each.path.slice(path.length);
      folders.set(each.path.toLowerCase(), each);
    }
    const change = { lastChangedOn: this.state.clock.now(), lastChangedById: changerId };
    Object.assign(folder, change, description !== undefined && { description });
    return folder;
  }

  /** With all folders in it. */
  remove(projectId: string, path: string): void {
    for (const each of this.inside(projectId, path)) this.#of(projectId).delete(each.path.toLowerCase());
  }

  /** A folder and all in it. */
  inside(projectId: string, path: string): readonly Folder[] {
    return this.ofProject(projectId).filter((each) => isInside(each.path, path));
  }

  #of(projectId: string): Map<string, Folder> {
    const known = this.#projects.get(projectId);
    if (known) return known;
    const folders = new Map([['\\', this.#new('\\', undefined, undefined)]]);
    this.#projects.set(projectId, folders);
    return folders;
  }

  #new(path: string, createdById: string | undefined, description: string | undefined): Folder {
    const createdOn = this.state.clock.now();
    return { path, description, createdOn, createdById, lastChangedOn: undefined, lastChangedById: undefined };
  }
}

export function isInside(path: string, folder: string): boolean {
  const [inner, outer] = [path.toLowerCase(), folder.toLowerCase()];
  return outer === '\\' || inner === outer || inner.startsWith(`${outer}\\`);
}
