import { differenceLine, differences, type Difference } from '../../comparison/difference';
import { isList, isMap, type Json, type JsonMap } from '../../json';
import type { Change } from '../change';
import { policyBehaviors } from './knownBehavior';
import { policyKey, typeOf } from './policyTypes';
import type { WantedPolicy } from './wantedPolicies';

/** A policy as the service has it. */
export interface FoundPolicy {
  readonly id: number;
  readonly typeId: string;
  /** The name of its type, as the service shows it. */
  readonly typeName: string;
  readonly isEnabled: boolean;
  readonly isBlocking: boolean;
  /** Whether only those may change it who manage the policies of the enterprise. */
  readonly isEnterpriseManaged: boolean;
  /** With the scope. */
  readonly settings: JsonMap;
}

/** A branch of one repository. */
export interface BranchScope {
  readonly repositoryId: string;
  /** `refs/heads/main`. */
  readonly refName: string;
}

/** What is written for a policy. */
export interface PolicyBody {
  readonly typeId: string;
  readonly isBlocking: boolean;
  readonly settings: JsonMap;
}

/** The change of one policy, and what is sent for it. */
export interface PolicyChange extends Change {
  readonly send?:
    | { readonly method: 'create'; readonly wanted: WantedPolicy; readonly body: PolicyBody }
    | { readonly method: 'update'; readonly id: number; readonly wanted: WantedPolicy; readonly body: PolicyBody }
    | { readonly method: 'delete'; readonly id: number };
}

/**
 * What each policy of a branch needs. Only policies of exactly this branch are changed; one that applies to more is
 * reported where it already demands the same.
 */
export function planPolicies(
  wanted: readonly WantedPolicy[],
  /** All that apply to the branch. */
  found: readonly FoundPolicy[],
  scope: BranchScope,
  { removeOthers }: { readonly removeOthers: boolean },
): readonly PolicyChange[] {
  const exact = found.filter((policy) => isExactly(policy, scope));
  const wider = found.filter((policy) => !exact.includes(policy));
  const changes = wanted.map((policy) => changeOf(policy, exact, wider, scope, removeOthers));
  return removeOthers ? [...changes, ...removals(wanted, exact)] : changes;
}

function changeOf(
  wanted: WantedPolicy,
  exact: readonly FoundPolicy[],
  wider: readonly FoundPolicy[],
  scope: BranchScope,
  removeOthers: boolean,
): PolicyChange {
  const { title: what, sentence } = wanted;
  const [same, ...copies] = exact.filter((policy) => keyOf(policy) === wanted.key);
  const demanding = wider.filter((policy) => demands(policy, wanted));
  const notes = demanding.map(
    ({ id, settings }) => `Already demanded by a wider policy: ${id}, for ${scopeText(settings)}.`,
  );
  if (copies.length > 0 && !removeOthers) {
    const ids = [same, ...copies].map((policy) => policy?.id);
    const note = `${ids.length} policies of this branch are the same policy: ${ids.join(', ')}. Delete all but one, or remove other policies in this step.`;
    return { kind: 'conflict', what, differences: [], notes: [note] };
  }
  if (!same) {
    if (demanding.length > 0) return { kind: 'unchanged', what, differences: [], notes };
    const body = bodyOf(wanted, scope, {});
    return { kind: 'create', what, differences: [], notes: [sentence], send: { method: 'create', wanted, body } };
  }
  const lines = differencesOf(wanted, same).map(differenceLine);
  if (lines.length === 0) return { kind: 'unchanged', what, differences: [], notes };
  if (same.isEnterpriseManaged) {
    const note = `The policy ${same.id} is managed by the enterprise. Ask those who manage it.`;
    return { kind: 'blocked', what, differences: lines, notes: [note] };
  }
  const body = bodyOf(wanted, scope, same.settings);
  return {
    kind: 'update',
    what,
    differences: lines,
    notes: [sentence, ...notes],
    send: { method: 'update', id: same.id, wanted, body },
  };
}

