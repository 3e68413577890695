/** A field that is not as the format says. */
export class DamagedField extends Error {
  override readonly name = 'DamagedField';
}

/** A word that the format has in a newer version. */
export class UnknownWord extends Error {
  override readonly name = 'UnknownWord';
}

/** Reads the own fields of a map of JSON, and knows where the map is, for errors such as `metrics[2].name is not a text`. */
export class Fields {
  readonly #map: Readonly<Record<string, unknown>>;
  readonly #path: string;

  /** @throws DamagedField when the value is not a map */
  constructor(value: unknown, path = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new DamagedField(`${path === '' ? 'The document' : path} is not a map`);
    this.#map = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  /** May be empty. */
  text(name: string): string {
    const value = this.value(name);
    return typeof value === 'string' ? value : this.#fail(name, 'a text');
  }

  /** Undefined for an empty text, too. */
  optionalText(name: string): string | undefined {
    return this.#isAbsent(name) ? undefined : this.text(name) || undefined;
  }

  number(name: string): number {
    const value = this.value(name);
    return typeof value === 'number' && Number.isFinite(value) ? value : this.#fail(name, 'a finite number');
  }

  optionalNumber(name: string): number | undefined {
    return this.#isAbsent(name) ? undefined : this.number(name);
  }

  flag(name: string): boolean {
    const value = this.value(name);
    return typeof value === 'boolean' ? value : this.#fail(name, 'true or false');
  }

  /** @throws UnknownWord for another text */
  word<Word extends string>(name: string, known: readonly Word[]): Word {
    const text = this.text(name);
    const word = known.find((each) => each === text);
    if (word === undefined) throw new UnknownWord(`${this.pathOf(name)} is '${text}'`);
    return word;
  }

  map<T>(name: string, read: (fields: Fields) => T): T {
    return read(new Fields(this.value(name), this.pathOf(name)));
  }

  optionalMap<T>(name: string, read: (fields: Fields) => T): T | undefined {
    return this.#isAbsent(name) ? undefined : this.map(name, read);
  }

  maps<T>(name: string, read: (fields: Fields) => T): readonly T[] {
    return this.#list(name).map((item, index) => read(new Fields(item, `${this.pathOf(name)}[${index}]`)));
  }

  texts(name: string): readonly string[] {
    return this.#list(name).map((item, index) =>
      typeof item === 'string' ? item : this.#fail(`${name}[${index}]`, 'a text'),
    );
  }

  optionalTexts(name: string): readonly string[] {
    return this.#isAbsent(name) ? [] : this.texts(name);
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#map, name) ? this.#map[name] : undefined;
  }

  names(): readonly string[] {
    return Object.keys(this.#map);
  }

  pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  #list(name: string): readonly unknown[] {
    const value = this.value(name);
    return Array.isArray(value) ? value : this.#fail(name, 'a list');
  }

  #isAbsent(name: string): boolean {
    return this.value(name) === undefined || this.value(name) === null;
  }

  #fail(name: string, expected: string): never {
    throw new DamagedField(`${this.pathOf(name)} is not ${expected}`);
  }
}
