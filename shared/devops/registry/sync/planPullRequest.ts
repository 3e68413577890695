import { TaskError } from '../../../errors';
import type { PullRequest } from '../../api/pullRequests';
import { isRefusedAs } from '../../api/refusal';
import { throwIfStuck, type Change, type PlannedChange } from '../../change';
import { createOnce } from '../../createOnce';
import { lackOfPermissions } from '../../repository/gitPermissions';
import { linkOf } from '../../repository/templateUpdate/planTemplateUpdate';
import { commonText } from './commonText';
import { contestedText, differenceLine, differences, emptyText, valuesOf } from './differences';
import { mergeSides } from './mergeSides';
import type { SyncWork } from './planRevision';
import { descriptionOf, revisionInTitle, titleOf } from './proposalTexts';
import { pushFile } from './pushFile';
import { fileAt, readable, readSides, type Sides } from './sides';

/** What is to be done: `push` the file onto a branch, then a pull request. */
interface Step extends Change {
  readonly sides: Sides;
  readonly text?: string;
  /** What the pull request says besides its changes. */
  readonly remarks?: readonly string[];
  readonly push?: { readonly onto: string; readonly isNewBranch: boolean; readonly isNewFile: boolean };
  /** The branch of the pull request, if there is one or is to be one. */
  readonly source?: string;
  readonly pullRequest?: PullRequest;
}

/** How often somebody else may push first. */
const mostTries = 3;

/**
 * Plans the pull request that brings what the hub has changed into the file on the default branch, value by value, so that only
 * the lines of these values differ. One that is open for an older revision receives another commit. Sends nothing that writes.
 */
export async function planPullRequest(work: SyncWork): Promise<PlannedChange<PullRequest | undefined>> {
  const step = await withPermissions(work, await stepOf(work));
  const { kind, what, differences: lines, notes = [] } = step;
  return { kind, what, differences: lines, notes, apply: () => apply(work, step) };
}

async function stepOf(work: SyncWork): Promise<Step> {
  const sides = await readSides(work, work.place, work.model);
  const { file, model, id, path, repository } = sides;
  const what = `File ${path} of the repository '${repository.name}'`;
  const step = (kind: Change['kind'], notes: readonly string[], more: Partial<Step> = {}): Step => ({
    kind,
    what,
    differences: [],
    notes,
    sides,
    ...more,
  });
  if (!model) return step('blocked', [`The hub has no model '${id}'.`]);
  if (file === undefined) return proposed(work, step('create', [], { text: model.text }));
  readable(file, path);
  if (valuesOf(model.text) === valuesOf(file)) return step('unchanged', []);
  const common = work.overwrites ? undefined : await commonText(work, sides);
  const merge = mergeSides({ common, source: model.text, target: file, overwrites: work.overwrites });
  if (merge.kind === 'contested')
    return step('conflict', [
      `The hub and the file have both changed:${contestedText(merge.contested, `hub r${model.rev}`, path)}\nSet one of them to the value that is wanted, or let the hub win.`,
    ]);
  if (merge.kind === 'impossible')
    return step('conflict', [
      `Both have changed, and cannot be merged: ${merge.reason} Make one of them say what is wanted.`,
    ]);
  if (valuesOf(merge.text) === valuesOf(file))
    return step('unchanged', ['Only the file has changed since both were the same.']);
  const remarks = merge.kind === 'whole' ? [`The file is replaced as a whole: ${merge.reason}`] : [];
  return proposed(work, step('update', remarks, { text: merge.text, remarks }));
}