function removals(wanted: readonly WantedPolicy[], exact: readonly FoundPolicy[]): readonly PolicyChange[] {
  const kept = new Set<number>();
  for (const { key } of wanted) {
    const first = exact.find((policy) => keyOf(policy) === key);
    if (first) kept.add(first.id);
  }
  return exact
    .filter(({ id }) => !kept.has(id))
    .map((policy): PolicyChange => {
      const { id, typeId, typeName, isEnterpriseManaged } = policy;
      const what = `${typeOf(typeId)?.title ?? typeName} (policy ${id})`;
      if (isEnterpriseManaged)
        return { kind: 'unchanged', what, differences: [], notes: ['It is managed by the enterprise, and stays.'] };
      return { kind: 'delete', what, differences: [], send: { method: 'delete', id } };
    });
}

/** Whether a policy is as it is wanted. */
export function isAsWanted(wanted: WantedPolicy, found: FoundPolicy): boolean {
  return differencesOf(wanted, found).length === 0;
}

export function keyOf({ typeId, settings }: FoundPolicy): string {
  return policyKey(typeId, settings);
}

/** Whether a policy applies to this branch of this repository and to nothing else. */
export function isExactly({ settings }: FoundPolicy, { repositoryId, refName }: BranchScope): boolean {
  const [scope, ...more] = scopesOf(settings);
  return (
    scope !== undefined &&
    more.length === 0 &&
    lower(scope['repositoryId']) === repositoryId.toLowerCase() &&
    scope['refName'] === refName &&
    lower(scope['matchKind']) === 'exact'
  );
}

function demands(found: FoundPolicy, wanted: WantedPolicy): boolean {
  // One that blocks demands what one that warns does.
  const asWanted = { ...found, isBlocking: found.isBlocking && wanted.isBlocking };
  return found.isEnabled && keyOf(found) === wanted.key && isAsWanted(wanted, wanted.isBlocking ? found : asWanted);
}

function differencesOf({ isBlocking, settings }: WantedPolicy, found: FoundPolicy): readonly Difference[] {
  const present = {
    isEnabled: found.isEnabled,
    isBlocking: found.isBlocking,
    settings: withLowerCaseIds(found.settings),
  };
  return differences({ isEnabled: true, isBlocking, settings }, present, policyBehaviors);
}

/** Ids are the same in any case; the service writes them in lower case. */
function withLowerCaseIds(settings: JsonMap): JsonMap {
  const { requiredReviewerIds: ids } = settings;
  return isList(ids)
    ? { ...settings, requiredReviewerIds: ids.map((id) => (typeof id === 'string' ? id.toLowerCase() : id)) }
    : settings;
}

/** What is sent for a policy: what the document does not name stays as it is, or an update would reset it. */
export function bodyOf({ type, isBlocking, settings }: WantedPolicy, scope: BranchScope, present: JsonMap): PolicyBody {
  // The older form of the merge types would contradict the new one.
  const kept = Object.fromEntries(Object.entries(present).filter(([name]) => name !== 'useSquashMerge'));
  const exact = [{ repositoryId: scope.repositoryId, refName: scope.refName, matchKind: 'Exact' }];
  return { typeId: type.id, isBlocking, settings: { ...kept, ...settings, scope: exact } };
}

/** What a policy applies to, in words. */
function scopeText(settings: JsonMap): string {
  const parts = scopesOf(settings).map((scope) => {
    const { repositoryId, refName, matchKind } = scope;
    const where =
      typeof repositoryId === 'string' ? `the repository ${repositoryId}` : 'all repositories of the project';
    if (lower(matchKind) === 'defaultbranch') return `the default branch of ${where}`;
    if (typeof refName !== 'string') return `all branches of ${where}`;
    return `${refName}${lower(matchKind) === 'prefix' ? '*' : ''} of ${where}`;
  });
  return parts.join(' and ') || 'the whole project';
}

function scopesOf({ scope }: JsonMap): readonly JsonMap[] {
  return isList(scope) ? scope.filter(isMap) : [];
}

function lower(value: Json | undefined): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}
