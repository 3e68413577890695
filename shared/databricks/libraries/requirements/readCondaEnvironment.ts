import { parseCondaSpec, pipSpecifiers } from './condaSpec';
import { pypiNameOf } from './condaNames';
import { decodeText } from './decodeText';
import { DependencyList, type Dependencies, type Place } from './dependencyList';
import { shown } from './presentable';
import { RequirementsReader, unreadable, type ReadOptions } from './readRequirements';
import { InvalidRequirement, renderRequirement } from './requirement';
import { InvalidLine } from './requirementLines';
import { readYamlLines, type YamlEntry, type YamlNode } from './yamlLines';

/**
 * Reads conda's environment.yml: the `pip` section as a requirements file, and conda packages as the packages that PyPI
 * has under their name (a few have another), with their versions in the syntax of PEP 440. Whether PyPI has a
 * package is not checked. Packages that are not Python packages are problems; Python, pip and the channels are notes. Never throws.
 * Source: https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html.
 */
export function readCondaEnvironment(file: string, { readFile, python, machine }: ReadOptions): Dependencies {
  const list = new DependencyList(python, machine);
  try {
    new EnvironmentReader(file, list, new RequirementsReader(list, readFile)).read(
      readYamlLines(decodeText(readFile(file))),
    );
  } catch (error) {
    list.refuse({ file, line: 1 }, unreadable(file, error));
  }
  return list.result();
}

/** The systems that mamba's `sel(…)` may name, and whether a cluster is one. */
const systems = new Map(Object.entries({ linux: true, unix: true, win: false, osx: false }));

class EnvironmentReader {
  constructor(
    private readonly file: string,
    private readonly list: DependencyList,
    private readonly requirements: RequirementsReader,
  ) {}

  read(document: YamlNode): void {
    if (document.kind !== 'map') throw new InvalidLine('must be a map with the key dependencies');
    const seen = new Set<string>();
    for (const entry of document.entries) {
      if (seen.has(entry.key)) this.list.refuse(this.#at(entry), `has ${entry.key} twice.`);
      seen.add(entry.key);
      this.#readEntry(entry);
    }
    if (!seen.has('dependencies')) this.list.refuse(this.#at(document), 'has no dependencies.');
  }

  #readEntry(entry: YamlEntry): void {
    switch (entry.key) {
      case 'name':
      case 'prefix':
        return;
      case 'dependencies':
        for (const item of this.#itemsOf(entry)) this.#readDependency(item);
        return;
      case 'channels': {
        const channels = this.#itemsOf(entry).flatMap((item) => (item.kind === 'text' ? [item.text] : []));
        this.list.note(
          this.#at(entry),
          `channels are not used (${channels.join(', ')}): packages come from the Python package index.`,
        );
        return;
      }
      default:
        this.list.note(this.#at(entry), `${entry.key} is not used.`);
    }
  }

  #readDependency(item: YamlNode): void {
    if (item.kind === 'text') this.#readPackage(item.text, this.#at(item));
    else if (item.kind === 'list') this.list.refuse(this.#at(item), 'has a list where a package is expected.');
    else
      for (const entry of item.entries) {
        const system = systems.get(/^sel\((\w+)\)$/.exec(entry.key)?.[1] ?? '');
        if (entry.key === 'pip') this.#readPip(entry);
        else if (system === true) this.#readDependency(entry.value);
        else if (system === false) this.list.note(this.#at(entry), `${entry.key} is skipped: clusters run Linux.`);
        else
          this.list.refuse(
            this.#at(entry),
            `has packages for '${entry.key}', which cannot be installed. Only conda and pip packages can.`,
          );
      }
  }

  #readPip(entry: YamlEntry): void {
    for (const item of this.#itemsOf(entry)) {
      if (item.kind === 'text')
        this.requirements.readLine(item.text.trim(), this.#at(item), { areConstraints: false, files: [this.file] });
      else this.list.refuse(this.#at(item), 'has something other than a text in the pip section.');
    }
  }

  #readPackage(text: string, place: Place): void {
    try {
      const { name, version, build, dropped } = parseCondaSpec(text);
      const pypiName = pypiNameOf(name, build);
      if (name === 'python' || name === 'pip') this.list.note(place, this.#ofRuntime(name, version));
      else if (pypiName === undefined)
        this.list.refuse(
          place,
          `${name} is not a Python package, so a cluster cannot install it. Remove it, or use an init script.`,
        );
      else {
        const requirement = { name: pypiName, extras: [], specifiers: pipSpecifiers(version) };
        this.list.add(requirement, place);
        const without = dropped.length > 0 ? `, without ${dropped.join(', ')}` : '';
        if (pypiName !== name || without !== '')
          this.list.note(place, `${shown(text)} is installed as ${renderRequirement(requirement)}${without}.`);
      }
    } catch (error) {
      if (!(error instanceof InvalidRequirement)) throw error;
      this.list.refuse(place, `${shown(text)} ${error.message}.`);
    }
  }

  #ofRuntime(name: 'python' | 'pip', version: string): string {
    const { python } = this.list;
    const own = name === 'pip' ? 'pip' : `Python${python === undefined ? '' : ` ${python}`}`;
    return `${name}${version} is not installed: a cluster has the ${own} of its runtime.`;
  }

  #itemsOf({ key, value, line }: YamlEntry): readonly YamlNode[] {
    if (value.kind === 'list') return value.items;
    if (value.kind !== 'text' || value.text !== '')
      this.list.refuse(this.#at({ line }), `must have a list under ${key}.`);
    return [];
  }

  #at({ line }: { readonly line: number }): Place {
    return { file: this.file, line };
  }
}
