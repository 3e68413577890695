import { errorAt, type DocumentPath, type Finding } from '../../finding';
import type { Devops } from '../devops';
import { IdentityLookUp } from '../identityLookUp';
import { keyOf, type EnvironmentEntry } from './document';
import type { Approver } from './wantedChecks';

/** Looks up who the approvers of environments are. Returns findings for names that are not one identity each. */
export async function resolveApprovers(
  devops: Devops,
  project: { readonly id: string; readonly name: string },
  environments: readonly EnvironmentEntry[],
  /** Names of teams that earlier changes of the same plan are going to create. */
  plannedTeams: readonly string[],
  path: DocumentPath,
): Promise<{ readonly approversOf: readonly (readonly Approver[])[]; readonly findings: readonly Finding[] }> {
  const identities = new IdentityLookUp(devops, project);
  const planned = new Set(plannedTeams.flatMap((team) => [keyOf(team), keyOf(`[${project.name}]\\${team}`)]));
  const known = new Map<string, ReturnType<IdentityLookUp['lookUp']>>();
  const lookUp = (name: string): ReturnType<IdentityLookUp['lookUp']> => {
    const found = known.get(keyOf(name)) ?? identities.lookUp(name);
    known.set(keyOf(name), found);
    return found;
  };
  const findings: Finding[] = [];
  const approversOf: Approver[][] = [];
  for (const [index, { approvals }] of environments.entries()) {
    const approvers: Approver[] = [];
    for (const [at, name] of (approvals?.approvers ?? []).entries()) {
      const place = [...path, index, 'approvals', 'approvers', at];
      const resolution = await lookUp(name);
      const id = 'found' in resolution ? resolution.found.id.toLowerCase() : undefined;
      if ('problem' in resolution && !planned.has(keyOf(name))) findings.push(errorAt(place, resolution.problem));
      const same = approvers.find((each) => (id === undefined ? keyOf(each.name) === keyOf(name) : each.id === id));
      if (same) findings.push(errorAt(place, `is the same approver as '${same.name}'.`));
      approvers.push({ name, id });
    }
    approversOf.push(approvers);
  }
  return { approversOf, findings };
}
