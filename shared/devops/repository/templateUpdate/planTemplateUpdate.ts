import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import type { Repository } from '../../api/git';
import type { PullRequest } from '../../api/pullRequests';
import { throwIfStuck, type Change, type PlannedChange } from '../../change';
import { createOnce } from '../../createOnce';
import type { Devops } from '../../devops';
import { blobObject, modes, noObject, treesOf, type TreeFile } from '../git/objects';
import { lackOfPermissions } from '../gitPermissions';
import { contentOf, markerContent, markerPath } from '../marker';
import { OvertakenError, pushCommit } from '../pushCommit';
import type { TemplateOrigin } from '../wanted';
import { contentInTitle, descriptionOf, outcomeLines, shortId, titleOf } from './describeUpdate';
import { mergeTrees } from './mergeTrees';
import { readBranch, readContent, type BranchState } from './readBranch';

export interface WantedTemplateUpdate {
  readonly repository: Pick<Repository, 'id' | 'name' | 'project' | 'webUrl'> & { readonly defaultBranch: string };
  /** The template as it is now, rendered. */
  readonly files: readonly TreeFile[];
  readonly origin: TemplateOrigin;
  /** Whether the repository may be one that others made, which has nothing to do with the template. */
  readonly mayBeForeign: boolean;
}

export type TemplateUpdatePlan = PlannedChange<PullRequest | undefined>;

interface Work {
  readonly devops: Devops;
  readonly wanted: WantedTemplateUpdate;
  /** The id of the content of the template as it is now. */
  readonly content: string;
  readonly context: Context;
}

/** What is to be done: `push` onto a branch, then a pull request that has its texts. */
interface Step extends Change {
  /** The branch that the commit goes onto, and what it is made of. */
  readonly push?: { readonly ref: string; readonly onto: BranchState; readonly isNew: boolean };
  /** Where the branch of the pull request is, if there is one or is to be one. */
  readonly source?: string;
  readonly pullRequest?: PullRequest;
}

/** The branches of updates; the rest of the name says for which state of the template the branch was begun. */
const prefix = 'refs/heads/template-update/';
/** How often somebody else may push first. */
const mostTries = 3;

/**
 * Plans what brings a template that has changed into a repository that was made from it: one pull request, whose branch has
 * the changes of the template merged with those that people made. A pull request for an older state of the template
 * receives another commit; nothing is pushed to the default branch or with force. Sends nothing that writes.
 */
export async function planTemplateUpdate(
  devops: Devops,
  wanted: WantedTemplateUpdate,
  context: Context,
): Promise<TemplateUpdatePlan> {
  const work: Work = { devops, wanted, content: contentOf(wanted.files), context };
  const step = await withPermissions(work, await stepOf(work));
  const { kind, what, differences, notes = [] } = step;
  return { kind, what, differences, notes, apply: () => apply(work, step) };
}

async function stepOf(work: Work): Promise<Step> {
  const { devops, wanted, content } = work;
  const { repository } = wanted;
  const what = `Template of the repository '${repository.name}' in project '${repository.project.name}'`;
  const step = (kind: Change['kind'], notes: readonly string[], more: Partial<Step> = {}): Step => ({
    kind,
    what,
    differences: [],
    notes,
    ...more,
  });
  const target = await readBranch(devops, repository, repository.defaultBranch);
  if (!target?.marker && wanted.mayBeForeign)
    return step('unchanged', [`It was not created from a template: it has no file ${markerPath}.`]);
  if (!target?.marker)
    return step('blocked', [
      `The branch ${repository.defaultBranch} has no file ${markerPath}, which records the template that it was made from. Only a repository that was created from a template can be updated.`,
    ]);
  if (target.marker.content === content) return step('unchanged', []);
  const branches = { targetRefName: repository.defaultBranch };
  const open = await devops.pullRequests.active(repository.project.id, repository.id, branches);
  const ours = open.find(({ sourceRefName }) => sourceRefName.startsWith(prefix));
  const source = ours?.sourceRefName ?? `${prefix}${shortId(content)}`;
  const branch = await readBranch(devops, repository, source);
  if (branch && (!branch.marker || (!ours && branch.marker.content !== content)))
    return step('conflict', [
      `The branch ${source} exists, and is not that of an update to this state of the template. Delete it.`,
    ]);
  if (ours) {
    const link = `Pull request ${ours.pullRequestId} is open: ${linkOf(repository, ours)}`;
    const more = { source, pullRequest: ours };
    if (!branch) return step('blocked', [link, `Its branch ${source} cannot be read.`]);
    if (branch.marker?.content !== content)
      return withMerge(work, step('update', [link], { ...more, push: { ref: source, onto: branch, isNew: false } }));
    const titled = contentInTitle(ours.title);
    return titled === undefined || titled === shortId(content)
      ? step('unchanged', [link], more)
      : step('update', [link, 'Its texts are those of an older state of the template.'], more);
  }
  const [refused] = await devops.pullRequests.abandoned(repository.project.id, repository.id, {
    sourceRefName: source,
    ...branches,
  });
  if (refused)
    return step('unchanged', [
      `Pull request ${refused.pullRequestId} for this state of the template was abandoned: ${linkOf(repository, refused)}`,
    ]);
  if (branch) return step('create', [`The branch ${source} has the changes already.`], { source });
  return withMerge(work, step('create', [], { source, push: { ref: source, onto: target, isNew: true } }));
}