/** With the branch and the pull request that bring the text, as far as they are not there. */
async function proposed({ devops }: SyncWork, wanted: Step): Promise<Step> {
  const { sides, text } = wanted;
  const { repository, model, id, file, tip } = sides;
  const step: Step = { ...wanted, differences: differences(file ?? emptyText, text ?? '').map(differenceLine) };
  const prefix = `refs/heads/model-variables/${id}-r`;
  const target = { targetRefName: repository.defaultBranch };
  const open = await devops.pullRequests.active(repository.project.id, repository.id, target);
  const ours = open.find((each) => new RegExp(`^${prefix}\\d+$`).test(each.sourceRefName));
  const source = ours?.sourceRefName ?? `${prefix}${model?.rev}`;
  const notes = [
    ...(step.notes ?? []),
    ...(ours ? [`Pull request ${ours.pullRequestId} is open: ${linkOf(repository, ours)}`] : []),
  ];
  const known: Step = { ...step, notes, source, ...(ours && { pullRequest: ours }) };
  const branch = await devops.git.branch(repository.project.id, repository.id, source);
  if (!branch) {
    if (ours) return { ...known, kind: 'blocked', notes: [...notes, `Its branch ${source} cannot be read.`] };
    const branches = { sourceRefName: source, ...target };
    const [refused] = await devops.pullRequests.abandoned(repository.project.id, repository.id, branches);
    return refused
      ? {
          ...step,
          kind: 'unchanged',
          notes: [
            ...notes,
            `Pull request ${refused.pullRequestId} for this revision was abandoned: ${linkOf(repository, refused)}`,
          ],
        }
      : { ...known, push: { onto: tip, isNewBranch: true, isNewFile: file === undefined } };
  }
  const there = await fileAt(devops, sides, branch.objectId);
  if (there === text) {
    if (!ours) return { ...known, notes: [...notes, `The branch ${source} has the changes already.`] };
    const shown = revisionInTitle(ours.title, id);
    if (shown === undefined || shown === model?.rev) return { ...known, kind: 'unchanged' };
    return { ...known, kind: 'update', notes: [...notes, 'Its texts are those of an older revision.'] };
  }
  const options = { itemPath: `/${sides.path}`, top: 1 };
  const [newest] = await devops.git.commits(repository.project.id, repository.id, { commit: branch.objectId }, options);
  if (!ours || revisionInTitle(newest?.comment ?? '', id) === undefined)
    return {
      ...known,
      kind: 'conflict',
      notes: [
        ...notes,
        `The branch ${source} has other changes of the file. Complete or abandon its pull request, or delete the branch.`,
      ],
    };
  return {
    ...known,
    kind: 'update',
    push: { onto: branch.objectId, isNewBranch: false, isNewFile: there === undefined },
  };
}

async function withPermissions({ devops }: SyncWork, step: Step): Promise<Step> {
  if (step.kind !== 'create' && step.kind !== 'update') return step;
  const { project, id, name } = step.sides.repository;
  const scope = { projectId: project.id, repositoryId: id, name: `the repository '${name}'` };
  const lack = await lackOfPermissions(devops, scope, [
    'GenericRead',
    'GenericContribute',
    ...(step.push?.isNewBranch ? ['CreateBranch' as const] : []),
    'PullRequestContribute',
  ]);
  return lack === undefined ? step : { ...step, kind: 'blocked', notes: [...(step.notes ?? []), lack] };
}

async function apply(work: SyncWork, planned: Step): Promise<PullRequest | undefined> {
  throwIfStuck([planned]);
  for (let step = planned, tries = 1; ; tries++) {
    const { kind, push, source, text, sides, pullRequest } = step;
    if (kind === 'unchanged' || source === undefined || text === undefined) return pullRequest;
    try {
      const { title, description } = textsOf(step);
      const { onto, isNewBranch, isNewFile } = push ?? {};
      if (onto !== undefined)
        await pushFile(work, sides, {
          source,
          onto,
          isNewBranch: isNewBranch === true,
          isNewFile: isNewFile === true,
          text,
          message: `${title}\n\n${description}`,
        });
      return await withPullRequest(work, step, source);
    } catch (error) {
      if (!isRefusedAs('staleReference', error)) throw error;
      if (tries === mostTries)
        throw new TaskError(`${step.what}: somebody else pushes to ${source} at the same time. Run this step again.`);
      step = await stepOf(work);
      throwIfStuck([step]);
    }
  }
}

/** Creates the pull request, or gives it the texts of the newest revision; read back until it is there. */
async function withPullRequest({ devops, context }: SyncWork, step: Step, source: string): Promise<PullRequest> {
  const { repository, id: model } = step.sides;
  const { id, project, defaultBranch } = repository;
  const texts = textsOf(step);
  const existing = step.pullRequest;
  if (existing) {
    // Texts that people wrote stay.
    if (revisionInTitle(existing.title, model) === undefined) return existing;
    return devops.pullRequests.update(project.id, id, existing.pullRequestId, texts);
  }
  const branches = { sourceRefName: source, targetRefName: defaultBranch };
  const created = await createOnce(
    () => devops.pullRequests.create(project.id, id, { ...branches, ...texts }),
    async () => (await devops.pullRequests.active(project.id, id, branches))[0],
    context,
  );
  context.agent.log(`Pull request ${created.pullRequestId}: ${linkOf(repository, created)}`);
  return created;
}

function textsOf({ sides: { model, file }, text, remarks = [] }: Step): {
  readonly title: string;
  readonly description: string;
} {
  if (!model || text === undefined) throw new Error('Without a revision of the hub there is nothing to propose.');
  const changes = differences(file ?? emptyText, text);
  return { title: titleOf(model), description: descriptionOf(model, changes, remarks) };
}
