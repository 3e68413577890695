import type { RepositoryLink } from '../../../shared/variables/registry/revision';
import type { Host } from '../../host/host';
import { fieldsOf, listOf, optionalTextIn, textIn, type Fields } from './answer';
import { refPrefix, shortName } from './branchName';
import { base64, utf8 } from './fileBytes';
import { pullRequestOf, type PullRequest, type PullRequestStatus } from './pullRequest';
import type { Repository } from './repository';
import { explained, isFileMissing, type RequestSubject } from './refusal';

/** A file at a commit. */
export interface RepositoryFile {
  /** As it is stored; a byte order mark is a character. Undefined where it is not UTF-8. */
  readonly text: string | undefined;
  readonly commitId: string;
}

/** A commit that changed a file. */
export interface FileCommit {
  readonly commitId: string;
  /** When it was committed, ISO 8601. */
  readonly date: string;
  readonly author: string;
  readonly comment: string;
}

/** One commit on a new branch that writes one file. */
export interface FilePush {
  /** Without `refs/heads/`. */
  readonly branch: string;
  /** What the branch starts at. */
  readonly parent: string;
  readonly path: string;
  readonly isNew: boolean;
  readonly text: string;
  readonly comment: string;
}

const version = 'api-version=7.1';

/** A list of repositories, branches or files is one request; the service returns all of them. */
const mostPullRequests = 100;

/**
 * The repositories of the project, with the token of the person. Errors are sentences (ExplainedError), or the RestError
 * where there is nothing to add. Source: https://learn.microsoft.com/rest/api/azure/devops/git.
 */
export class GitRequests {
  constructor(private readonly host: Pick<Host, 'rest' | 'project'>) {}

