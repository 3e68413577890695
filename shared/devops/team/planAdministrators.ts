import { StuckError, type Change } from '../change';
import { namespaces } from '../permissions/namespaces';
import { needed } from '../permissions/requirePermissions';
import { tokens } from '../permissions/tokens';
import { applyGrant, entriesOf, type Grant } from './grant';
import type { Part, Work } from './part';
import type { WantedIdentity } from './resolveIdentities';

const { id: namespaceId, bits: identityBits } = namespaces.identity;

/** What an administrator of a team has: read, write, delete, manage its membership, create scopes. */
const administration = Object.values(identityBits).reduce((bits, { bit }) => bits | bit, 0);

/** Compares who administers a team. Other administrators, such as who created the team, stay. */
export async function planAdministrators(work: Work, administrators: readonly WantedIdentity[]): Promise<Part> {
  const { devops, project, team, teamName, context } = work;
  const grantFor = (teamId: string): Grant => ({
    namespaceId,
    token: tokens.identity(project.id, teamId),
    bits: administration,
    name: `the administrators of the team '${teamName}'`,
  });
  const change = await changeOf(work, administrators, team && grantFor(team.id));
  const token = team && tokens.identity(project.id, team.id);
  const on = `the team '${teamName}'`;
  const isWritten = change.kind === 'update' && token !== undefined;
  return {
    change,
    // The permission to change entries of this namespace is the one to delete.
    needed: isWritten ? [needed('identity', 'Read', token, on), needed('identity', 'Delete', token, on)] : [],
    async apply({ id }) {
      const descriptors: string[] = [];
      const texts = new Map<string, string>();
      for (const each of administrators) {
        const { descriptor, text } = await work.entraGroups.identityOf(each);
        descriptors.push(descriptor);
        texts.set(descriptor, text);
      }
      const refuse = (descriptor: string): never => {
        throw new StuckError([conflict(work, [texts.get(descriptor) ?? descriptor])]);
      };
      await applyGrant(devops, grantFor(id), descriptors, { context, refuse });
    },
  };
}

async function changeOf(
  work: Work,
  administrators: readonly WantedIdentity[],
  grant: Grant | undefined,
): Promise<Change> {
  const what = whatOf(work);
  const held = grant && (await entriesOf(work.devops, grant));
  const heldBy = (each: WantedIdentity) => (each.kind === 'known' ? held?.(each.identity.descriptor) : undefined);
  const denied = administrators.filter((each) => (heldBy(each)?.denied ?? 0) !== 0);
  if (denied.length > 0)
    return conflict(
      work,
      denied.map(({ text }) => text),
    );
  const missing = administrators.filter((each) => heldBy(each)?.allowed !== administration);
  const differences = missing.map(({ text }) => `+ ${text}`);
  if (differences.length === 0) return { kind: 'unchanged', what, differences };
  return { kind: work.team ? 'update' : 'create', what, differences };
}

function whatOf({ teamName }: Work): string {
  return `Administrators of the team '${teamName}'`;
}

function conflict(work: Work, names: readonly string[]): Change {
  const note = `Permissions of an administrator are denied to ${names.join(', ')} for this team. Remove the Deny on the Permissions page of the team, or the name from the administrators.`;
  return { kind: 'conflict', what: whatOf(work), differences: [], notes: [note] };
}
