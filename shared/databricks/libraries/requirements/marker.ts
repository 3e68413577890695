import { allows, parseSpecifier } from './specifier';
import { parseVersion } from './version';

/** A condition on the environment. Source: PEP 508, "Environment Markers". */
export type Marker =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Marker[] }
  | { readonly kind: 'comparison'; readonly left: Operand; readonly operator: string; readonly right: Operand };

type Operand = { readonly variable: string } | { readonly literal: string };

/** Clusters run CPython on Linux. The other names of PEP 508 depend on the Python version, the machine or the kernel. */
const linux = new Map(
  Object.entries({
    os_name: 'posix',
    sys_platform: 'linux',
    platform_python_implementation: 'CPython',
    platform_system: 'Linux',
    implementation_name: 'cpython',
    extra: '',
  }),
);
const ofPython = ['python_version', 'python_full_version', 'implementation_version'];
const ofMachine = ['platform_machine', 'platform_release', 'platform_version'];
const oldNames = new Map(
  Object.entries({
    'os.name': 'os_name',
    'sys.platform': 'sys_platform',
    'platform.version': 'platform_version',
    'platform.machine': 'platform_machine',
    'platform.python_implementation': 'platform_python_implementation',
    python_implementation: 'platform_python_implementation',
  }),
);

const token =
  /\s*(?:(?<sign>[()])|(?<literal>'[^']*'|"[^"]*")|(?<operator>===|==|~=|!=|<=|>=|<|>|not\s+in\b|in\b)|(?<word>[a-z_.]+))\s*/y;
const deepest = 50;

/** The marker in a text, or undefined if it is not one. */
export function parseMarker(text: string): Marker | undefined {
  const tokens: Readonly<Record<string, string | undefined>>[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (!match?.groups) return undefined;
    tokens.push(match.groups);
  }
  let next = 0;
  const marker = either(0);
  return next === tokens.length ? marker : undefined;

  function either(depth: number): Marker | undefined {
    return joined('or', () => joined('and', () => condition(depth)));
  }

  function joined(kind: 'and' | 'or', read: () => Marker | undefined): Marker | undefined {
    const parts: (Marker | undefined)[] = [read()];
    while (tokens[next]?.word === kind) {
      next += 1;
      parts.push(read());
    }
    const known = parts.filter((part) => part !== undefined);
    if (known.length < parts.length) return undefined;
    return known.length === 1 ? known[0] : { kind, parts: known };
  }

  function condition(depth: number): Marker | undefined {
    if (tokens[next]?.sign === '(' && depth < deepest) {
      next += 1;
      const inner = either(depth + 1);
      return tokens[next++]?.sign === ')' ? inner : undefined;
    }
    const left = operand();
    const operator = tokens[next++]?.operator?.replace(/\s+/, ' ');
    const right = operand();
    if (!left || operator === undefined || !right || 'variable' in left === 'variable' in right) return undefined;
    return { kind: 'comparison', left, operator, right };
  }

  function operand(): Operand | undefined {
    const { literal, word = '' } = tokens[next++] ?? {};
    if (literal !== undefined) return { literal: literal.slice(1, -1) };
    const variable = oldNames.get(word) ?? word;
    return linux.has(variable) || ofPython.includes(variable) || ofMachine.includes(variable)
      ? { variable }
      : undefined;
  }
}

/**
 * Whether a marker is true on a cluster: on Linux, on the given machine, with CPython of the given version (3.12 or 3.12.3).
 * Undefined if that depends on something unknown, such as the Python version if none is given, or the kernel.
 */
export function holdsOnCluster(marker: Marker, python?: string, machine = 'x86_64'): boolean | undefined {
  const verdicts = new Set(
    possiblePythons(marker, python).map((version) => holds(marker, { python: version, machine })),
  );
  return verdicts.size === 1 ? [...verdicts][0] : undefined;
}

/** Every Python version that a cluster may have, as far as this marker distinguishes them. Databricks Runtime 9 has Python 3.8. */
function possiblePythons(marker: Marker, python: string | undefined): readonly string[] {
  if (python?.split('.').length === 3) return [python];
  const minors = python === undefined ? Array.from({ length: 13 }, (_, index) => `3.${index + 8}`) : [python];
  const patches = asksForPatch(marker) ? 30 : 1; // more than any Python has had
  return minors.flatMap((minor) => Array.from({ length: patches }, (_, patch) => `${minor}.${patch}`));
}

function asksForPatch(marker: Marker): boolean {
  if (marker.kind !== 'comparison') return marker.parts.some(asksForPatch);
  const [variable = ''] = [marker.left, marker.right].flatMap((side) => ('variable' in side ? side.variable : []));
  return ofPython.includes(variable) && variable !== 'python_version';
}

interface Environment {
  readonly python: string;
  readonly machine: string;
}

function holds(marker: Marker, environment: Environment): boolean | undefined {
  if (marker.kind === 'comparison') return compare(marker, environment);
  const decisive = marker.kind === 'or';
  const verdicts = marker.parts.map((part) => holds(part, environment));
  if (verdicts.includes(decisive)) return decisive;
  return verdicts.includes(undefined) ? undefined : !decisive;
}

function compare(
  { left, operator, right }: Marker & { kind: 'comparison' },
  environment: Environment,
): boolean | undefined {
  const [leftText, rightText] = [left, right].map((side) =>
    'literal' in side ? side.literal : valueOf(side.variable, environment),
  );
  if (leftText === undefined || rightText === undefined) return undefined;
  const isVersion = [left, right].some((side) => 'variable' in side && ofPython.includes(side.variable));
  const specifier = isVersion ? parseSpecifier(`${operator}${rightText}`) : undefined;
  if (specifier) {
    const version = parseVersion(leftText);
    return version !== undefined && allows(specifier, version);
  }
  switch (operator) {
    case 'in':
      return rightText.includes(leftText);
    case 'not in':
      return !rightText.includes(leftText);
    case '==':
    case '<=':
    case '>=':
      return leftText === rightText;
    case '!=':
      return leftText !== rightText;
    case '<':
    case '>':
      return false; // texts that are not versions have no order
    default:
      return undefined;
  }
}

function valueOf(variable: string, { python, machine }: Environment): string | undefined {
  if (variable === 'platform_machine') return machine;
  if (variable === 'python_version') return python.split('.').slice(0, 2).join('.');
  return ofPython.includes(variable) ? python : linux.get(variable);
}
