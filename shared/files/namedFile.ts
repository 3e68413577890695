import { dirname } from 'node:path';
import { readSource } from './sourceFile';
import { SourceFolders } from './sourceFolders';

/** A file that the pipeline names, and the folders that it and the files that it includes may be read from. */
export class NamedFile {
  readonly folders: SourceFolders;

  constructor(
    /** Absolute. */
    readonly path: string,
    readableFolders: readonly string[],
  ) {
    this.folders = new SourceFolders(readableFolders).including(dirname(path));
  }

  /** Its content, of at most so many bytes. Throws a FileError. */
  read(mostBytes: number): Buffer {
    return readSource(this.path, this.folders, mostBytes);
  }
}
