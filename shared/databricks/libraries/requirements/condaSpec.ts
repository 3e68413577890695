import { InvalidRequirement } from './requirement';
import { parseSpecifier, type Specifier } from './specifier';

/** A package of an environment.yml, split into its parts. */
export interface CondaSpec {
  /** In lower case, as in conda. */
  readonly name: string;
  /** In conda's syntax; empty for any. */
  readonly version: string;
  /** The build, which tells packages of Python from others: `py312_0`. */
  readonly build: string | undefined;
  /** Parts without a meaning outside of conda, such as `build py312_0`. */
  readonly dropped: readonly string[];
}

const longestSpec = 2000;

/**
 * Reads conda's match specification: `channel/subdir::name version build[key=value]`, with `=` or a space between the
 * parts. Throws an InvalidRequirement.
 * Source: https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-search.html and conda's `MatchSpec`.
 */
export function parseCondaSpec(text: string): CondaSpec {
  if (text.length > longestSpec) throw new InvalidRequirement(`is longer than ${longestSpec} characters`);
  const { outside, keys } = splitKeys(text.trim());
  const [, channel, rest = ''] = /^(?:(.*)::)?(.*)$/s.exec(outside) ?? [];
  const [, name, versionAndBuild = ''] = /^([a-z0-9_][\w.-]*)(?![^\s=<>!~])\s*(.*)$/is.exec(rest) ?? [];
  if (name === undefined) throw new InvalidRequirement('does not begin with the name of a package');
  const { version, build } = splitBuild(versionAndBuild.replace(/\s*([,|])\s*/g, '$1').trim());
  const { version: keyVersion, build: keyBuild = build, channel: keyChannel = channel, ...others } = keys;
  const dropped = { ...others, build: keyBuild, channel: keyChannel };
  return {
    name: name.toLowerCase(),
    version: (keyVersion ?? version).replace(/\s/g, ''),
    build: keyBuild,
    dropped: Object.entries(dropped).flatMap(([key, value]) => (value === undefined ? [] : [`${key} ${value}`])),
  };
}

/** Splits off `[key=value,…]`, whose values replace what precedes them. */
function splitKeys(text: string): { readonly outside: string; readonly keys: Readonly<Record<string, string>> } {
  const [, outside, inside] = /^([^[]*)\[(.*)\]$/s.exec(text) ?? [];
  if (outside === undefined || inside === undefined) return { outside: text, keys: {} };
  const pair = /\s*(\w+)\s*=\s*(?:'([^']*)'\s*|"([^"]*)"\s*|([^\s,'"][^,'"]*))(?:,|$)/y;
  const keys: Record<string, string> = {};
  while (pair.lastIndex < inside.length) {
    const match = pair.exec(inside);
    if (!match)
      throw new InvalidRequirement('has brackets without key=value; extras of pip packages go into the pip section');
    const [, key = '', single, double, bare = ''] = match;
    keys[key] = single ?? double ?? bare.trim();
  }
  return { outside, keys };
}

/** The build is the last word, after a space or `=` that belongs to no operator. */
function splitBuild(text: string): { readonly version: string; readonly build: string | undefined } {
  const [, version, build] = /^(.*[^=!|,<>~\s])\s*[ =]\s*([^-=,|<>~\s]+)$/s.exec(text) ?? [];
  if (version === undefined) return { version: text, build: undefined };
  return { version: version.replace(/^=(?=[^=,|]+$)/, '=='), build }; // name=1.2=build means 1.2 alone, not 1.2.*
}

/** A version of conda in the syntax of PEP 440. Throws an InvalidRequirement if that is not possible. */
export function pipSpecifiers(version: string): readonly Specifier[] {
  if (/[|^$()]/.test(version))
    throw new InvalidRequirement('has alternatives or a pattern as its version, which pip does not accept');
  return version
    .split(',')
    .filter((clause) => clause !== '' && clause.replace(/^=*/, '') !== '*')
    .map(translateClause);
}

/**
 * `=1.2`, `1.2.*`, `==1.2.*` and `1.2*` stand for all 1.2 versions, `1.2` for this one; in `>=1.2.*` and `<1.2.*` the
 * asterisk has no meaning.
 */
function translateClause(clause: string): Specifier {
  const [, operator = '', version = '', asterisk = ''] = /^(==|!=|<=|>=|~=|<|>|=|)(.*?)(\.?\*)?$/s.exec(clause) ?? [];
  // conda drops the asterisk, which was hardly meant.
  if (asterisk !== '' && ['>', '<=', '~='].includes(operator))
    throw new InvalidRequirement(`has an asterisk that means something else to pip: '${clause}'`);
  const exact = `${operator === '=' || operator === '' ? '==' : operator}${version}`;
  const isPrefix = operator === '=' || (asterisk !== '' && ['', '==', '!='].includes(operator));
  // In PEP 440 a pre-release cannot be a prefix, and it is a single version anyway.
  const specifier = (isPrefix ? parseSpecifier(`${exact}.*`) : undefined) ?? parseSpecifier(exact);
  if (!specifier) throw new InvalidRequirement(`has a version that pip does not accept: '${clause}'`);
  return specifier;
}
