import type { Context } from '../../agent/context';
import type { Definition } from '../api/pipelines/build';
import { both, mapInParallel } from '../../inParallel';
import { isWrite, type Change } from '../change';
import type { Devops } from '../devops';
import { blockedWhereMissing } from '../permissions/blockedWhereMissing';
import { needed, type NeededPermission } from '../permissions/requirePermissions';
import { tokens } from '../permissions/tokens';
import type { PlannedRepository } from '../plannedObjects';
import { findRepository } from '../repository/findRepository';
import { UnresolvedError } from '../unresolvedError';
import { keyOf } from '../variableGroups/document';
import { applyPipelines, type AppliedPipeline } from './applyPipelines';
import { compareDefinition, newDefinition } from './compareDefinition';
import { pathKey, plannedPipelines } from './document';
import { endedText, readRunState } from './firstRun';
import { lackingGrants, permissionsToGrant, readsAtOnce, type Grant } from './use/grants';
import { hostedPool } from './use/namedResources';
import {
  foreseenUseOf,
  missingProblems,
  needsOf,
  undeterminedText,
  useOf,
  useProblems,
  type PipelineWork,
  type PlannedWork,
} from './pipelineWork';
import { ProjectLists } from './use/projectLists';
import { poolProblem, resolveWanted, type Resolving } from './resolveWanted';
import { SourceFiles, type SourceRepository } from './sourceFiles';
import { pipelineLabel, pipelineTitle, type WantedPipeline, type WantedPipelines } from './wanted';

/** What is planned for pipelines. */
export interface PipelinesPlan {
  /** One for each pipeline. */
  readonly changes: readonly Change[];
  /** Those of the pipelines that exist. */
  readonly found: readonly AppliedPipeline[];
  /**
   * Makes the changes, permits the pipelines to use what their YAML names, and queues first runs; resolves when all of it
   * reads as wanted, and when the runs succeeded that are to be waited for. Sends nothing that writes where there are no
   * changes. Throws a StuckError before the first of them if one cannot be made.
   */
  apply(): Promise<readonly AppliedPipeline[]>;
}

/**
 * Compares pipelines with a document: by their folder and name, and by the id of their repository. Sends nothing that
 * writes. Throws a TaskError if the repository is not there, and an UnresolvedError for files, branches, pools and pipelines
 * that the document names.
 */
export async function planPipelines(devops: Devops, given: WantedPipelines, context: Context): Promise<PipelinesPlan> {
  for (const value of given.secrets.values()) if (value !== '') context.agent.setSecret(value);
  const project = await devops.core.project(given.project);
  const [source, existing] = await both(
    readsAtOnce,
    () => sourceOf(devops, project, given),
    () => devops.build.definitions(project.id),
  );
  const pipelines = plannedPipelines(given.pipelines, given.folder);
  const planned = { ...given.planned, pipelines: [...(given.planned?.pipelines ?? []), ...pipelines] };
  const lists = new ProjectLists(devops, project, existing, planned);
  const { grantPermissions = true } = given;
  const files = new SourceFiles(devops, source);
  const work: PipelineWork = { devops, project, source, files, existing, lists, grantPermissions, context };
  const resolved = await resolveWanted(work, given, context);
  if (resolved.findings.length > 0) throw new UnresolvedError(resolved.findings);

  const all = await mapInParallel(resolved.pipelines, readsAtOnce, (wanted) =>
    lookAt(work, wanted, resolved.definitions.get(wanted)),
  );
  const grants = await lackingGrants(devops, project.id, needsOf(all));
  const changes = await blockedWhereMissing(devops, await changesOf(work, all, grants));
  const found = all.flatMap(({ wanted, definition }) => (definition ? [{ wanted, id: definition.id }] : []));
  return { changes, found, apply: () => applyPipelines(work, all, grants, changes) };
}

/** The repository by its project and name or id; one that is planned only where there is none. */
async function sourceOf(
  devops: Devops,
  project: Resolving['project'],
  { repository, planned }: WantedPipelines,
): Promise<SourceRepository> {
  const isPlanned = (each: PlannedRepository | undefined): each is PlannedRepository =>
    each !== undefined && keyOf(each.name) === keyOf(repository);
  if (isPlanned(planned?.repository)) {
    const all = await devops.git.repositories(project.id);
    const found = all.find(
      ({ name, defaultBranch }) => keyOf(name) === keyOf(repository) && defaultBranch !== undefined,
    );
    return found ? { kind: 'found', repository: found } : { kind: 'planned', planned: planned.repository };
  }
  return { kind: 'found', repository: await findRepository(devops, project, repository) };
}

