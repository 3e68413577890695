import { changeTable, changeText, isWrite, throwIfStuck } from '../../shared/devops/change';
import { teamSchema, type TeamDocument } from '../../shared/devops/team/document';
import { planTeam } from '../../shared/devops/team/planTeam';
import { UnresolvedError } from '../../shared/devops/unresolvedError';
import { InputError } from '../../shared/errors';
import type { Json } from '../../shared/json';
import { inputProblems } from '../../shared/task/checkDocument';
import { devopsConnection, openOrganization, projectOf } from '../../shared/task/devopsConnection';
import { flag, lines, text } from '../../shared/task/inputs';
import { requiredWith } from '../../shared/task/relations';
import { defineTask, type Values } from '../../shared/task/task';

const inputs = {
  ...devopsConnection,
  teamName: text({ required: true }),
  description: text(),
  areaPath: text(),
  members: lines(),
  administrators: lines(),
  repository: text(),
  repositoryPermissions: lines(),
  removeOtherMembers: flag({ default: false }),
  dryRun: flag({ default: false }),
};

type Given = Values<typeof inputs>;

/** Inputs that are named otherwise than in a document. */
const inputNames = { name: 'teamName' };

/** Creates a team, or adds to one, and waits until all of it is visible. */
export const task = defineTask({
  inputs,
  relations: [requiredWith('repository', 'repositoryPermissions'), requiredWith('repositoryPermissions', 'repository')],
  outputs: ['teamId', 'teamName', 'change'],
  check: (given) => inputProblems(teamSchema.check(documentOf(given) as unknown as Json), inputNames),

  async run({ inputs, agent, context, setOutput }) {
    const { repository, dryRun } = inputs;
    const devops = openOrganization(inputs, context);
    const wanted = { project: projectOf(inputs, context), team: documentOf(inputs), repository };
    const plan = await planTeam(devops, wanted, context).catch((error: unknown) => {
      throw error instanceof UnresolvedError ? new InputError(inputProblems(error.findings, inputNames)) : error;
    });
    if (plan.team) setOutput('teamId', plan.team.id);
    for (const change of plan.changes) agent.log(changeText(change));
    throwIfStuck(plan.changes);
    const team = dryRun ? plan.team : await plan.apply();
    if (team) setOutput('teamId', team.id);
    const name = team?.name ?? inputs.teamName;
    setOutput('teamName', name);
    const isWritten = plan.changes.some(isWrite);
    const change = isWritten ? (plan.team ? 'updated' : 'created') : 'unchanged';
    setOutput('change', change);
    if (isWritten) await agent.summary('Team', changeTable(plan.changes, dryRun));
    return isWritten
      ? `The team '${name}' ${dryRun ? 'would be' : 'was'} ${change}.`
      : `The team '${name}' is as defined.`;
  },
});

function documentOf(given: Partial<Given>): TeamDocument {
  // A name that is missing or cannot be used is reported with the inputs.
  const { teamName: name = 'team', description, areaPath, members, administrators, removeOtherMembers } = given;
  const repositoryPermissions = given.repositoryPermissions as TeamDocument['repositoryPermissions'];
  const all = { name, description, areaPath, members, administrators, repositoryPermissions, removeOtherMembers };
  const entries = Object.entries(all).filter(([, value]) => value !== undefined);
  return { name, ...Object.fromEntries(entries) };
}