  /** In the order of their names, without those that are disabled. */
  async repositories(): Promise<readonly Repository[]> {
    const answer = await this.#json(`?${version}`, { purpose: 'list the repositories of the project' });
    return listOf(answer, 'repositories')
      .filter(({ isDisabled }) => isDisabled !== true)
      .map((each) => this.#repository(each))
      .sort((one, other) => one.name.localeCompare(other.name));
  }

  /** @param id the id or the name */
  async repository(id: string): Promise<Repository> {
    const subject = { purpose: 'read the repository', repository: id };
    return this.#repository(fieldsOf(await this.#json(`/${encode(id)}?${version}`, subject), 'repository'));
  }

  /** The names of the branches, without `refs/heads/`. */
  async branches({ id, name }: Repository): Promise<readonly string[]> {
    const subject = { purpose: 'list the branches', repository: name };
    const answer = await this.#json(`/${encode(id)}/refs?filter=heads/&${version}`, subject);
    return listOf(answer, 'branches').map((ref) => shortName(textIn(ref, 'name')));
  }

  /** The id of the newest commit of a branch; undefined where there is no such branch. */
  async tip(repository: Repository, branch: string): Promise<string | undefined> {
    const subject = { purpose: 'read the branch', repository: repository.name };
    const url = `/${encode(repository.id)}/refs?filter=${encode(`heads/${branch}`)}&${version}`;
    const refs = listOf(await this.#json(url, subject), 'branches');
    const ref = refs.find((each) => textIn(each, 'name') === `${refPrefix}${branch}`);
    return ref && textIn(ref, 'objectId');
  }

  /** The paths of the files of a branch whose path ends so. */
  async filesNamed(repository: Repository, branch: string, ending: RegExp): Promise<readonly string[]> {
    const subject = { purpose: 'list the files', repository: repository.name, branch };
    const url = `/${encode(repository.id)}/items?scopePath=/&recursionLevel=full&${branchQuery(branch)}&${version}`;
    return listOf(await this.#json(url, subject), 'files')
      .filter((item) => item['gitObjectType'] === 'blob')
      .map((item) => textIn(item, 'path'))
      .filter((path) => ending.test(path));
  }

  /** The file as it is on a branch; undefined where the branch does not have it. */
  async file(repository: Repository, { path, branch }: Pick<RepositoryLink, 'path' | 'branch'>) {
    const subject = { purpose: 'read the file', repository: repository.name, branch };
    const url = `/${encode(repository.id)}/items?path=${encode(path)}&$format=json&${branchQuery(branch)}&${version}`;
    const item = await this.#absentAsUndefined(this.#json(url, subject));
    if (item === undefined) return undefined;
    return this.fileAt(repository, path, textIn(fieldsOf(item, 'file'), 'commitId'));
  }

  /** The file as it is in a commit; undefined where the commit does not have it. */
  async fileAt(repository: Repository, path: string, commitId: string): Promise<RepositoryFile | undefined> {
    const subject = { purpose: 'read the file', repository: repository.name };
    const at = `versionDescriptor.versionType=commit&versionDescriptor.version=${commitId}`;
    const bytes = await this.#bytes(repository.id, path, at, subject);
    return bytes && { text: utf8(bytes), commitId };
  }

  /** The text of a file, by one request; undefined where the branch does not have the file, or where it is not UTF-8. */
  async text({ id, path, branch }: RepositoryLink): Promise<string | undefined> {
    const subject = { purpose: 'read the file', repository: id, branch };
    const bytes = await this.#bytes(id, path, branchQuery(branch), subject);
    return bytes && utf8(bytes);
  }

  /** The newest commits of a branch that changed a file, newest first. */
  async history(
    repository: Repository,
    { path, branch }: RepositoryLink,
    most: number,
  ): Promise<readonly FileCommit[]> {
    const subject = { purpose: 'list the commits', repository: repository.name, branch };
    const of = `searchCriteria.itemVersion.versionType=branch&searchCriteria.itemVersion.version=${encode(branch)}`;
    const url = `/${encode(repository.id)}/commits?searchCriteria.itemPath=${encode(path)}&searchCriteria.$top=${most}&${of}&${version}`;
    const answer = await this.#absentAsUndefined(this.#json(url, subject));
    if (answer === undefined) return [];
    return listOf(answer, 'commits').map((each) => {
      const committer = fieldsOf(each['committer'], 'committer');
      return {
        commitId: textIn(each, 'commitId'),
        date: textIn(committer, 'date'),
        author: optionalTextIn(fieldsOf(each['author'], 'author'), 'name') ?? '',
        comment: optionalTextIn(each, 'comment') ?? '',
      };
    });
  }

  /** The pull requests into a branch, newest first. */
  async pullRequests(
    repository: Repository,
    criteria: { readonly target: string; readonly source?: string; readonly status: PullRequestStatus | 'all' },
  ): Promise<readonly PullRequest[]> {
    const subject = { purpose: 'list the pull requests', repository: repository.name };
    const { source, target, status } = criteria;
    const query = new URLSearchParams({
      'searchCriteria.status': status,
      'searchCriteria.targetRefName': `${refPrefix}${target}`,
      ...(source !== undefined && { 'searchCriteria.sourceRefName': `${refPrefix}${source}` }),
      $top: String(mostPullRequests),
      'api-version': '7.1',
    });
    const answer = await this.#json(`/${encode(repository.id)}/pullrequests?${query.toString()}`, subject);
    return listOf(answer, 'pull requests').flatMap((each) => pullRequestOf(repository, each) ?? []);
  }

  /** @throws RestError of a stale reference where the branch exists */
  async push(repository: Repository, push: FilePush): Promise<void> {
    const { branch, parent, path, isNew, text, comment } = push;
    const body = {
      refUpdates: [{ name: `${refPrefix}${branch}`, oldObjectId: parent }],
      commits: [
        {
          comment,
          changes: [
            {
              changeType: isNew ? 'add' : 'edit',
              item: { path },
              newContent: { content: base64(text), contentType: 'base64encoded' },
            },
          ],
        },
      ],
    };
    const subject = { purpose: 'push to the repository', repository: repository.name, branch };
    await this.#post(`/${encode(repository.id)}/pushes?${version}`, body, subject);
  }

  async createPullRequest(
    repository: Repository,
    wanted: { readonly source: string; readonly target: string; readonly title: string; readonly description: string },
  ): Promise<PullRequest> {
    const { source, target, title, description } = wanted;
    const body = { sourceRefName: `${refPrefix}${source}`, targetRefName: `${refPrefix}${target}`, title, description };
    const subject = { purpose: 'open a pull request', repository: repository.name, branch: source };
    const answer = await this.#post(`/${encode(repository.id)}/pullrequests?${version}`, body, subject);
    const created = pullRequestOf(repository, fieldsOf(answer, 'pull request'));
    if (!created) throw new Error('Azure DevOps created a pull request with a status that is not known.');
    return created;
  }

  #repository(fields: Fields): Repository {
    const branch = optionalTextIn(fields, 'defaultBranch');
    const name = textIn(fields, 'name');
    const { rest, project } = this.host;
    return {
      id: textIn(fields, 'id'),
      name,
      defaultBranch: branch === undefined ? undefined : shortName(branch),
      webUrl:
        optionalTextIn(fields, 'webUrl') ?? `${rest.organizationUrl}/${encode(project.name)}/_git/${encode(name)}`,
    };
  }

  #get(path: string) {
    return { method: 'GET', url: `/${encode(this.host.project.id)}/_apis/git/repositories${path}` } as const;
  }

  #bytes(repository: string, path: string, at: string, subject: RequestSubject): Promise<Uint8Array | undefined> {
    const url = `/${encode(repository)}/items?path=${encode(path)}&$format=octetStream&${at}&${version}`;
    return this.#absentAsUndefined(this.#explain(this.host.rest.bytes(this.#get(url)), subject));
  }

  #json(path: string, subject: RequestSubject): Promise<unknown> {
    return this.#explain(this.host.rest.json(this.#get(path)), subject);
  }

  #post(path: string, body: object, subject: RequestSubject): Promise<unknown> {
    return this.#explain(this.host.rest.json({ ...this.#get(path), method: 'POST', body }), subject);
  }

  async #explain<T>(request: Promise<T>, subject: RequestSubject): Promise<T> {
    try {
      return await request;
    } catch (error) {
      throw explained(error, subject);
    }
  }

  async #absentAsUndefined<T>(request: Promise<T>): Promise<T | undefined> {
    try {
      return await request;
    } catch (error) {
      if (isFileMissing(error)) return undefined;
      throw error;
    }
  }
}

const encode = encodeURIComponent;

function branchQuery(branch: string): string {
  return `versionDescriptor.versionType=branch&versionDescriptor.version=${encode(branch)}`;
}
