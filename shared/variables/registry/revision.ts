/** Who saved something: the id and the name of an identity of Azure DevOps. */
export interface Author {
  readonly id: string;
  readonly name: string;
}

/** The file in a repository that a model is kept in step with. */
export interface RepositoryLink {
  readonly id: string;
  readonly path: string;
  readonly branch: string;
}

export type ModelStatus = 'active' | 'archived';

/** What one save says. */
export interface Revision {
  /** The id of the model; `base`, `schema` or `settings` for what all models share. */
  readonly id: string;
  /** Counted from 1. */
  readonly rev: number;
  /** A variable file, byte by byte as it was saved; a schema and settings are JSON. Empty where it cannot be read. */
  readonly text: string;
  readonly status: ModelStatus;
  /** The value of `modelVersion` in the text; undefined where the text has none. */
  readonly version: string | undefined;
  /** The names of the environments in the text, in its order. */
  readonly environments: readonly string[];
  readonly repository: RepositoryLink | undefined;
  readonly updatedBy: Author;
  /** ISO 8601, in UTC with milliseconds. */
  readonly updatedOn: string;
  readonly comment: string;
  /** SHA-256, 64 hexadecimal digits. */
  readonly hash: string;
  /** The hash of the revision before; empty for the first. */
  readonly previousHash: string;
  /** False where it has been changed since it was saved, or cannot be read: see `problem`. */
  readonly isIntact: boolean;
  /** True where a newer version of the extension saved it: this one can neither read nor replace it, and `isIntact` is false. */
  readonly isNewer?: true;
  /** What is wrong, as a sentence; undefined where it is intact. */
  readonly problem: string | undefined;
}

/** The newest revision of a model, as it was read: what the next save is based on. */
export interface RegistryModel extends Revision {
  /** The version of the stored document; undefined where the document of the model does not exist, only its revisions. */
  readonly etag: number | undefined;
  /** Fields of the stored document that this version does not know; a save keeps them. */
  readonly otherFields: Readonly<Record<string, unknown>>;
}
