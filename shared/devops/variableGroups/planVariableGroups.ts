import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { errorAt, type DocumentPath, type Finding } from '../../finding';
import { isTransient } from '../../http/errors';
import { inParallel } from '../../inParallel';
import type { VariableGroup, VariableGroupToWrite } from '../api/pipelines/taskAgent';
import { isRefusedAs } from '../api/refusal';
import { isWrite, StuckError, throwIfStuck, type Change } from '../change';
import { createOnce } from '../createOnce';
import type { Devops } from '../devops';
import { blockedWhereMissing } from '../permissions/blockedWhereMissing';
import { needed, type NeededPermission } from '../permissions/requirePermissions';
import { tokens } from '../permissions/tokens';
import { UnresolvedError } from '../unresolvedError';
import { compareGroup, type GroupComparison, type WantedGroup } from './compareGroup';
import { isSecretMark, keyOf, variableGroupFindings, type VariableGroupEntry } from './document';

export interface WantedVariableGroups {
  /** By its name or id. */
  readonly project: string;
  readonly groups: readonly VariableGroupEntry[];
  /**
   * Values of secrets by `group/VARIABLE`, without regard to case; the agent has to know them as secrets. Only those that do
   * not exist need one.
   */
  readonly secrets: ReadonlyMap<string, string>;
  /** Whether secrets that exist get the values that are given; they keep theirs by default. */
  readonly updateSecrets?: boolean;
  /** Where the groups are in the document, for findings; `variableGroups` by default. */
  readonly path?: DocumentPath;
}

/** What is planned for variable groups. */
export interface VariableGroupsPlan {
  /** One for each group, in their order. */
  readonly changes: readonly Change[];
  /**
   * Makes the changes, and resolves with the ids of all groups by their names when they read as wanted; sends nothing that
   * writes where there are none. Throws a StuckError before the first of them if one cannot be made.
   */
  apply(): Promise<ReadonlyMap<string, number>>;
}

interface Work {
  readonly devops: Devops;
  readonly wanted: WantedGroup;
  readonly context: Context;
}

const atOnce = 4;
/** How often a group is written that fails in passing, or that others overtake. */
const mostWrites = 4;
const shortestSecret = 6;

/**
 * Compares variable groups with a document. The values of secrets are never read, and stay as they are unless they are to
 * be updated; variables that the document does not name stay, too. Sends nothing that writes. Throws an UnresolvedError for
 * what is wrong with the document, and for values of secrets that are missing.
 */
export async function planVariableGroups(
  devops: Devops,
  { project: projectName, groups, secrets, updateSecrets = false, path = ['variableGroups'] }: WantedVariableGroups,
  context: Context,
): Promise<VariableGroupsPlan> {
  const holdsSecret = (text: string): boolean => text.length >= shortestSecret && context.agent.holdsSecret(text);
  const findings = [
    ...variableGroupFindings(groups, path).filter(({ severity }) => severity === 'error'),
    ...documentSecrets(groups, path, holdsSecret),
    ...foreignSecrets(groups, secrets, path),
  ];
  const { id, name } = await devops.core.project(projectName);
  const project = { id, name };
  const works = groups.map((entry): Work => {
    const wanted = { entry, secrets: secretsOf(entry, secrets), updateSecrets, project, holdsSecret };
    return { devops, wanted, context };
  });
  const found = await readGroups(devops, project, groups);
  for (const [index, { wanted }] of works.entries())
    findings.push(...missingSecrets(wanted, found.get(keyOf(wanted.entry.name)), [...path, index, 'variables']));
  if (findings.length > 0) throw new UnresolvedError(findings);

  const planned = works.map((work) => ({ work, group: found.get(keyOf(work.wanted.entry.name)) }));
  const changes = await blockedWhereMissing(
    devops,
    planned.map(({ work, group }) => {
      const change = changeOf(work.wanted, compareGroup(work.wanted, group));
      return { change, needs: isWrite(change) ? permissionsFor(project, group) : [] };
    }),
  );
  return { changes, apply: () => apply(planned, changes) };
}

