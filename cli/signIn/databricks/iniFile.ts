import { TaskError } from '../../../shared/errors';

/** The sections of a file by their names, with the values by their names in lower case. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The section that may be there several times. */
const defaultSection = 'DEFAULT';

/**
 * Reads a file in the INI format, as `configparser` of Python does, with which the Databricks SDK for Python reads
 * `.databrickscfg`: names in lower case, `=` or `:` between name and value, comments in lines of their own (`#`, `;`) and
 * nowhere else, and a line that is indented deeper than its name continues the value. Sections and names must not be
 * there twice. Two things are as in the Databricks CLI (`ini.v1` of Go), because Python makes them unusable: a byte order
 * mark is ignored, and quotation marks around a whole value are removed. Throws a TaskError that names all bad lines
 * by their numbers, and repeats nothing of them: each may be a secret.
 */
export function readIni(text: string, file: string): IniSections {
  const reading = new Reading();
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  lines.forEach((line, index) => reading.take(line, index + 1));
  if (reading.problems.length > 0) throw new TaskError(`'${file}' cannot be used: ${reading.problems.join('; ')}.`);
  return reading.sections();
}

class Reading {
  readonly problems: string[] = [];
  readonly #sections = new Map<string, Map<string, string[]>>();
  #section: Map<string, string[]> | undefined;
  #name: string | undefined;
  /** How deep the name is indented to which the value belongs. */
  #indent = 0;

  take(line: string, number: number): void {
    const text = line.trim();
    if (/^[#;]/.test(text)) return;
    const value = this.#name === undefined ? undefined : this.#section?.get(this.#name);
    if (text === '') {
      // An empty line belongs to a value that goes on after it.
      value?.push('');
      return;
    }
    const indent = line.length - line.trimStart().length;
    if (value && indent > this.#indent) {
      value.push(text);
      return;
    }
    this.#indent = indent;
    const [, header] = /^\[(.+)\]/.exec(text) ?? [];
    if (header !== undefined) this.#open(header, number);
    else this.#add(text, number);
  }

  sections(): IniSections {
    return new Map(
      [...this.#sections].map(([name, values]) => [
        name,
        new Map([...values].map(([key, lines]) => [key, unquoted(lines.join('\n').trimEnd())])),
      ]),
    );
  }

  #open(header: string, number: number): void {
    this.#name = undefined;
    const known = this.#sections.get(header);
    if (known && header !== defaultSection) this.problems.push(`line ${number} has the section [${header}] again`);
    this.#section = known ?? new Map<string, string[]>();
    this.#sections.set(header, this.#section);
  }

  #add(text: string, number: number): void {
    const [, given, value] = /^(.*?)\s*[=:]\s*(.*)$/s.exec(text) ?? [];
    if (!this.#section) this.problems.push(`line ${number} is above the first section, such as [${defaultSection}]`);
    else if (!given || value === undefined) this.problems.push(`line ${number} is not of the form name = value`);
    else {
      const name = given.toLowerCase();
      if (this.#section.has(name)) this.problems.push(`line ${number} has a name again that its section already has`);
      this.#section.set(name, [value]);
      this.#name = name;
    }
  }
}

function unquoted(value: string): string {
  return /^(["'])([^]*)\1$/.exec(value)?.[2] ?? value;
}
