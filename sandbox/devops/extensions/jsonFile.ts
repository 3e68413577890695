import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isObject } from '../rest/requestBody';
import type { ExtensionDataFile, StoredCollections } from './extensions';

/**
 * The data of extensions in a JSON file that several processes use, each of which sees what another one wrote at its next
 * request. Writes replace the whole file.
 */
export class JsonFile implements ExtensionDataFile {
  #seen = '';

  constructor(private readonly file: string) {}

  /** @throws Error when the file is not what was written */
  changed(): StoredCollections | undefined {
    const now = this.#state();
    if (now === this.#seen) return undefined;
    this.#seen = now;
    if (now === '') return {};
    const stored = JSON.parse(readFileSync(this.file, 'utf8')) as unknown;
    if (!isObject(stored) || stored['format'] !== format || !isObject(stored['extensions']))
      throw new Error(`${this.file} does not contain the data of extensions. Delete it to start without data.`);
    return stored['extensions'] as StoredCollections;
  }

  write(extensions: StoredCollections): void {
    mkdirSync(path.dirname(this.file), { recursive: true });
    const written = `${this.file}.${process.pid}`;
    writeFileSync(written, `${JSON.stringify({ format, extensions }, null, 1)}\n`);
    renameSync(written, this.file);
    this.#seen = this.#state();
  }

  /** Changes with every write; empty while there is no file. */
  #state(): string {
    if (!existsSync(this.file)) return '';
    const { mtimeMs, size, ino } = statSync(this.file);
    return `${mtimeMs} ${size} ${ino}`;
  }
}

const format = 1;