/** By the `keyOf` of their names. A list does not say with which other projects a group is shared: each is read alone. */
async function readGroups(
  { taskAgent }: Devops,
  project: { readonly id: string; readonly name: string },
  groups: readonly VariableGroupEntry[],
): Promise<ReadonlyMap<string, VariableGroup>> {
  const names = new Set(groups.map(({ name }) => keyOf(name)));
  const listed = (await taskAgent.variableGroups(project.id)).filter(({ name }) => names.has(keyOf(name)));
  const found = new Map<string, VariableGroup>();
  await inParallel(listed, atOnce, async ({ id, name }) => {
    const group = await taskAgent.variableGroup(project.id, id);
    if (!group) throw vanished(name, id);
    found.set(keyOf(name), group);
  });
  return found;
}

function vanished(name: string, id: number): TaskError {
  return new TaskError(
    `The variable group '${name}' (${id}) was listed, but cannot be read: it was deleted in the meantime, or this identity may not read it. Run again.`,
  );
}

function changeOf({ entry, project }: WantedGroup, { kind, differences, notes }: GroupComparison): Change {
  const what = `Variable group '${entry.name}' in project '${project.name}'`;
  return { kind, what, differences, ...(notes.length > 0 && { notes }) };
}

function permissionsFor(
  project: { readonly id: string; readonly name: string },
  group: VariableGroup | undefined,
): readonly NeededPermission[] {
  if (group) {
    const token = tokens.library(project.id, group.id);
    return [needed('library', 'Administer', token, `the variable group '${group.name}'`)];
  }
  // Who may not see the library finds no group, whether there is one or not.
  const [token, on] = [tokens.library(project.id), `the library of the project '${project.name}'`];
  return [needed('library', 'View', token, on), needed('library', 'Create', token, on)];
}

/** The values that are given for the variables of one group. */
function secretsOf({ name, variables }: VariableGroupEntry, all: ReadonlyMap<string, string>) {
  const given = new Map([...all].map(([key, value]) => [keyOf(key), value]));
  return new Map(
    Object.keys(variables).flatMap((variable) => {
      const value = given.get(secretKey(name, variable));
      return value === undefined ? [] : [[keyOf(variable), value] as const];
    }),
  );
}

function secretKey(group: string, variable: string): string {
  return `${keyOf(group)}/${keyOf(variable)}`;
}

/** Secrets that a document contains, where everybody can read them. */
function documentSecrets(
  groups: readonly VariableGroupEntry[],
  path: DocumentPath,
  holdsSecret: (text: string) => boolean,
): Finding[] {
  const problem =
    'contains the value of a secret, which everybody who can read the document can read. Remove it, change the secret, and write isSecret: true for a variable that holds it.';
  return groups.flatMap(({ description = '', variables }, index) => [
    ...(holdsSecret(description) ? [errorAt([...path, index, 'description'], problem)] : []),
    ...Object.entries(variables).flatMap(([name, value]) =>
      !isSecretMark(value) && holdsSecret(String(value)) ? [errorAt([...path, index, 'variables', name], problem)] : [],
    ),
  ]);
}

/** Values that are given for what the document does not have as a secret. */
function foreignSecrets(
  groups: readonly VariableGroupEntry[],
  secrets: ReadonlyMap<string, string>,
  path: DocumentPath,
): readonly Finding[] {
  const known = new Set(
    groups.flatMap(({ name, variables }) =>
      Object.entries(variables).flatMap(([variable, value]) =>
        isSecretMark(value) ? [secretKey(name, variable)] : [],
      ),
    ),
  );
  return [...secrets.keys()]
    .filter((key) => !known.has(keyOf(key)))
    .map((key) => errorAt(path, `has no secret variable '${key}', for which a value is given.`));
}

