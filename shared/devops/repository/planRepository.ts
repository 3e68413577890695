import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { poll, TimedOutError } from '../../http/poll';
import { both } from '../../inParallel';
import type { Repository } from '../api/git';
import { isAbsentOrNotPermitted, isRefusedAs } from '../api/refusal';
import { isWrite, StuckError, throwIfStuck, type Change, type PlannedChange } from '../change';
import { createOnce } from '../createOnce';
import type { Devops } from '../devops';
import type { BitName } from '../permissions/namespaces';
import { lackOfPermissions } from './gitPermissions';
import { findImport, importContent } from './importContent';
import { contentOf, markerPath, readMarker, withMarker } from './marker';
import { OvertakenError } from './pushCommit';
import { pushTemplate } from './pushTemplate';
import type { WantedRepository } from './wanted';

/** What is planned for a repository. */
export interface RepositoryPlan extends PlannedChange<Repository> {
  /** The repository, where it exists. */
  readonly repository: Repository | undefined;
  /** Whether there is a repository of the name that others made, which may not be taken. */
  readonly isForeign: boolean;
}

interface Work {
  readonly devops: Devops;
  readonly wanted: WantedRepository;
  readonly project: { readonly id: string; readonly name: string };
  readonly context: Context;
}

/** What a repository that exists has. */
interface Look {
  readonly repository: Repository;
  /** `ours`: from this product, or from the same import. */
  readonly kind: 'disabled' | 'empty' | 'ours' | 'foreign';
  readonly branches: readonly string[];
  readonly notes: readonly string[];
}

const secondsToAppear = 60;
/** How often somebody else may fill the repository first. */
const mostLooks = 3;

/**
 * Compares a repository with what is wanted. A repository that exists is used if it is empty, if it was made by this
 * product or by an import of the same source, or if it may be adopted; its content is never changed then, only its default
 * branch. Sends nothing that writes.
 */
export async function planRepository(
  devops: Devops,
  wanted: WantedRepository,
  context: Context,
): Promise<RepositoryPlan> {
  const project = await devops.core.project(wanted.project);
  const work: Work = { devops, wanted, project, context };
  const repository = await findRepository(work);
  const look = repository && (await lookAt(work, repository));
  const change = look ? await withPermissions(work, look) : await creation(work);
  return {
    ...change,
    repository,
    isForeign: change.kind === 'conflict' && look?.kind === 'foreign',
    apply: () => apply(work, change, repository),
  };
}

/** The repository of the name; undefined where none is listed. */
async function findRepository({ devops, wanted: { name }, project }: Work): Promise<Repository | undefined> {
  const all = await devops.git.repositories(project.id);
  const found = all.filter((repository) => repository.name.toLowerCase() === name.toLowerCase());
  if (found.length > 1)
    throw new TaskError(
      `${found.length} repositories of the project '${project.name}' are named '${name}': ${found.map(({ id }) => id).join(', ')}. Rename or delete all but one.`,
    );
  return found[0];
}

async function lookAt(work: Work, repository: Repository): Promise<Look> {
  const { devops, wanted, project } = work;
  if (repository.isDisabled) return { repository, kind: 'disabled', branches: [], notes: [] };
  const refs = await devops.git.refs(project.id, repository.id, 'heads/');
  const branches = refs.map(({ name }) => name);
  if (branches.length === 0) return { repository, kind: 'empty', branches, notes: [] };
  const { content } = wanted;
  if (content.kind === 'import') {
    const request = await findImport(devops, repository, content);
    // Some branches are there before the import has ended.
    if (request && request.status !== 'completed') return { repository, kind: 'empty', branches: [], notes: [] };
    if (request) return { repository, kind: 'ours', branches, notes: [] };
  } else {
    const marker = await markerOf(work, repository, branches);
    const isSame = marker?.content === contentOf(content.files);
    const note = 'The template or its variables have changed since it was created; its files are not changed.';
    if (marker) return { repository, kind: 'ours', branches, notes: isSame ? [] : [note] };
  }
  return { repository, kind: wanted.mayAdopt ? 'ours' : 'foreign', branches, notes: [] };
}

/** On the default branch, or on the one that is to become it. */
async function markerOf({ devops, wanted, project }: Work, repository: Repository, branches: readonly string[]) {
  const candidates = new Set([repository.defaultBranch, wanted.defaultBranch].filter((name) => name !== undefined));
  for (const branch of candidates) {
    if (!branches.includes(branch)) continue;
    try {
      const marker = readMarker(await devops.git.file(project.id, repository.id, { branch }, `/${markerPath}`));
      if (marker) return marker;
    } catch (error) {
      if (!isAbsentOrNotPermitted(error)) throw error;
    }
  }
  return undefined;
}

function titleOf({ wanted, project }: Pick<Work, 'wanted' | 'project'>): string {
  return `Repository '${wanted.name}' in project '${project.name}'`;
}

function fillingLines({ content, defaultBranch }: WantedRepository): readonly string[] {
  if (content.kind === 'import') return [`+ content: import of ${content.url}`];
  const executable = content.files.filter(({ isExecutable }) => isExecutable).length;
  const modes = executable === 0 ? '' : `, ${executable} of them executable`;
  const files = content.files.length === 1 ? '1 file' : `${content.files.length} files`;
  return [`+ ${defaultBranch ?? ''}: ${files} of the template${modes}`];
}

async function creation(work: Work): Promise<Change> {
  const what = titleOf(work);
  const differences = fillingLines(work.wanted);
  const { devops, project } = work;
  const name = `the Git repositories of the project '${project.name}'`;
  const lack = await lackOfPermissions(devops, { projectId: project.id, name }, ['GenericRead', 'CreateRepository']);
  return lack === undefined
    ? { kind: 'create', what, differences }
    : { kind: 'blocked', what, differences, notes: [lack] };
}

