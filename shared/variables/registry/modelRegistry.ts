import type { DocumentStore } from './documentStore';
import type { Author, ModelStatus, RegistryModel, RepositoryLink, Revision } from './revision';

export interface RegistryOptions {
  /** The GUID of the project. */
  readonly projectId: string;
  readonly author: Author;
  readonly now: () => Date;
  /** Whether reading repairs what an interrupted save left; true by default. False in a pipeline, which only reads. */
  readonly canRepair?: boolean;
}

/** An entry of the list of models; a damaged one has `isIntact: false` and a `problem`. */
export type RegistryEntry = RegistryModel;

/** All documents of a project, from one request. */
export interface RegistryContents {
  readonly models: readonly RegistryEntry[];
  readonly base: RegistryModel | undefined;
  readonly schema: RegistryModel | undefined;
  readonly settings: StoredSettings;
}

export interface RegistrySettings {
  /** Environments whose values are changed by a pull request only. */
  readonly protectedEnvironments: readonly string[];
  /** Whether a text with names or values that look like secrets must not be saved. */
  readonly refusesSecrets: boolean;
}

/** The settings, and the document that they were read from; undefined where none were saved. */
export interface StoredSettings {
  readonly settings: RegistrySettings;
  readonly document: RegistryModel | undefined;
}

/** What is saved of a model, and what it was made from. */
export interface SharedChange {
  readonly text: string;
  readonly comment: string;
  /** The model as it was read before the change; undefined for a new one. */
  readonly base: RegistryModel | undefined;
  /** Saves on top of a model that is not intact. Without it, such a save is refused. */
  readonly acceptsDamage?: boolean;
}

export interface ModelChange extends SharedChange {
  readonly id: string;
  /** As before, or active, by default. */
  readonly status?: ModelStatus;
  /** As before by default; null removes the link. */
  readonly repository?: RepositoryLink | null;
}

/** `conflict`: someone else saved in the meantime; nothing was saved, `theirs` is what there is now. */
export type SaveResult =
  | { readonly kind: 'saved'; readonly model: RegistryModel }
  | { readonly kind: 'conflict'; readonly theirs: RegistryModel };

/** A change that cannot be saved, with a sentence that says why. Nothing was sent. */
export class RegistryRefusal extends Error {
  override readonly name = 'RegistryRefusal';
}

/** The models of a project in the extension data. Every method can throw a StoreError. */
export declare class ModelRegistry {
  constructor(store: DocumentStore, options: RegistryOptions);
  /** Everything that a page needs to begin: one request. */
  contents(): Promise<RegistryContents>;
  /** In the order of their ids: one request. */
  models(): Promise<readonly RegistryEntry[]>;
  /** The newest revision, with one request more that finds an interrupted save. */
  model(id: string): Promise<RegistryModel | undefined>;
  /** The model as its document says, in one request: it may be a save behind where that was interrupted. */
  head(id: string): Promise<RegistryModel | undefined>;
  base(): Promise<RegistryModel | undefined>;
  schema(): Promise<RegistryModel | undefined>;
  settings(): Promise<StoredSettings>;
  /** One request; undefined where there is no such revision. */
  revision(id: string, rev: number): Promise<Revision | undefined>;
  /** Newest first; one request. */
  revisions(id: string): Promise<readonly Revision[]>;
  /** @throws RegistryRefusal */
  save(change: ModelChange): Promise<SaveResult>;
  saveBase(change: SharedChange): Promise<SaveResult>;
  saveSchema(change: SharedChange): Promise<SaveResult>;
  saveSettings(change: Omit<SharedChange, 'text'> & { readonly settings: RegistrySettings }): Promise<SaveResult>;
  exportAll(): Promise<string>;
  importAll(text: string): Promise<readonly ImportedDocument[]>;
}

/** What became of a document of an import. */
export interface ImportedDocument {
  readonly id: string;
  /** `unchanged`: its text is what there is already. */
  readonly kind: 'created' | 'updated' | 'unchanged' | 'conflict' | 'refused';
  readonly problem?: string;
}