/** With the files that the pull request is going to change. */
async function withMerge(work: Work, step: Step): Promise<Step> {
  if (!step.push) return step;
  const { outcomes } = await merge(work, step.push.onto);
  return { ...step, differences: outcomeLines(outcomes) };
}

async function withPermissions({ devops, wanted }: Work, step: Step): Promise<Step> {
  if (step.kind !== 'create' && step.kind !== 'update') return step;
  const { project, id, name } = wanted.repository;
  const scope = { projectId: project.id, repositoryId: id, name: `the repository '${name}'` };
  const lack = await lackOfPermissions(devops, scope, [
    'GenericRead',
    'GenericContribute',
    ...(step.push?.isNew ? ['CreateBranch' as const] : []),
    'PullRequestContribute',
  ]);
  return lack === undefined ? step : { ...step, kind: 'blocked', notes: [...(step.notes ?? []), lack] };
}

function merge({ devops, wanted: { repository, files, origin } }: Work, { files: theirs, marker }: BranchState) {
  if (!marker) throw new Error('A branch without a record of its template is not merged.');
  const state = origin.commit === undefined ? '' : ` ${origin.commit.slice(0, 8)}`;
  return mergeTrees({
    marker,
    rendered: files,
    theirs,
    read: (id) => readContent(devops, repository, id),
    labels: { theirs: 'this repository', template: `template${state}` },
  });
}

async function apply(work: Work, planned: Step): Promise<PullRequest | undefined> {
  throwIfStuck([planned]);
  for (let step = planned, tries = 1; ; tries++) {
    const { kind, push, source, pullRequest } = step;
    if (kind === 'unchanged' || source === undefined) return pullRequest;
    try {
      if (push) await pushUpdate(work, push);
      return await withPullRequest(work, source, pullRequest);
    } catch (error) {
      if (!(error instanceof OvertakenError)) throw error;
      if (tries === mostTries)
        throw new TaskError(`${step.what}: somebody else pushes to ${source} at the same time. Run this step again.`);
      step = await stepOf(work);
      throwIfStuck([step]);
    }
  }
}

async function pushUpdate(work: Work, { ref, onto, isNew }: NonNullable<Step['push']>): Promise<void> {
  const { devops, wanted, content, context } = work;
  const { repository, files, origin } = wanted;
  const { entries, blobs, originals, outcomes } = await merge(work, onto);
  const marker = blobObject(markerContent(files, origin, originals));
  const trees = treesOf(new Map([...entries, [markerPath, { mode: modes.file, id: marker.id }]]));
  const message = `${titleOf(content)}\n\n${descriptionOf(origin, outcomes)}`;
  const oldId = isNew ? noObject : onto.tip;
  await pushCommit(
    devops,
    repository,
    {
      ref,
      oldId,
      objects: [...blobs, marker, ...trees],
      commit: { tree: trees.at(-1)?.id ?? '', parent: onto.tip, message },
      isOvertaken: (refs) => (refs.get(ref) ?? noObject) !== oldId,
      what:
        outcomes.length === 1 ? '1 changed file of the template' : `${outcomes.length} changed files of the template`,
    },
    context,
  );
}

/** Creates the pull request, or gives it the texts of the newest state; read back until it is there. */
async function withPullRequest(work: Work, source: string, existing: PullRequest | undefined): Promise<PullRequest> {
  const { devops, wanted, context } = work;
  const { id, project, defaultBranch } = wanted.repository;
  const texts = await textsOf(work, source);
  if (existing) {
    // Texts that people wrote stay.
    if (contentInTitle(existing.title) === undefined) return existing;
    await devops.pullRequests.update(project.id, id, existing.pullRequestId, texts);
    return devops.pullRequests.pullRequest(project.id, id, existing.pullRequestId);
  }
  const branches = { sourceRefName: source, targetRefName: defaultBranch };
  const created = await createOnce(
    () => devops.pullRequests.create(project.id, id, { ...branches, ...texts }),
    async () => (await devops.pullRequests.active(project.id, id, branches))[0],
    context,
  );
  const found = await devops.pullRequests.pullRequest(project.id, id, created.pullRequestId);
  if (found.status !== 'active')
    throw new TaskError(
      `Pull request ${found.pullRequestId} was created, and is ${found.status}: ${linkOf(wanted.repository, found)}`,
    );
  context.agent.log(`Pull request ${found.pullRequestId}: ${linkOf(wanted.repository, found)}`);
  return found;
}

/** The message of the commit that brought the template: it is there also when this step was interrupted after the push. */
async function textsOf(
  { devops, wanted: { repository } }: Work,
  source: string,
): Promise<{ readonly title: string; readonly description: string }> {
  const { id, project } = repository;
  const options = { itemPath: `/${markerPath}`, top: 1 };
  const [newest] = await devops.git.commits(project.id, id, { branch: source }, options);
  if (!newest) throw new TaskError(`The branch ${source} of the repository '${repository.name}' has no commits.`);
  const { comment } = await devops.git.commit(project.id, id, newest.commitId);
  const [title = '', ...rest] = comment.trim().split('\n');
  return { title, description: rest.join('\n').trim() };
}

/** The page of a pull request. */
export function linkOf({ webUrl }: Pick<Repository, 'webUrl'>, { pullRequestId }: PullRequest): string {
  return `${webUrl}/pullrequest/${pullRequestId}`;
}
