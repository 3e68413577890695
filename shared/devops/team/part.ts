import type { Context } from '../../agent/context';
import type { Team } from '../api/core';
import type { Change } from '../change';
import type { Devops } from '../devops';
import type { NeededPermission } from '../permissions/requirePermissions';
import type { EntraGroups } from './entraGroups';

/** What the parts of a plan share. */
export interface Work {
  readonly devops: Devops;
  readonly project: { readonly id: string; readonly name: string };
  /** The name that the team has or will have. */
  readonly teamName: string;
  /** The team, where it exists. */
  readonly team: Team | undefined;
  readonly entraGroups: EntraGroups;
  readonly context: Context;
}

/** One subject of a plan, such as the members of the team. */
export interface Part {
  readonly change: Change;
  /** What its writes need. */
  readonly needed: readonly NeededPermission[];
  /** Makes the change, and resolves when it can be read. Repeating it does no harm. */
  apply(team: Team): Promise<void>;
}

/** Names as a line shows them, the first of many. */
export function shownNames(names: readonly string[]): string {
  const more = names.length - mostShown;
  return `${names.slice(0, mostShown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const mostShown = 20;