/** The change of a repository that exists; blocked where the caller lacks what it needs. */
async function withPermissions(work: Work, look: Look): Promise<Change> {
  const change = changeOf(work, look);
  if (!isWrite(change)) return change;
  const { devops, project } = work;
  const { id, name } = look.repository;
  const needed: readonly BitName<'git'>[] =
    look.kind === 'empty' ? ['GenericRead', 'GenericContribute', 'CreateBranch'] : ['EditPolicies'];
  const scope = { projectId: project.id, repositoryId: id, name: `the repository '${name}'` };
  const lack = await lackOfPermissions(devops, scope, needed);
  return lack === undefined ? change : { ...change, kind: 'blocked', notes: [lack] };
}

function changeOf(work: Work, { repository, kind, branches, notes }: Look): Change {
  const what = titleOf(work);
  const conflict = (note: string): Change => ({ kind: 'conflict', what, differences: [], notes: [note] });
  if (kind === 'disabled')
    return conflict('The repository is disabled. Enable it in the settings of the project, or choose another name.');
  if (kind === 'foreign')
    return conflict(
      'The repository exists, has content, and was not created from a template or an import by this step.',
    );
  if (kind === 'empty') return { kind: 'update', what, differences: fillingLines(work.wanted) };
  const { defaultBranch } = work.wanted;
  if (defaultBranch === undefined || repository.defaultBranch === defaultBranch)
    return { kind: 'unchanged', what, differences: [], notes };
  if (!branches.includes(defaultBranch))
    return conflict(
      `The branch ${defaultBranch} does not exist, so that it cannot be the default branch. Branches are: ${branches.slice(0, 10).join(', ')}.`,
    );
  const difference = `~ default branch: ${repository.defaultBranch ?? 'none'} → ${defaultBranch}`;
  return { kind: 'update', what, differences: [difference], notes };
}

async function apply(work: Work, planned: Change, found: Repository | undefined): Promise<Repository> {
  throwIfStuck([planned]);
  if (planned.kind === 'unchanged' && found) return found;
  const repository = found ?? (await create(work));
  for (let looks = 1; ; looks++) {
    const look = await lookAt(work, repository);
    const change = changeOf(work, look);
    if (look.kind === 'empty')
      try {
        await fill(work, repository);
        break;
      } catch (error) {
        if (!(error instanceof OvertakenError)) throw error;
        if (looks === mostLooks)
          throw new TaskError(`${titleOf(work)}: somebody else pushes to it at the same time. Run this step again.`);
        continue;
      }
    if (change.kind === 'conflict') throw new StuckError([change]);
    break;
  }
  return withDefaultBranch(work, repository);
}

async function create(work: Work): Promise<Repository> {
  const { devops, wanted, project, context } = work;
  try {
    return await createOnce(
      () => devops.git.createRepository(project.id, wanted.name),
      () => findRepository(work),
      context,
    );
  } catch (error) {
    if (!isRefusedAs('alreadyExists', error)) throw error;
    throw new TaskError(
      `${error.message} The list of repositories does not show it: this identity may not see it, or a deleted repository keeps the name in the recycle bin. Grant it Read, restore or remove the repository, or choose another name.`,
      { cause: error },
    );
  }
}

async function fill(work: Work, repository: Repository): Promise<void> {
  const { devops, wanted, context } = work;
  const { content, defaultBranch } = wanted;
  if (content.kind === 'import') return importContent(devops, repository, content, context);
  if (defaultBranch === undefined) throw new Error('A template needs the name of a branch.');
  const files = withMarker(content.files, content.origin);
  const { repository: source, commit } = content.origin;
  const of = source === undefined ? '' : ` of ${source}${commit === undefined ? '' : `@${commit}`}`;
  const message = `Create ${wanted.name} from the template${of}`;
  return pushTemplate(devops, repository, { ref: defaultBranch, files, message }, context);
}

/** Waits until the branch is there, and makes it the default branch if it is not. */
async function withDefaultBranch(work: Work, { id }: Repository): Promise<Repository> {
  const { devops, wanted, project } = work;
  const { defaultBranch } = wanted;
  const read = (): Promise<Repository> => devops.git.repository(project.id, id);
  if (defaultBranch === undefined)
    return until(work, `the repository '${wanted.name}' to have a default branch`, async () => {
      const repository = await read();
      return repository.defaultBranch === undefined ? undefined : repository;
    });
  const [first] = await both(2, read, () =>
    until(work, `the branch ${defaultBranch} of '${wanted.name}' to appear`, async () =>
      devops.git.branch(project.id, id, defaultBranch),
    ),
  );
  // It may be older than the branch.
  const before = first.defaultBranch === defaultBranch ? first : await read();
  if (before.defaultBranch === defaultBranch) return before;
  await devops.git.updateRepository(project.id, id, { defaultBranch });
  return until(work, `${defaultBranch} to be the default branch of '${wanted.name}'`, async () => {
    const repository = await read();
    return repository.defaultBranch === defaultBranch ? repository : undefined;
  });
}

async function until<T>({ context }: Work, awaited: string, probe: () => Promise<T | undefined>): Promise<T> {
  const { clock, signal } = context;
  const deadline = clock.now() + secondsToAppear * 1000;
  const found = await poll({ clock, signal, deadline, awaited, probe, isDone: (state) => state !== undefined });
  if (found === undefined) throw new TimedOutError(`Timed out waiting for ${awaited}.`);
  return found;
}
