import { isList, isMap, type Json } from '../../json';
import { principalKinds, type Grant, type HeldGrant, type PrincipalKind } from '../api/permissions';
import { differences, type Difference } from '../../comparison/difference';

const owner = 'IS_OWNER';
/** Source: https://docs.databricks.com/api/azure/workspace/jobs/setpermissions. */
const levels = [owner, 'CAN_MANAGE', 'CAN_MANAGE_RUN', 'CAN_VIEW'];

/** What is wrong with the access control list of a job, as far as can be known without the workspace. */
export function grantsProblem(accessControlList: Json): string | undefined {
  if (!isList(accessControlList)) return 'must be a list, as in access_control_list of the API.';
  const seen = new Set<string>();
  for (const [index, entry] of accessControlList.entries()) {
    const where = `entry ${index + 1} of the list`;
    const fields = isMap(entry) ? Object.keys(entry) : [];
    const named = principalKinds.filter((kind) => fields.includes(kind));
    if (!isMap(entry) || named.length !== 1 || fields.length !== 2)
      return `must have a permission_level and one of ${principalKinds.join(', ')}, and nothing else, in ${where}.`;
    const [grant] = grantsOf([entry]);
    if (!grant?.name) return `has no name in ${where}.`;
    if (!levels.includes(grant.level)) return `must have one of the levels ${levels.join(', ')} in ${where}.`;
    if (grant.level === owner && grant.kind === 'group_name')
      return 'has a group as the owner, which Databricks does not accept.';
    if (seen.has(title(grant))) return `has the ${title(grant)} twice.`;
    seen.add(title(grant));
  }
  const owners = grantsOf(accessControlList).filter(({ level }) => level === owner);
  return owners.length > 1 ? 'has several owners: a job has exactly one.' : undefined;
}

/** The grants of an access control list that has no problem. */
export function grantsOf(accessControlList: Json): readonly Grant[] {
  if (!isList(accessControlList)) return [];
  return accessControlList.filter(isMap).flatMap((entry) => {
    const kind = principalKinds.find((name) => entry[name] !== undefined);
    return kind ? [{ kind, name: text(entry[kind]), level: text(entry['permission_level']) }] : [];
  });
}

/** The grants to set: a job must have an owner, so it keeps its present one when none is given. */
export function withOwner(wanted: readonly Grant[], held: readonly HeldGrant[]): readonly Grant[] {
  const present = held.find(({ level, isInherited }) => level === owner && !isInherited);
  if (!present || wanted.some(({ level }) => level === owner)) return wanted;
  const { kind, name, level } = present;
  return [{ kind, name, level }, ...wanted.filter((grant) => title(grant) !== title(present))];
}

/** Where the permissions of a job differ from the wanted ones. Inherited permissions cannot be removed, and are ignored. */
export function grantDifferences(wanted: readonly Grant[], held: readonly HeldGrant[]): readonly Difference[] {
  const goal = withOwner(wanted, held);
  const compared = held.filter((grant) => !grant.isInherited || goal.some((other) => isSame(grant, other)));
  // Databricks fills in none: every grant was made by somebody.
  return differences({ permissions: byTitle(goal) }, { permissions: byTitle(compared) }, []);
}

function byTitle(grants: readonly Grant[]): Readonly<Record<string, string>> {
  return Object.fromEntries(grants.map((grant) => [title(grant), grant.level]));
}

const titles: Readonly<Record<PrincipalKind, string>> = {
  user_name: 'user',
  group_name: 'group',
  service_principal_name: 'service principal',
};

/** Databricks ignores the case of e-mail addresses and application ids. */
function title({ kind, name }: Grant): string {
  return `${titles[kind]} ${kind === 'group_name' ? name : name.toLowerCase()}`;
}

function isSame(one: Grant, other: Grant): boolean {
  return title(one) === title(other) && one.level === other.level;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
