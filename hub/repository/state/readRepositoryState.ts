import type { ModelRegistry } from '../../../shared/variables/registry/modelRegistry';
import type { RegistryModel, RepositoryLink } from '../../../shared/variables/registry/revision';
import { fileStateOf, type FileState } from './fileState';
import type { FileCommit, GitRequests, RepositoryFile } from '../git/gitRequests';
import type { PullRequest } from '../git/pullRequest';
import type { Repository } from '../git/repository';
import { findSyncPoint, type FileVersion, type SyncPoint } from './syncPoint';

/** The file of a model in its repository, compared with the model. */
export interface RepositoryState {
  readonly repository: Repository;
  /** Undefined where the branch does not have the file. */
  readonly file: RepositoryFile | undefined;
  readonly state: FileState | 'absent';
  readonly sync: SyncPoint | undefined;
  /** The newest commit that changed the file; undefined where there is none. */
  readonly newest: FileCommit | undefined;
  /** Those that were opened for this model, newest first. */
  readonly pullRequests: readonly PullRequest[];
}

/** What is older is not looked for: the texts are then compared as if they had never been the same. */
const mostCommits = 20;
const commitsAtOnce = 4;

/** @throws ExplainedError, RestError, StoreError */
export async function readRepositoryState(
  requests: GitRequests,
  registry: ModelRegistry,
  model: RegistryModel,
  link: RepositoryLink,
): Promise<RepositoryState> {
  const repository = await requests.repository(link.id);
  const [file, pullRequests] = await Promise.all([
    requests.file(repository, link),
    requests.pullRequests(repository, { target: link.branch, status: 'all' }),
  ]);
  const ofModel = pullRequests.filter(({ branch }) => isOfModel(branch, model.id));
  const common = { repository, file, pullRequests: ofModel };
  if (!file) return { ...common, state: 'absent', sync: undefined, newest: undefined };
  const [commits, revisions] = await Promise.all([
    requests.history(repository, link, mostCommits),
    registry.revisions(model.id),
  ]);
  const versions: FileVersion[] = [];
  let sync: SyncPoint | undefined;
  for (let start = 0; start < commits.length && !sync; start += commitsAtOnce) {
    const next = commits.slice(start, start + commitsAtOnce);
    const read = next.map(async (commit): Promise<FileVersion> => {
      const version =
        commit.commitId === file.commitId ? file : await requests.fileAt(repository, link.path, commit.commitId);
      return { commit, text: version?.text };
    });
    versions.push(...(await Promise.all(read)));
    sync = findSyncPoint(versions, revisions);
  }
  return { ...common, sync, newest: commits[0], state: fileStateOf(model.text, file.text, sync) };
}

/** The branches that `propose` makes. */
function isOfModel(branch: string, model: string): boolean {
  const prefix = `model-variables/${model}-r`;
  return branch.startsWith(prefix) && /^\d+(?:-\d+)?$/.test(branch.slice(prefix.length));
}
