import { TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import type { Team } from '../api/core';
import { isAbsentOrNotPermitted } from '../api/refusal';
import type { Change } from '../change';
import { createOnce } from '../createOnce';
import type { Devops } from '../devops';
import { needed, type NeededPermission } from '../permissions/requirePermissions';
import { tokens } from '../permissions/tokens';
import type { Work } from './part';
import { until } from './until';

/** What is planned for the name and the description of a team. */
export interface ItselfPlan {
  readonly change: Change;
  readonly needed: readonly NeededPermission[];
  /** Makes the change, and resolves with the team when it can be read. */
  apply(): Promise<Team>;
}

/** The team of a project with this name, which is compared without regard to case. */
export async function findTeam(devops: Devops, projectId: string, name: string): Promise<Team | undefined> {
  const all = await devops.core.teams(projectId);
  return all.find((team) => team.name.toLowerCase() === name.toLowerCase());
}

/** Compares the description of a team; undefined stands for the one that it has. Both are trimmed, as the service does. */
export function planItself(work: Work, description: string | undefined): ItselfPlan {
  const { project, team, teamName } = work;
  const what = `Team '${team?.name ?? teamName}' in project '${project.name}'`;
  const apply = (): Promise<Team> => applyItself(work, description);
  if (!team) {
    const permission = needed('project', 'GENERIC_WRITE', tokens.project(project.id), `the project '${project.name}'`);
    const differences = description === undefined || description === '' ? [] : [`+ description: ${description}`];
    return { change: { kind: 'create', what, differences }, needed: [permission], apply };
  }
  if (isDescribed(team, description))
    return { change: { kind: 'unchanged', what, differences: [] }, needed: [], apply };
  const before = team.description.trim();
  const difference = `~ description: ${before === '' ? 'none' : before} → ${description === '' ? 'none' : description}`;
  const permission = needed('identity', 'Write', tokens.identity(project.id, team.id), `the team '${team.name}'`);
  return { change: { kind: 'update', what, differences: [difference] }, needed: [permission], apply };
}

function isDescribed(team: Team, description: string | undefined): boolean {
  return description === undefined || team.description.trim() === description;
}

async function applyItself(work: Work, description: string | undefined): Promise<Team> {
  const { devops, project, context, teamName } = work;
  const made = work.team ?? (await create(work, description));
  const read = async (): Promise<Team | undefined> => {
    try {
      return await devops.core.team(project.id, made.id);
    } catch (error) {
      if (isAbsentOrNotPermitted(error)) return undefined;
      throw error;
    }
  };
  const team = await until(context, `the team '${teamName}' to appear`, read);
  if (isDescribed(team, description)) return team;
  await devops.core.updateTeam(project.id, team.id, { name: team.name, description: description ?? '' });
  return until(context, `the description of the team '${team.name}' to appear`, async () => {
    const after = await read();
    return after && isDescribed(after, description) ? after : undefined;
  });
}

async function create({ devops, project, teamName, context }: Work, description: string | undefined): Promise<Team> {
  const find = (): Promise<Team | undefined> => findTeam(devops, project.id, teamName);
  const json = { name: teamName, ...(description !== undefined && { description }) };
  try {
    return await createOnce(() => devops.core.createTeam(project.id, json), find, context);
  } catch (error) {
    // What refuses a second team of the name, such as one of an earlier attempt that the list does not show yet.
    if (!(error instanceof HttpError) || ![400, 409].includes(error.status)) throw error;
    return await until(context, `the team '${teamName}' to appear`, find).catch((problem: unknown) => {
      throw problem instanceof TaskError ? error : problem;
    });
  }
}
