import { readFile, rename, writeFile } from 'node:fs/promises';
import { isJsonObject, type JsonObject, parseJson, toJson } from './json';

const writeDelayMilliseconds = 200;

/** Reads a saved state; `undefined` when there is none yet. @throws Error when the file is not one. */
export async function loadState(file: string): Promise<JsonObject | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const state = parseJson(text);
  if (!isJsonObject(state) || state.version !== 1) throw new Error(`${file} is not a state file of this sandbox`);
  return state;
}

/** Keeps a file up to date: a write follows a change within 200 ms, and the last one is done by `close`. */
export class StateFile {
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly collect: () => JsonObject,
  ) {}

  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#write();
    }, writeDelayMilliseconds);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#write();
    await this.#writing;
  }

  #write(): void {
    this.#writing = this.#writing.then(async () => {
      const text = toJson({ version: 1, ...this.collect() });
      // A reader never sees half of a state.
      await writeFile(`${this.file}.new`, text);
      await rename(`${this.file}.new`, this.file);
    });
  }
}
