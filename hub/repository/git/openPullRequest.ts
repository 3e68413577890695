import type { RegistryModel, RepositoryLink } from '../../../shared/variables/registry/revision';
import type { Host } from '../../host/host';
import { ExplainedError } from '../../kit/faults/explainedError';
import { combineTexts, withChoices } from '../combine/combineTexts';
import { GitRequests, type RepositoryFile } from './gitRequests';
import type { PullRequest } from './pullRequest';
import type { Repository } from './repository';
import { isDuplicate, isStaleReference } from './refusal';
import { repositoryMessages as messages } from '../messages';

/** A pull request, and whether it was there before. */
export interface OpenedPullRequest {
  readonly pullRequest: PullRequest;
  readonly isNew: boolean;
}

/** What a pull request writes into the file of a model. */
export interface Proposal {
  readonly model: string;
  /** The revision that the branch is named after. */
  readonly rev: number;
  readonly link: RepositoryLink;
  /** The commit that `text` was made from; undefined where the file is new. */
  readonly file: RepositoryFile | undefined;
  readonly text: string;
  /** Its first line is the title, the rest of it the description. */
  readonly comment: string;
}

/** Branches of the same revision whose contents differ get a number. */
const mostBranches = 20;

/**
 * Opens a pull request for a change of a model that is not saved: the values that differ between the newest revision and
 * `text` are set in the file on its branch, and nothing else. The same change again finds the pull request that is open.
 *
 * @throws ExplainedError, RestError
 */
export async function openPullRequest(
  host: Pick<Host, 'rest' | 'project'>,
  model: RegistryModel,
  text: string,
  comment: string,
): Promise<OpenedPullRequest> {
  const { repository: link, id, rev } = model;
  if (link === undefined) throw new ExplainedError(messages.noLinkForPullRequest, { canRetry: false });
  const requests = new GitRequests(host);
  const repository = await requests.repository(link.id);
  const file = await requests.file(repository, link);
  if (file !== undefined && file.text === undefined)
    throw new ExplainedError(messages.fileNotText(link.path), { canRetry: false });
  const proposed = file?.text === undefined ? text : changed(model.text, text, file.text);
  return propose(requests, repository, { model: id, rev: rev + 1, link, file, text: proposed, comment });
}

/**
 * Pushes one commit with the text to a branch of its own, and opens a pull request from it. A branch that already has this
 * text is used as it is, and a pull request that is open from it is returned.
 *
 * @throws ExplainedError, RestError
 */
export async function propose(
  requests: GitRequests,
  repository: Repository,
  proposal: Proposal,
): Promise<OpenedPullRequest> {
  const { link, file, text } = proposal;
  if (file?.text === text) throw new ExplainedError(messages.nothingToPropose(link.branch), { canRetry: false });
  const branch = await branchWith(requests, repository, proposal);
  const isOpen = { source: branch, target: link.branch, status: 'active' } as const;
  const [open] = await requests.pullRequests(repository, isOpen);
  if (open) return { pullRequest: open, isNew: false };
  const [title = '', ...rest] = proposal.comment.trim().split('\n');
  const wanted = {
    source: branch,
    target: link.branch,
    title: messages.pullRequestTitle(proposal.model, title.trim()),
    description: messages.pullRequestDescription(proposal.model, rest.join('\n').trim()),
  };
  try {
    return { pullRequest: await requests.createPullRequest(repository, wanted), isNew: true };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const [theirs] = await requests.pullRequests(repository, isOpen);
    if (!theirs) throw error;
    return { pullRequest: theirs, isNew: false };
  }
}

/** The branch of the proposal, with its text. @returns the name, without `refs/heads/` */
async function branchWith(requests: GitRequests, repository: Repository, proposal: Proposal): Promise<string> {
  const { model, rev, link, file, text, comment } = proposal;
  const parent = file?.commitId ?? (await requests.tip(repository, link.branch));
  if (parent === undefined) throw new ExplainedError(messages.noBranch(link.branch, repository.name));
  for (let count = 1; count <= mostBranches; count += 1) {
    const branch = `model-variables/${model}-r${rev}${count === 1 ? '' : `-${count}`}`;
    for (const isLast of [false, true]) {
      if ((await requests.tip(repository, branch)) !== undefined) break;
      const push = {
        branch,
        parent,
        path: link.path,
        isNew: file === undefined,
        text,
        comment: commitMessage(comment),
      };
      try {
        await requests.push(repository, push);
        return branch;
      } catch (error) {
        // Someone created the branch since it was looked for.
        if (!isStaleReference(error) || isLast) throw error;
      }
    }
    const there = await requests.file(repository, { path: link.path, branch });
    if (there?.text === text) return branch;
  }
  throw new ExplainedError(messages.tooManyBranches(model, rev), { canRetry: false });
}

function changed(base: string, hub: string, file: string): string {
  const combined = combineTexts(base, hub, file);
  const chosen = combined.kind === 'combined' ? withChoices(combined.text, combined.contested, () => true) : combined;
  if (chosen.kind === 'problem') throw new ExplainedError(messages.cannotCombine(chosen.problem), { canRetry: false });
  return chosen.text;
}

function commitMessage(comment: string): string {
  return comment.trim() === '' ? messages.defaultComment : comment.trim();
}
