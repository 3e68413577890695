import { differenceLine, differences } from '../../comparison/difference';
import type { Check } from '../api/pipelines/checks';
import type { RoleAssignment } from '../api/security';
import type { Environment } from '../api/pipelines/taskAgent';
import type { EnvironmentEntry } from './document';
import { keyOfCheck, timeoutToWrite, type Approver, type WantedCheck } from './wantedChecks';

export interface WantedEnvironment {
  readonly entry: EnvironmentEntry;
  readonly approvers: readonly Approver[];
  readonly checks: readonly WantedCheck[];
}

/** An environment as it is, with what belongs to it. */
export interface FoundEnvironment {
  readonly environment: Environment;
  readonly checks: readonly Check[];
  /** Empty where no approvers are wanted. */
  readonly roles: readonly RoleAssignment[];
  /** The names of approvers by their ids in lower case. */
  readonly names: ReadonlyMap<string, string>;
}

export interface EnvironmentComparison {
  readonly kind: 'create' | 'update' | 'unchanged' | 'conflict';
  readonly differences: readonly string[];
  readonly notes: readonly string[];
  /** The description to write. */
  readonly description: string | undefined;
  /** Who cannot see the environment yet. */
  readonly unseeing: readonly Approver[];
  /** Checks to create, and to update. */
  readonly checks: readonly { readonly wanted: WantedCheck; readonly found: Check | undefined }[];
}

/** Compares an environment, undefined where there is none, with what is wanted. */
export function compareEnvironment(
  { entry, approvers, checks }: WantedEnvironment,
  found: FoundEnvironment | undefined,
): EnvironmentComparison {
  const lines: string[] = [];
  const description = changedDescription(entry, found);
  if (description !== undefined)
    lines.push(
      differenceLine({ path: ['description'], wanted: description, found: found?.environment.description ?? '' }),
    );
  const unseeing = approvers.filter(({ id }) => !isSeeing(id, found));
  if (found) lines.push(...unseeing.map(({ name }) => `+ role User: ${name}`));
  const [conflicts, sentences] = [[] as string[], [] as string[]];
  const writes: { readonly wanted: WantedCheck; readonly found: Check | undefined }[] = [];
  for (const wanted of checks) {
    const same = (found?.checks ?? []).filter((check) => keyOfCheck(check) === wanted.key);
    const [only, ...copies] = same;
    if (copies.length > 0) {
      const ids = same.map(({ id }) => id).join(', ');
      conflicts.push(
        `The environment has ${same.length} checks of the kind ${wanted.name}: ${ids}. Delete all but one.`,
      );
      continue;
    }
    const changed = only && found ? checkLines(wanted, only, found) : [`+ ${wanted.name}`];
    if (changed.length === 0) continue;
    lines.push(...changed);
    sentences.push(wanted.sentence);
    writes.push({ wanted, found: only });
  }
  const changed = found ? 'update' : 'create';
  return {
    kind: conflicts.length > 0 ? 'conflict' : lines.length > 0 || !found ? changed : 'unchanged',
    differences: lines,
    notes: [...conflicts, ...sentences, ...otherChecks(checks, found)],
    description,
    unseeing,
    checks: writes,
  };
}

function changedDescription({ description }: EnvironmentEntry, found: FoundEnvironment | undefined) {
  if (description === undefined) return undefined;
  return description.trim() === (found?.environment.description ?? '').trim() ? undefined : description;
}

/** Every role includes that one sees the environment; a role of one's own is assigned, or inherited from the project. */
function isSeeing(id: string | undefined, found: FoundEnvironment | undefined): boolean {
  return found?.roles.some(({ identity }) => identity.id.toLowerCase() === id?.toLowerCase()) ?? false;
}

function checkLines(wanted: WantedCheck, check: Check, { names }: FoundEnvironment): readonly string[] {
  const { settings = {}, timeout } = check;
  const all = wanted.fieldsOf(settings, timeoutToWrite({ ...wanted, timeout: undefined }, timeout), (id) => {
    const name = names.get(id);
    return name === undefined ? id : `${name} (${id})`;
  });
  const present = Object.fromEntries(Object.keys(wanted.fields).map((name) => [name, all[name]]));
  return differences({ [wanted.name]: wanted.fields }, { [wanted.name]: present }, []).map(differenceLine);
}

/** What people have set up besides. */
function otherChecks(wanted: readonly WantedCheck[], found: FoundEnvironment | undefined): readonly string[] {
  const keys = new Set(wanted.map(({ key }) => key));
  const others = (found?.checks ?? []).filter((check) => !keys.has(keyOfCheck(check)));
  if (others.length === 0) return [];
  const shown = others.map(({ id, type, settings }) => {
    const name = settings?.['displayName'];
    return `${typeof name === 'string' && name !== '' ? name : type.name} (${id})`;
  });
  return [`Checks that the document does not name stay as they are: ${shown.join(', ')}.`];
}
