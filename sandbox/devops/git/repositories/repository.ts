import type { Caller } from '../../identities/caller';
import { changedFiles, type ChangedFile, readFiles } from '../objects/files';
import { noObject, ObjectStore } from '../objects/objectStore';
import type { PostedStatus } from '../statuses';

/** A reference and who made it. */
export interface GitRef {
  readonly objectId: string;
  /** The id of an identity. */
  readonly creatorId: string;
  /** The id of the identity that alone may update it. */
  readonly isLockedBy?: string;
}

export interface RefUpdate {
  readonly name: string;
  readonly oldObjectId: string;
  readonly newObjectId: string;
}

/** What one push or merge changed. */
export interface Push {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly pushedById: string;
  readonly refUpdates: readonly RefUpdate[];
}

export interface ImportRequest {
  readonly id: number;
  readonly url: string;
  readonly overwrite: boolean;
  readonly caller: Caller;
  /** The service connection that has the credentials for the source. */
  readonly endpointId: string | undefined;
  /** Whether that connection is for this import only. */
  readonly deletesEndpoint: boolean;
  status: 'queued' | 'inProgress' | 'completed' | 'failed' | 'abandoned';
  errorMessage: string | undefined;
}

export class Repository {
  readonly objects = new ObjectStore();
  readonly refs = new Map<string, GitRef>();
  readonly pushes: Push[] = [];
  readonly importRequests: ImportRequest[] = [];
  /** Of commits, by their ids. */
  readonly statuses = new Map<string, PostedStatus[]>();
  /** The full name of a branch; undefined until the first push. */
  defaultBranch: string | undefined;
  isDisabled = false;

  constructor(
    readonly id: string,
    public name: string,
    readonly projectId: string,
    /** Epoch milliseconds. */
    readonly createdAt: number,
  ) {}

  /** 40 zeros where there is no such reference. */
  tipOf(refName: string): string {
    return this.refs.get(refName)?.objectId ?? noObject;
  }

  /** Names and ids, as clients of git see them. */
  get tips(): Map<string, string> {
    return new Map([...this.refs].map(([name, { objectId }]) => [name, objectId]));
  }

  get isEmpty(): boolean {
    return ![...this.refs.keys()].some((name) => name.startsWith(branchPrefix));
  }

  /** The files that differ between two commits; 40 zeros stand for no files. */
  changesBetween(before: string, after: string): ChangedFile[] {
    const files = (commit: string) =>
      commit === noObject ? new Map() : readFiles(this.objects, this.objects.readCommit(commit).tree);
    return changedFiles(files(before), files(after));
  }
}

export const branchPrefix = 'refs/heads/';
