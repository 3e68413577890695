import { parseMarker } from './marker';
import { normalSpecifier, parseSpecifier, type Specifier } from './specifier';

/** One requirement. Source: PEP 508. */
export interface Requirement {
  /** As it was written; compare by `normalName`. */
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifiers: readonly Specifier[];
  /** The URL of `name @ url`. */
  readonly url?: string;
  /** The environment marker, such as `python_version < "3.11"`. */
  readonly marker?: string;
}

/** Why a text is not a requirement, in the words that follow it. */
export class InvalidRequirement extends Error {}

const identifier = /^[A-Za-z0-9](?:[\w.-]*\w)?$/;
const beginning = /^([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*/;

/** Reads a requirement as pip does. Throws an InvalidRequirement. */
export function parseRequirement(text: string): Requirement {
  const source = text.trim();
  const [head = '', name = '', extrasText = ''] = beginning.exec(source) ?? [];
  if (!identifier.test(name)) throw new InvalidRequirement('does not begin with the name of a package');
  const extras = parseExtras(extrasText);
  const rest = source.slice(head.length);
  if (rest.startsWith('@')) {
    const [, url, marker] = /^@\s*(\S+)(?:\s+;(.*))?$/.exec(rest) ?? [];
    if (url === undefined) throw new InvalidRequirement('has no URL after the @');
    return { name, extras, specifiers: [], url, ...checkedMarker(marker) };
  }
  const semicolon = rest.indexOf(';');
  const specifiers = parseSpecifiers(semicolon < 0 ? rest : rest.slice(0, semicolon));
  return { name, extras, specifiers, ...checkedMarker(semicolon < 0 ? undefined : rest.slice(semicolon + 1)) };
}

/** Writes a requirement without unnecessary spaces. */
export function renderRequirement(requirement: Requirement): string {
  return write(
    requirement,
    requirement.specifiers.map(({ operator, version }) => `${operator}${version}`),
  );
}

/** The same text for requirements with the same meaning. */
export function normalRequirement(requirement: Requirement): string {
  const { name, extras, specifiers } = requirement;
  const versions = [...new Set(specifiers.map(normalSpecifier))].sort();
  return write(
    { ...requirement, name: normalName(name), extras: [...new Set(extras.map(normalName))].sort() },
    versions,
  );
}

function write({ name, extras, url, marker }: Requirement, versions: readonly string[]): string {
  return [
    name,
    extras.length > 0 ? `[${extras.join(',')}]` : '',
    url === undefined ? versions.join(',') : ` @ ${url}`,
    marker === undefined ? '' : ` ; ${marker}`,
  ].join('');
}

/** The normalized name of a package: lower case, and one hyphen for each run of `-`, `_` and `.`. Source: PEP 503. */
export function normalName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

function parseExtras(text: string): readonly string[] {
  if (text.trim() === '') return [];
  const extras = text.split(',').map((extra) => extra.trim());
  const wrong = extras.find((extra) => !identifier.test(extra));
  if (wrong !== undefined) throw new InvalidRequirement(`has an extra that is not a name: '${wrong}'`);
  return extras;
}

function parseSpecifiers(text: string): readonly Specifier[] {
  const inner = /^\((.*)\)$/.exec(text.trim())?.[1] ?? text;
  const clauses = inner.split(',').map((clause) => clause.trim());
  if (clauses.at(-1) === '') clauses.pop(); // pip accepts a comma at the end
  return clauses.map((clause) => {
    const specifier = parseSpecifier(clause);
    if (specifier) return specifier;
    const hint = /^=[^=]/.test(clause) ? "; use '==' for one version" : '';
    throw new InvalidRequirement(`has an invalid version specifier: '${clause}'${hint}`);
  });
}

function checkedMarker(text: string | undefined): { readonly marker?: string } {
  const marker = text?.trim() ?? '';
  if (marker === '') return {}; // pip accepts a semicolon at the end
  if (!parseMarker(marker)) throw new InvalidRequirement(`has an invalid environment marker: '${marker}'`);
  return { marker };
}
