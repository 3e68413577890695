import { HttpError } from '../../http/errors';
import { isAbsentOrNotPermitted } from '../api/refusal';
import type { ClassificationNode, TeamFieldValues } from '../api/work';
import { isWrite, type Change } from '../change';
import { createOnce } from '../createOnce';
import { needed, type NeededPermission } from '../permissions/requirePermissions';
import { tokens } from '../permissions/tokens';
import { shownNames, type Part, type Work } from './part';
import { until } from './until';

/** An area path, as far as its areas exist. */
interface Look {
  /** From the root of the project down. */
  readonly nodes: readonly ClassificationNode[];
  /** The names below them that do not exist. */
  readonly missing: readonly string[];
  /** As the settings of a team name it: `models\churn`. */
  readonly path: string;
}

/**
 * Compares the default area of a team with a path, which begins with the name of the project or below it. An area of the team
 * that is there already stays as it is, and so do its other areas.
 */
export async function planArea(work: Work, areaPath: string): Promise<Part> {
  const { devops, project, team, teamName } = work;
  const look = await lookAt(work, namesIn(areaPath, project.name));
  const settings = team && (await devops.work.teamFieldValues(project.id, team.id));
  const change = changeOf(work, look, settings);
  const permissions: NeededPermission[] = [];
  if (look.missing.length > 0) {
    const token = tokens.areas(...look.nodes.map(({ identifier }) => identifier));
    permissions.push(needed('areas', 'CREATE_CHILDREN', token, `the area '${pathOf(work, look.nodes)}'`));
  }
  if (team && isWrite(change))
    permissions.push(needed('identity', 'Write', tokens.identity(project.id, team.id), `the team '${teamName}'`));
  return {
    change,
    needed: permissions,
    async apply({ id, name }) {
      const isNew = await createAreas(work, look);
      await setArea(work, { id, name }, look.path, isNew);
    },
  };
}

function namesIn(areaPath: string, project: string): readonly string[] {
  const [first = '', ...rest] = areaPath.split(/[\\/]/).map((name) => name.trim());
  return same(first, project) ? rest : [first, ...rest];
}

async function lookAt(work: Work, names: readonly string[]): Promise<Look> {
  const nodes = [await work.devops.work.node(work.project.id, 'areas')];
  for (const [index] of names.entries()) {
    const node = await areaAt(work, names.slice(0, index + 1));
    if (!node) break;
    nodes.push(node);
  }
  const missing = names.slice(nodes.length - 1);
  return { nodes, missing, path: [pathOf(work, nodes), ...missing].join('\\') };
}

/** The root has the name of the project. */
function pathOf({ project }: Work, [, ...below]: readonly ClassificationNode[]): string {
  return [project.name, ...below.map(({ name }) => name)].join('\\');
}

async function areaAt({ devops, project }: Work, names: readonly string[]): Promise<ClassificationNode | undefined> {
  try {
    return await devops.work.node(project.id, 'areas', names.join('/'));
  } catch (error) {
    if (isAbsentOrNotPermitted(error)) return undefined;
    throw error;
  }
}

function changeOf({ team, teamName }: Work, { missing, path }: Look, settings: TeamFieldValues | undefined): Change {
  const what = `Area of the team '${teamName}'`;
  const values = settings?.values ?? [];
  const { defaultValue } = settings ?? {};
  const isThere = values.some(({ value }) => same(value, path));
  const differences = [
    ...(missing.length > 0 ? [`+ new area ${path}`] : []),
    ...(isThere ? [] : [`+ ${path}, with the areas below it`]),
    ...(same(defaultValue, path) ? [] : [`~ default area: ${defaultValue ?? 'none'} → ${path}`]),
  ];
  if (differences.length === 0) return { kind: 'unchanged', what, differences };
  const others = values.filter(({ value }) => !same(value, path)).map(({ value }) => value);
  const notes = others.length === 0 ? [] : [`Other areas of the team stay: ${shownNames(others)}.`];
  return { kind: team && missing.length === 0 ? 'update' : 'create', what, differences, notes };
}

/** Whether an area was created. */
async function createAreas(work: Work, { nodes, missing }: Look): Promise<boolean> {
  const { devops, project, context } = work;
  const above = nodes.slice(1).map(({ name }) => name);
  for (const [index, name] of missing.entries()) {
    const parents = [...above, ...missing.slice(0, index)];
    const find = (): Promise<ClassificationNode | undefined> => areaAt(work, [...parents, name]);
    const parentPath = parents.length === 0 ? undefined : parents.join('/');
    await createOnce(() => devops.work.createNode(project.id, 'areas', name, parentPath), find, context);
    await until(context, `the area '${[...parents, name].join('\\')}' to appear`, find);
  }
  return missing.length > 0;
}

interface TeamName {
  readonly id: string;
  readonly name: string;
}

async function setArea(work: Work, { id, name }: TeamName, path: string, isNew: boolean): Promise<void> {
  const { devops, project, context } = work;
  let isSent = false;
  let refusal: HttpError | undefined;
  const probe = async (): Promise<true | undefined> => {
    refusal = undefined;
    const { defaultValue, values } = await devops.work.teamFieldValues(project.id, id);
    const isThere = values.some(({ value }) => same(value, path));
    if (isThere && same(defaultValue, path)) return true;
    if (isSent) return undefined;
    // The service replaces all of them.
    const all = isThere ? values : [...values, { value: path, includeChildren: true }];
    try {
      await devops.work.setTeamFieldValues(project.id, id, { defaultValue: path, values: all });
      isSent = true;
    } catch (error) {
      // A new area may not be known everywhere at once.
      if (!isNew || !(error instanceof HttpError) || error.status !== 400) throw error;
      refusal = error;
    }
    return undefined;
  };
  await until(context, `the area of the team '${name}' to be ${path}`, probe).catch((error: unknown) => {
    throw refusal ?? error;
  });
}

function same(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
