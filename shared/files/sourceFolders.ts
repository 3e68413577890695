import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { FileError, fileError } from './fileError';

/** What the system shows as files, such as the environment of a process, is never a source. */
const ofTheSystem = /^\/(?:proc|sys|dev(?!\/shm\/))(?:\/|$)/;

/**
 * The folders that a task reads files from. A repository is written by many, and its links and includes could name any
 * file of the agent, such as those that hold its secrets. So what is read must lie in these folders after all links are
 * resolved.
 */
export class SourceFolders {
  readonly #given: readonly string[];
  readonly #resolved: readonly string[];

  /** Folders that do not exist hold nothing. */
  constructor(folders: readonly string[]) {
    this.#given = folders.map((folder) => resolve(folder));
    this.#resolved = this.#given.flatMap((folder) => {
      try {
        return [realpathSync.native(folder)];
      } catch {
        return [];
      }
    });
  }

  /**
   * These folders, and one that the pipeline itself names. A folder that is written as a part of these folders stays
   * bound to them, also if it is a link: anyone who writes to the repository could have created it.
   */
  including(folder: string): SourceFolders {
    const path = resolve(folder);
    return this.contains(path) ? this : new SourceFolders([...this.#given, path]);
  }

  /** The path of a file or a folder without links. Throws a FileError if it does not exist or is not in these folders. */
  resolve(path: string): string {
    let resolved: string;
    try {
      resolved = realpathSync.native(path);
    } catch (error) {
      throw fileError(path, error);
    }
    if (this.has(resolved)) return resolved;
    throw this.refusal(path);
  }

  /** As `resolve`, for a folder. */
  resolveFolder(path: string): string {
    const resolved = this.resolve(path);
    if (!statSync(resolved, { throwIfNoEntry: false })?.isDirectory())
      throw new FileError(path, 'is not a folder.', 'NOTFOLDER');
    return resolved;
  }

  /** Whether a path without links is in these folders. */
  has(resolved: string): boolean {
    return !ofTheSystem.test(resolved) && this.#resolved.some((folder) => isWithin(folder, resolved));
  }

  /** What is said of a path outside of these folders. */
  refusal(path: string): FileError {
    const how = this.contains(path) ? 'is a symbolic link that leads' : 'is';
    return new FileError(
      path,
      `${how} out of the folders that files are read from: the sources, the working folder and the temporary folder of the job. Copy the file to one of them, without a link.`,
      'OUTSIDE',
    );
  }

  /** Whether a path is written as a part of these folders, wherever links lead. */
  contains(path: string): boolean {
    const absolute = resolve(path);
    return [...this.#given, ...this.#resolved].some((folder) => isWithin(folder, absolute));
  }
}

/** Whether a path is a folder or in it, both absolute; on Windows without regard to case. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
