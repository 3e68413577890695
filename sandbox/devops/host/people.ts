import { createHash } from 'node:crypto';
import type { Identity } from '../identities/identity';
import type { OrganizationState } from '../organizationState';
import type { Project } from '../projects/project';
import type { HostPerson } from './session';

/** Who can sign in to the page, and what they may do. */
export interface NewPerson extends HostPerson {
  /** The group of the project that the person is a member of, such as `Contributors`. */
  readonly group: string;
}

/** One who administers the project, one who may change the repository, and one who may only read. */
export const defaultPeople: readonly NewPerson[] = [
  { name: 'ada@example.com', displayName: 'Ada Lovelace', group: 'Project Administrators' },
  { name: 'grace@example.com', displayName: 'Grace Hopper', group: 'Contributors' },
  { name: 'rosa@example.com', displayName: 'Rosa Reader', group: 'Readers' },
];

/** The identities of the people, by name; those who are not in the organization yet come into it. */
export function addPeople(
  { identities }: OrganizationState,
  project: Project,
  people: readonly NewPerson[],
): ReadonlyMap<string, Identity> {
  return new Map(
    people.map(({ name, displayName, group }) => {
      const known = identities.all().find(({ kind, principalName }) => kind === 'user' && principalName === name);
      const identity = known ?? identities.addUser({ principalName: name, displayName, id: idOf(name) });
      identities.addMember(identity, identities.groupNamed(group, project.id));
      return [name, identity] as const;
    }),
  );
}

/** The same in every organization, so that what a person stored stays that person's. */
function idOf(name: string): string {
  const digits = createHash('sha256').update(name).digest('hex');
  const at = (from: number, to: number) => digits.slice(from, to);
  return `${at(0, 8)}-${at(8, 12)}-5${at(13, 16)}-8${at(17, 20)}-${at(20, 32)}`;
}