/** Secrets that do not exist and have no value. */
function missingSecrets(
  { entry, secrets }: WantedGroup,
  found: VariableGroup | undefined,
  path: DocumentPath,
): readonly Finding[] {
  const existing = new Set(Object.keys(found?.variables ?? {}).map(keyOf));
  return Object.entries(entry.variables).flatMap(([name, value]) => {
    if (!isSecretMark(value)) return [];
    const given = secrets.get(keyOf(name));
    const where = `the secret variables, as '${entry.name}/${name}'`;
    if (given === '')
      return [errorAt([...path, name], `has an empty value among ${where}. Give it a value, or none at all.`)];
    if (given !== undefined || existing.has(keyOf(name))) return [];
    return [errorAt([...path, name], `is a secret that does not exist yet, and has no value: give it among ${where}.`)];
  });
}

async function apply(
  planned: readonly { readonly work: Work; readonly group: VariableGroup | undefined }[],
  changes: readonly Change[],
): Promise<ReadonlyMap<string, number>> {
  throwIfStuck(changes);
  const ids = new Map<string, number>();
  await inParallel(planned.entries(), atOnce, async ([index, { work, group }]) => {
    const isUnchanged = changes[index]?.kind === 'unchanged';
    const { id } = group && isUnchanged ? group : await bring(work, group ?? (await create(work)), group !== undefined);
    ids.set(work.wanted.entry.name, id);
  });
  return new Map(
    planned.flatMap(
      ({
        work: {
          wanted: { entry },
        },
      }) => {
        const id = ids.get(entry.name);
        return id === undefined ? [] : [[entry.name, id] as const];
      },
    ),
  );
}

async function create({ devops, wanted, context }: Work): Promise<VariableGroup> {
  const { entry, project } = wanted;
  try {
    return await createOnce(
      () => devops.taskAgent.createVariableGroup(written(wanted, compareGroup(wanted, undefined))),
      async () => {
        const listed = await devops.taskAgent.variableGroups(project.id, entry.name);
        return listed.find(({ name }) => keyOf(name) === keyOf(entry.name));
      },
      context,
    );
  } catch (problem) {
    if (!isRefusedAs('alreadyExists', problem)) throw problem;
    throw new TaskError(
      `${problem.message} The list of variable groups does not show it: this identity may not see it. Grant it the role Administrator on the group, or choose another name.`,
      { cause: problem },
    );
  }
}

/**
 * Writes a group until it reads as wanted. Groups have no revision, so that whoever writes last wins: each write is based on
 * what was read immediately before, and what others overwrite is written again.
 */
async function bring(work: Work, { id }: VariableGroup, mayWriteSecrets: boolean): Promise<VariableGroup> {
  const { devops, context } = work;
  const { agent, clock, signal } = context;
  // The values of secrets cannot be compared: they are written once.
  let wanted: WantedGroup = mayWriteSecrets ? work.wanted : { ...work.wanted, updateSecrets: false };
  for (let writes = 0; ; writes++) {
    const found = await devops.taskAgent.variableGroup(wanted.project.id, id);
    if (!found) throw vanished(wanted.entry.name, id);
    const comparison = compareGroup(wanted, found);
    if (comparison.kind === 'unchanged') return found;
    if (comparison.kind === 'conflict') throw new StuckError([changeOf(wanted, comparison)]);
    if (writes === mostWrites)
      throw new TaskError(
        `Azure DevOps accepted the variable group '${wanted.entry.name}' ${writes} times, but it still differs, or others change it at the same time:\n  ${comparison.differences.join('\n  ')}`,
      );
    if (writes > 0) await clock.sleep(writes * 1000, signal);
    try {
      await devops.taskAgent.updateVariableGroup(id, written(wanted, comparison, found));
      wanted = { ...wanted, updateSecrets: false };
    } catch (problem) {
      if (!isTransient(problem) || writes === mostWrites - 1) throw problem;
      agent.log(`${problem.message} Reading the variable group again.`);
    }
  }
}

function written(
  { entry, project }: WantedGroup,
  { description, variables }: GroupComparison,
  found?: VariableGroup,
): VariableGroupToWrite {
  return { name: found?.name ?? entry.name.trim(), description, variables, project };
}
