import type { Library } from '../../api/libraries';
import { holdsOnCluster, parseMarker } from './marker';
import { presentable } from './presentable';
import { normalName, renderRequirement, type Requirement } from './requirement';
import { allows, isPin, normalSpecifier, type Specifier } from './specifier';
import { parseVersion } from './version';

export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A remark about a line, without the passwords of URLs. */
export interface Remark extends Place {
  readonly text: string;
}

/** The libraries that files ask for. Nothing should be installed while there are problems. */
export interface Dependencies {
  readonly libraries: readonly Library[];
  /** What was understood, but is skipped or read differently. */
  readonly notes: readonly Remark[];
  /** What cannot be read, contradicts itself, or cannot be installed as a library of a cluster. */
  readonly problems: readonly Remark[];
}

interface Mention {
  readonly requirement: Requirement;
  readonly place: Place;
}

const mostMentions = 3_000;
/** With it, a marker is decided if it depends on nothing but Python. */
const anyFullVersion = '3.12.3';

/** Collects requirements from any number of files and turns them into libraries, each package once. */
export class DependencyList {
  readonly #wanted = new Map<string, Mention[]>();
  readonly #constraints: Mention[] = [];
  readonly #wheels = new Set<string>();
  readonly #hashes: Place[] = [];
  readonly #notes: Remark[] = [];
  readonly #problems: Remark[] = [];
  #index: string | undefined;
  #mentions = 0;

  /** What is known of the cluster: the version of its Python, such as 3.12, and its machines, such as x86_64. */
  constructor(
    readonly python: string | undefined,
    private readonly machine: string | undefined,
  ) {}

  note(place: Place, text: string): void {
    this.#notes.push({ ...place, text: presentable(text, 500) });
  }

  refuse(place: Place, text: string): void {
    this.#problems.push({ ...place, text: presentable(text, 500) });
  }

