import { isObject, type JsonObject, listAt, textAt, valueAt } from '../rest/requestBody';
import { policyInvalid } from './policyErrors';
import type { PolicyType, SettingKind } from './policyTypes';

/** Where a policy applies. */
export interface PolicyScope {
  /** Undefined for all repositories of the project. */
  readonly repositoryId: string | undefined;
  /** Undefined for the whole repository, and with `DefaultBranch`. */
  readonly refName: string | undefined;
  readonly matchKind: MatchKind | undefined;
}

export type MatchKind = 'Exact' | 'Prefix' | 'DefaultBranch';

export interface PolicySettings {
  readonly scope: readonly PolicyScope[];
  /** The other settings, as the service shows them. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Reads settings as the service does: names and kinds without regard to case, numbers also as text. @throws OrganizationError */
export function readSettings(type: PolicyType, settings: unknown): PolicySettings {
  if (!isObject(settings)) throw policyInvalid('The settings of the policy are missing.');
  const scope = listAt(settings, 'scope').map(readScope);
  if (scope.length === 0) throw policyInvalid('A policy needs at least one scope.');
  const values: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(type.settings)) {
    const value = readSetting(name, kind, valueAt(settings, name));
    if (value !== undefined && !(type.dropsFalse && value === false)) values[name] = value;
  }
  const missing = type.required?.find((name) => values[name] === undefined || values[name] === null);
  if (missing !== undefined) throw policyInvalid(`The policy '${type.displayName}' needs the setting '${missing}'.`);
  return { scope, values: { ...type.defaults, ...values } };
}

function readSetting(name: string, kind: SettingKind, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  const invalid = () => policyInvalid(`The setting '${name}' has a value of another type.`);
  switch (kind) {
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) throw invalid();
      return number;
    }
    case 'flag': {
      if (typeof value === 'boolean') return value;
      if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
      throw invalid();
    }
    case 'text':
      if (typeof value !== 'string') throw invalid();
      return value;
    case 'texts':
      if (!Array.isArray(value) || value.some((each) => typeof each !== 'string')) throw invalid();
      return value;
  }
}

const matchKinds: readonly MatchKind[] = ['Exact', 'Prefix', 'DefaultBranch'];

function readScope(scope: unknown): PolicyScope {
  if (!isObject(scope)) throw policyInvalid('A scope of the policy is not an object.');
  const repositoryId = textAt(scope, 'repositoryId')?.toLowerCase();
  const refName = textAt(scope, 'refName');
  const matchKind = readMatchKind(scope, refName);
  if (matchKind === 'DefaultBranch' && (refName !== undefined || repositoryId !== undefined))
    throw policyInvalid('A scope with the match kind DefaultBranch names neither a repository nor a branch.');
  if (matchKind !== undefined && matchKind !== 'DefaultBranch' && !refName?.startsWith('refs/'))
    throw policyInvalid(`The match kind ${matchKind} needs the full name of a branch.`);
  return { repositoryId, refName, matchKind };
}

function readMatchKind(scope: JsonObject, refName: string | undefined): MatchKind | undefined {
  const given = textAt(scope, 'matchKind');
  if (given === undefined) return refName === undefined ? undefined : 'Exact';
  const matchKind = matchKinds.find((each) => each.toLowerCase() === given.toLowerCase());
  if (!matchKind) throw policyInvalid(`'${given}' is not a match kind of a scope.`);
  return matchKind;
}

/** The settings as the service shows them. */
export const settingsView = ({ scope, values }: PolicySettings) => ({
  ...values,
  scope: scope.map(({ repositoryId = null, refName = null, matchKind }) =>
    matchKind === undefined ? { repositoryId } : { refName, matchKind, repositoryId },
  ),
});

/** The files that a policy is limited to; all if there are none. */
export const patternsOf = ({ values }: PolicySettings): readonly string[] =>
  Array.isArray(values['filenamePatterns']) ? (values['filenamePatterns'] as readonly string[]) : [];
