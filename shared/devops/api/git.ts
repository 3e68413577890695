import type { GitPush, GitRefUpdate, GitRepository } from 'azure-devops-node-api/interfaces/GitInterfaces';
import * as shape from '../../http/shape';
import type { DevopsHttp, Wire } from './devopsHttp';

/** A repository as lists and single reads return it. */
export type Repository = shape.Read<typeof repository>;
/** A branch or a tag, with the commit that it points to. */
export type Ref = shape.Read<typeof ref>;
/** What became of one update of a reference: the answer is 200 also where none succeeded. */
export type RefUpdateResult = shape.Read<typeof refUpdateResult>;
export type Push = shape.Read<typeof pushed>;
/** A file or a folder of a commit. */
export type Item = shape.Read<typeof item>;
export type Commit = shape.Read<typeof commit>;
export type WholeCommit = shape.Read<typeof wholeCommit>;
/** A file or a folder of a tree. */
export type TreeItem = shape.Read<typeof treeItem>;

/** The object id that stands for no commit: the old one of a new branch, the new one of a deleted branch. */
export const noObject = '0'.repeat(40);

/** A state of a repository. */
export type Version = { readonly branch: string } | { readonly commit: string };

/** A push has up to 25 MB, and the service needs time for many files. */
const secondsToPush = 300;

/**
 * Git repositories, their branches, files and commits. A project or repository is given by its name or id; names are
 * compared without regard to case. Every method throws what `DevopsHttp` throws; nothing that creates is repeated.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/git.
 */
export class GitApi {
  constructor(private readonly http: DevopsHttp) {}

  /** The repositories of a project that the identity may see, disabled ones included. */
  repositories(project: string): Promise<readonly Repository[]> {
    const purpose = `list the repositories of the project '${project}'`;
    const query = { includeHidden: true };
    return this.http.list(
      { method: 'GET', route: 'repositories', parameters: { project }, query, purpose },
      repository,
    );
  }

  /** 404 also for a repository that is disabled. */
  repository(project: string | undefined, repositoryId: string): Promise<Repository> {
    const purpose = `read the repository '${repositoryId}'`;
    return this.http.json(
      { method: 'GET', route: 'repositories', parameters: { project, repositoryId }, purpose },
      repository,
    );
  }

  createRepository(project: string, name: string): Promise<Repository> {
    const json = { name } satisfies Wire<GitRepository>;
    const purpose = `create the repository '${name}' in the project '${project}'`;
    return this.http.json(
      { method: 'POST', route: 'repositories', parameters: { project }, json, purpose },
      repository,
    );
  }

  /** Changes the name, the default branch (`refs/heads/main`), or whether it is disabled, which must be the only change. */
  updateRepository(
    project: string,
    repositoryId: string,
    json: Pick<Wire<GitRepository>, 'name' | 'defaultBranch' | 'isDisabled'>,
  ): Promise<Repository> {
    return this.http.json(
      {
        method: 'PATCH',
        route: 'repositories',
        parameters: { project, repositoryId },
        json,
        purpose: `update the repository '${repositoryId}'`,
        repeatable: true,
      },
      repository,
    );
  }

  /** References whose name begins so; the filter is without `refs/`: `heads/main` also finds `heads/main2`. */
  refs(project: string, repositoryId: string, filter?: string): Promise<readonly Ref[]> {
    const purpose = `list the branches of the repository '${repositoryId}'`;
    return this.http.list(
      { method: 'GET', route: 'refs', parameters: { project, repositoryId }, query: { filter }, purpose },
      ref,
    );
  }