  add(requirement: Requirement, place: Place): void {
    const { name, marker } = requirement;
    if (!this.#hasRoom(place)) return;
    const holds = this.#holds(marker);
    const problem = holds === undefined ? this.#undecided(requirement) : unsuitable(requirement);
    if (holds === false) this.note(place, `${name} is skipped: on a cluster, ${marker ?? ''} is false.`);
    else if (problem !== undefined) this.refuse(place, problem);
    else {
      const key = normalName(name);
      const mentions = this.#wanted.get(key) ?? [];
      this.#wanted.set(key, mentions);
      mentions.push({ requirement, place });
    }
  }

  /** Restricts the versions of a package that is listed anywhere. */
  constrain(requirement: Requirement, place: Place): void {
    if (!this.#hasRoom(place)) return;
    if (requirement.url !== undefined || requirement.extras.length > 0)
      this.refuse(place, `${requirement.name}: a constraint can have only versions, no URL and no extras.`);
    else this.#constraints.push({ requirement, place });
  }

  /** Adds a wheel that the cluster itself can read. */
  addWheel(path: string): void {
    this.#wheels.add(path);
  }

  /** Uses this index for all packages; as with pip, the last one applies. */
  useIndex(url: string, place: Place): void {
    const { protocol, username, password } = URL.canParse(url) ? new URL(url) : {};
    if (protocol !== 'https:' && protocol !== 'http:')
      this.refuse(place, 'names an index whose URL is not http or https.');
    else if (username || password)
      this.note(
        place,
        'names an index with a user name or password, which everybody who can view the cluster can read.',
      );
    this.#index = url;
  }

  addHashes(place: Place): void {
    this.#hashes.push(place);
  }

  /** The result; to be called once, at the end. */
  result(): Dependencies {
    this.#constrain();
    const [firstHash] = this.#hashes;
    if (firstHash)
      this.refuse(
        firstHash,
        `has hashes (${this.#hashes.length} in all), which Databricks cannot check for single libraries: remove them from ` +
          'the file, or install the file as a library of kind requirements (Databricks Runtime 15.0 or newer).',
      );
    const repo = this.#index === undefined ? {} : { repo: this.#index };
    const packages = [...this.#wanted.values()].flatMap((mentions) => this.#merged(mentions) ?? []);
    return {
      libraries: [
        ...packages.map((requirement) => ({ pypi: { package: renderRequirement(requirement), ...repo } })),
        ...[...this.#wheels].map((whl) => ({ whl })),
      ],
      notes: this.#notes,
      problems: this.#problems,
    };
  }

  #hasRoom(place: Place): boolean {
    this.#mentions += 1;
    if (this.#mentions === mostMentions + 1) this.refuse(place, `is one of more than ${mostMentions} requirements.`);
    return this.#mentions <= mostMentions;
  }

  #constrain(): void {
    const idle: Place[] = [];
    for (const { requirement, place } of this.#constraints) {
      const listed = this.#wanted.get(normalName(requirement.name));
      const holds = this.#holds(requirement.marker);
      if (holds === false) continue;
      if (!listed) idle.push(place);
      else if (holds === undefined) this.refuse(place, this.#undecided(requirement));
      else listed.push({ requirement, place });
    }
    const [first] = idle;
    if (first)
      this.note(
        first,
        `constrains a package that is not listed (${idle.length} in all): list it to fix its version, because ` +
          'Databricks installs the dependencies of libraries without constraints.',
      );
  }

  /** One requirement for all mentions of a package: only the version if one is pinned. */
  #merged(mentions: readonly Mention[]): Requirement | undefined {
    const all = mentions.flatMap(({ requirement, place }) =>
      requirement.specifiers.map((specifier) => ({ specifier, place })),
    );
    const name = mentions[0]?.requirement.name ?? '';
    const extras = unique(
      mentions.flatMap(({ requirement }) => requirement.extras),
      normalName,
    );
    const specifiers = unique(
      all.map(({ specifier }) => specifier),
      normalSpecifier,
    );
    const pins = specifiers.filter(isPin);
    if (pins.length === 0) return { name, extras, specifiers };
    // At most two pins can agree: 1.0 and one local version of it, such as 1.0+cpu.
    const pin = pins.slice(0, 2).find(({ version }) => specifiers.every((one) => allowsText(one, version)));
    if (pin) return { name, extras, specifiers: [pin] };
    const first = all.find(({ specifier }) => isPin(specifier));
    const other = first && all.find(({ specifier }) => !allowsText(specifier, first.specifier.version));
    if (first && other)
      this.refuse(
        other.place,
        `${name}${other.specifier.operator}${other.specifier.version} contradicts ==${first.specifier.version} at ${first.place.file}:${first.place.line}.`,
      );
    return undefined;
  }

  #holds(markerText: string | undefined): boolean | undefined {
    if (markerText === undefined) return true;
    const marker = parseMarker(markerText);
    return marker && holdsOnCluster(marker, this.python, this.machine);
  }

  #undecided({ name, marker: text = '' }: Requirement): string {
    const marker = parseMarker(text);
    const dependsOnPython = marker !== undefined && holdsOnCluster(marker, anyFullVersion, this.machine) !== undefined;
    const unknown = !dependsOnPython
      ? 'which depends on the operating system of the cluster'
      : this.python === undefined
        ? 'but the Python version of the cluster is not known'
        : `but the patch version of the Python ${this.python} of the cluster is not known`;
    return `${name} is needed if ${text}, ${unknown}.`;
  }
}

/** Why Databricks cannot install a package as a library. */
function unsuitable({ name, specifiers, url }: Requirement): string | undefined {
  if (url !== undefined) return `${name} has a URL, which Databricks does not accept: install its wheel as a file.`;
  // Observed on clusters: alembic===1.13.1 becomes pip install 'alembic==\=1.13.1'.
  if (specifiers.some(({ operator }) => operator === '==='))
    return `${name} uses ===, which a cluster does not pass to pip unchanged: use ==.`;
  return undefined;
}

function unique<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const byKey = new Map<string, T>();
  for (const item of items) if (!byKey.has(keyOf(item))) byKey.set(keyOf(item), item);
  return [...byKey.values()];
}

function allowsText(specifier: Specifier, text: string): boolean {
  const version = parseVersion(text);
  return version !== undefined && allows(specifier, version);
}
