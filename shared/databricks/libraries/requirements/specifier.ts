import { baseOf, compareVersions, isPrerelease, parseVersion, renderVersion, type Version } from './version';

/** One clause of a version specification, such as `>=1.26` or `==2.*`. Source: PEP 440, "Version specifiers". */
export interface Specifier {
  readonly operator: '===' | '==' | '~=' | '!=' | '<=' | '>=' | '<' | '>';
  readonly version: string;
}

const clause = /^(===|==|~=|!=|<=|>=|<|>)\s*(\S+)$/;

/** The clause that a text writes, or undefined if it writes none. */
export function parseSpecifier(text: string): Specifier | undefined {
  const [, operator, version] = clause.exec(text.trim()) ?? [];
  if (operator === undefined || version === undefined) return undefined;
  const specifier = { operator: operator as Specifier['operator'], version };
  return isWellFormed(specifier) ? specifier : undefined;
}

function isWellFormed({ operator, version }: Specifier): boolean {
  if (operator === '===') return !/[;)]/.test(version);
  const isPrefix = version.endsWith('.*');
  const parsed = parseVersion(isPrefix ? version.slice(0, -2) : version);
  if (!parsed) return false;
  if (operator === '==' || operator === '!=')
    return !isPrefix || (!isPrerelease(parsed) && parsed.post === undefined && parsed.local.length === 0);
  return !isPrefix && parsed.local.length === 0 && (operator !== '~=' || parsed.release.length > 1);
}

/** Whether it names a single version, as `==1.26.4` does. */
export function isPin({ operator, version }: Specifier): boolean {
  return operator === '==' && !version.endsWith('.*');
}

/** The same text for clauses that allow the same versions: `==1.0` and `==1.0.0`, but not `~=1.0` and `~=1.0.0`. */
export function normalSpecifier({ operator, version }: Specifier): string {
  if (operator === '===') return `${operator}${version.toLowerCase()}`;
  const [, number = '', suffix = ''] = /^(.*?)(\.\*)?$/.exec(version) ?? [];
  const parsed = parseVersion(number);
  if (!parsed) return `${operator}${version}`;
  return `${operator}${renderVersion(parsed, { short: suffix === '' && operator !== '~=' })}${suffix}`;
}

/** Whether a version meets a clause; pre-releases count like any other version. */
export function allows({ operator, version: text }: Specifier, version: Version): boolean {
  if (operator === '===') return text.toLowerCase() === renderVersion(version);
  if (operator === '==' && text.endsWith('.*')) return startsWith(version, text.slice(0, -2));
  if (operator === '!=') return !allows({ operator: '==', version: text }, version);
  const wanted = parseVersion(text);
  if (!wanted) return false;
  const order = compareVersions(wanted.local.length > 0 ? version : { ...version, local: [] }, wanted);
  switch (operator) {
    case '==':
      return order === 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
    case '<': // not a pre-release of the very version that is excluded
      return compareVersions(version, isPrerelease(wanted) ? wanted : { ...wanted, dev: 0n }) < 0;
    case '>': // nor a post-release of it
      return (
        order > 0 && (wanted.post !== undefined || version.post === undefined || !isPostreleaseOf(wanted, version))
      );
    case '~=':
      return (
        order >= 0 && startsWith(version, renderVersion({ ...baseOf(wanted), release: wanted.release.slice(0, -1) }))
      );
  }
}

function isPostreleaseOf(wanted: Version, version: Version): boolean {
  return compareVersions({ ...version, post: undefined, dev: undefined, local: [] }, wanted) === 0;
}

function startsWith(version: Version, prefix: string): boolean {
  const wanted = parseVersion(prefix);
  return (
    wanted !== undefined &&
    version.epoch === wanted.epoch &&
    wanted.release.every((part, index) => part === (version.release[index] ?? 0n))
  );
}