  /** The branch `refs/heads/…` of exactly this name, upper and lower case included; undefined when there is none. */
  async branch(project: string, repositoryId: string, name: string): Promise<Ref | undefined> {
    const refs = await this.refs(project, repositoryId, name.replace(/^refs\//, ''));
    return refs.find((each) => each.name === name);
  }

  /** Creates, moves or deletes references; read `success` of each result. */
  async updateRefs(
    project: string,
    repositoryId: string,
    updates: readonly Wire<GitRefUpdate>[],
  ): Promise<readonly RefUpdateResult[]> {
    const { value } = await this.http.json(
      {
        method: 'POST',
        route: 'refs',
        parameters: { project, repositoryId },
        json: updates,
        purpose: `update the branches of the repository '${repositoryId}'`,
      },
      refUpdateResults,
    );
    return value;
  }

  /** Pushes commits to one branch; 409 when the branch has moved since. Not more than 25 MB. */
  push(project: string, repositoryId: string, json: Wire<GitPush>): Promise<Push> {
    return this.http.json(
      {
        method: 'POST',
        route: 'pushes',
        parameters: { project, repositoryId },
        json,
        purpose: `push to the repository '${repositoryId}'`,
        budgetSeconds: secondsToPush,
      },
      pushed,
    );
  }

  /** All files and folders below a path; 404 when the branch or the path does not exist. */
  items(project: string, repositoryId: string, version: Version, scopePath = '/'): Promise<readonly Item[]> {
    return this.http.list(
      {
        method: 'GET',
        route: 'items',
        parameters: { project, repositoryId },
        query: { scopePath, recursionLevel: 'Full', ...versionQuery('versionDescriptor', version) },
        purpose: `list the files of the repository '${repositoryId}'`,
      },
      item,
    );
  }

  /** The bytes of a file, as they are stored. */
  file(project: string, repositoryId: string, version: Version, path: string): Promise<Uint8Array> {
    return this.http.bytes({
      method: 'GET',
      route: 'items',
      parameters: { project, repositoryId },
      query: { path, $format: 'octetStream', ...versionQuery('versionDescriptor', version) },
      accept: 'application/octet-stream',
      isFile: true,
      purpose: `read the file '${path}' of the repository '${repositoryId}'`,
    });
  }

  /** The bytes of a file by the id of its content; 404 when no commit of the repository has it. */
  blob(project: string, repositoryId: string, objectId: string): Promise<Uint8Array> {
    return this.http.bytes({
      method: 'GET',
      route: 'blobs',
      parameters: { project, repositoryId, objectId },
      query: { $format: 'octetStream' },
      accept: 'application/octet-stream',
      isFile: true,
      purpose: `read the object ${objectId} of the repository '${repositoryId}'`,
    });
  }

  /** All entries of a tree, and of the trees in it. */
  async tree(project: string, repositoryId: string, objectId: string): Promise<readonly TreeItem[]> {
    const { treeEntries } = await this.http.json(
      {
        method: 'GET',
        route: 'trees',
        parameters: { project, repositoryId, objectId },
        query: { recursive: true },
        purpose: `list the files of the repository '${repositoryId}'`,
      },
      tree,
    );
    return treeEntries;
  }

  /** A commit, with its whole message. */
  commit(project: string, repositoryId: string, commitId: string): Promise<WholeCommit> {
    return this.http.json(
      {
        method: 'GET',
        route: 'commits',
        parameters: { project, repositoryId, commitId },
        purpose: `read the commit ${commitId} of the repository '${repositoryId}'`,
      },
      wholeCommit,
    );
  }

  /** The newest commits of a branch that changed a path. */
  async commits(
    project: string,
    repositoryId: string,
    version: Version,
    { itemPath, top }: { readonly itemPath?: string; readonly top: number },
  ): Promise<readonly Commit[]> {
    const { value } = await this.http.json(
      {
        method: 'GET',
        route: 'commits',
        parameters: { project, repositoryId },
        query: {
          'searchCriteria.itemPath': itemPath,
          'searchCriteria.$top': top,
          ...versionQuery('searchCriteria.itemVersion', version),
        },
        purpose: `list the commits of the repository '${repositoryId}'`,
      },
      commits,
    );
    return value;
  }
}

function versionQuery(prefix: string, version: Version): Readonly<Record<string, string>> {
  const [versionType, name] =
    'branch' in version ? ['branch', version.branch.replace(/^refs\/heads\//, '')] : ['commit', version.commit];
  return { [`${prefix}.versionType`]: versionType, [`${prefix}.version`]: name };
}

/** A repository, as also pull requests and import requests name it. */
export const repository = shape.object({
  id: shape.nonEmptyText,
  name: shape.nonEmptyText,
  project: shape.object({ id: shape.nonEmptyText, name: shape.nonEmptyText }),
  /** `refs/heads/main`; undefined until the first push. */
  defaultBranch: shape.optionalText,
  /** In bytes; 0 while it is empty. */
  size: shape.maybe(shape.number),
  /** With the organization as the user: `https://contoso@dev.azure.com/…`. */
  remoteUrl: shape.shown,
  webUrl: shape.shown,
  isDisabled: shape.mapped(shape.maybe(shape.boolean), (isDisabled) => isDisabled === true),
});

const ref = shape.object({ name: shape.nonEmptyText, objectId: shape.nonEmptyText });

const refUpdateResult = shape.object({
  name: shape.nonEmptyText,
  success: shape.boolean,
  /** `succeeded`, `rejectedByPolicy`, `staleOldObjectId`, `createBranchPermissionRequired` … */
  updateStatus: shape.text,
  customMessage: shape.optionalText,
});
const refUpdateResults = shape.object({ value: shape.list(refUpdateResult) });

const commit = shape.object({
  commitId: shape.nonEmptyText,
  comment: shape.shown,
  /** ISO 8601. */
  committer: shape.maybe(shape.object({ date: shape.optionalText })),
});
const wholeCommit = shape.object({
  commitId: shape.nonEmptyText,
  /** The id of its root tree. */
  treeId: shape.nonEmptyText,
  comment: shape.shown,
});
const commits = shape.object({ value: shape.list(commit) });

const treeItem = shape.object({
  objectId: shape.nonEmptyText,
  /** `blob`, `tree`, or `commit` for a submodule. */
  gitObjectType: shape.text,
  /** Without a slash at the beginning. */
  relativePath: shape.nonEmptyText,
  /** `100644`, `100755` … */
  mode: shape.nonEmptyText,
});
const tree = shape.object({ treeEntries: shape.list(treeItem) });

const pushed = shape.object({
  pushId: shape.number,
  refUpdates: shape.list(shape.object({ name: shape.nonEmptyText, newObjectId: shape.nonEmptyText })),
  commits: shape.listOf(shape.object({ commitId: shape.nonEmptyText })),
});

const item = shape.object({
  objectId: shape.nonEmptyText,
  /** `blob`, `tree`, or `commit` for a submodule. */
  gitObjectType: shape.text,
  /** From the root: `/docs/page.md`. */
  path: shape.nonEmptyText,
});