async function lookAt(
  work: PipelineWork,
  wanted: WantedPipeline,
  definition: Definition | undefined,
): Promise<PlannedWork> {
  const { devops, project } = work;
  const runs = wanted.firstRun === 'none' ? undefined : ({ kind: 'never' } as const);
  if (!definition) {
    const foreseen = await foreseenUseOf(work, wanted, undefined);
    return { wanted, definition, comparison: newDefinition(wanted), use: undefined, foreseen, runs };
  }
  const comparison = compareDefinition(wanted, definition);
  const { id } = definition;
  const running = { projectId: project.id, id, label: pipelineLabel(wanted, id) };
  return {
    wanted,
    definition,
    comparison,
    // What an update changes may change what the YAML becomes: its file, its branch, its variables.
    use: comparison.kind === 'unchanged' ? await useOf(work, wanted, definition) : undefined,
    ...(comparison.kind === 'update' && { foreseen: await foreseenUseOf(work, wanted, id) }),
    runs: runs && comparison.kind !== 'conflict' ? await readRunState(devops, running) : undefined,
  };
}

interface Planned {
  readonly change: Change;
  readonly needs: readonly NeededPermission[];
}

async function changesOf(
  work: PipelineWork,
  all: readonly PlannedWork[],
  grants: readonly Grant[],
): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  for (const each of all) {
    const own = grants.filter(({ pipelines }) => each.definition && pipelines.includes(each.definition.id));
    const change = await changeOf(work, each, own);
    planned.push({ change, needs: isWrite(change) ? permissionsFor(work, each, own) : [] });
  }
  return planned;
}

async function changeOf(work: PipelineWork, each: PlannedWork, grants: readonly Grant[]): Promise<Change> {
  const { wanted, definition, comparison, use, foreseen, runs } = each;
  const { grantPermissions } = work;
  const labels = [...grants.map(({ found }) => found), ...(foreseen?.lacking ?? [])].map(({ label }) => label);
  const what = `${pipelineTitle(wanted)} in project '${work.project.name}'`;
  const problems = [
    ...(comparison.kind === 'conflict' ? comparison.notes : []),
    ...(use ? useProblems(wanted, use, grantPermissions && grants.length > 0) : []),
    ...missingProblems(wanted, foreseen?.missing ?? []),
  ];
  if (!definition && wanted.pool === undefined) problems.push(`The pool '${hostedPool}' ${await poolProblem(work)}`);
  if (problems.length > 0) return { kind: 'conflict', what, differences: comparison.differences, notes: problems };
  const isNewRun = runs?.kind === 'never';
  const differences = [
    ...comparison.differences,
    ...(grantPermissions ? labels.map((label) => `+ permission to use the ${label}`) : []),
    ...(isNewRun ? [`+ first run${wanted.firstRun === 'wait' ? ', which must succeed' : ''}`] : []),
  ];
  const kind = comparison.kind === 'unchanged' && differences.length > 0 ? 'update' : comparison.kind;
  const lacking = `It may not use ${labels.join(', ')}: a run waits until somebody permits it.`;
  const notes = [
    ...comparison.notes,
    ...(grantPermissions || labels.length === 0 ? [] : [lacking]),
    ...notesOf(work, each),
  ];
  return { kind, what, differences, ...(notes.length > 0 && { notes }) };
}

function notesOf(
  { existing, grantPermissions }: PipelineWork,
  { wanted, definition, use, runs }: PlannedWork,
): readonly string[] {
  const { entry, folder, firstRun } = wanted;
  const key = pathKey(folder, entry.name);
  const others = existing.filter(({ name, path }) => keyOf(name) === keyOf(entry.name) && pathKey(path, name) !== key);
  const notes = others.map(({ id, path }) => `There is another pipeline of this name in the folder ${path} (${id}).`);
  if (!use && grantPermissions)
    notes.push(
      'What its YAML names is determined, and the pipeline permitted to use it, when the pipeline is written.',
    );
  if (use && use.undetermined.length > 0) notes.push(undeterminedText(use));
  if (!definition && firstRun === 'none')
    notes.push('A pipeline that was created by a step may not react to pushes before its first run: queue one.');
  if (firstRun === 'wait' && runs?.kind === 'running') notes.push('A run is in progress, and must succeed.');
  if (firstRun === 'wait' && runs?.kind === 'ended')
    notes.push(endedText(pipelineLabel(wanted, definition?.id), runs.build));
  return notes;
}

function permissionsFor(
  { project, grantPermissions }: PipelineWork,
  { wanted, definition, comparison, foreseen, runs }: PlannedWork,
  grants: readonly Grant[],
): readonly NeededPermission[] {
  const { folder } = wanted;
  const token = tokens.build(project.id, folder, definition?.id);
  const on = definition
    ? pipelineLabel(wanted, definition.id)
    : `the pipeline folder '${folder}' of the project '${project.name}'`;
  const bits = [
    // Who may not see pipelines finds none, whether there is one or not.
    ...(definition ? [] : (['ViewBuildDefinition', 'CreateBuildDefinition'] as const)),
    ...(definition && comparison.kind === 'update' ? (['EditBuildDefinition'] as const) : []),
    ...(runs?.kind === 'never' ? (['QueueBuilds'] as const) : []),
  ];
  const lacking = [...grants.map(({ found }) => found), ...(foreseen?.lacking ?? [])];
  return [
    ...bits.map((bit) => needed('build', bit, token, on)),
    ...(grantPermissions ? lacking.flatMap((each) => permissionsToGrant(project, each)) : []),
  ];
}
