import { Chain } from './chain';
import type { DocumentStore } from './documentStore';
import { headsOf, readHead } from './documents';
import { isSharedId, modelIdProblem } from './modelIds';
import { RegistryRefusal } from './refusal';
import type { Author, ModelStatus, RegistryModel, RepositoryLink, Revision } from './revision';
import { saveRevision, type SaveResult } from './saveRevision';
import { readSettings, settingsText, type RegistrySettings, type StoredSettings } from './settings';
import { readStoredText, storedComment, wellFormed } from './storedText';

export interface RegistryOptions {
  /** The GUID of the project. */
  readonly projectId: string;
  readonly author: Author;
  readonly now: () => Date;
  /** Whether reading completes what an interrupted save left; true by default. False in a pipeline, which only reads. */
  readonly canRepair?: boolean;
}

/** An entry of the list of models; a damaged one has `isIntact: false` and a `problem`. */
export type RegistryEntry = RegistryModel;

/** All documents of a project. */
export interface RegistryContents {
  /** In the order of their ids. */
  readonly models: readonly RegistryEntry[];
  readonly base: RegistryModel | undefined;
  readonly schema: RegistryModel | undefined;
  readonly settings: StoredSettings;
}

/** A new text of what all models share, and what it was made from. */
export interface SharedChange {
  /** At most 64 KB in UTF-8. */
  readonly text: string;
  readonly comment: string;
  /** As it was read before the change; undefined where there was nothing. */
  readonly base: RegistryModel | undefined;
  /** Saves on top of documents that are not intact. Without it, such a save is refused. */
  readonly acceptsDamage?: boolean;
}

export interface ModelChange extends SharedChange {
  readonly id: string;
  /** As before by default; a new model is active. */
  readonly status?: ModelStatus;
  /** As before by default; null removes the link. */
  readonly repository?: RepositoryLink | null;
}

/**
 * The models of a project in the extension data. Reading completes an interrupted save where it may. Every method can throw
 * a StoreError, and every save a RegistryRefusal, with which nothing was saved.
 */
export class ModelRegistry {
  constructor(
    private readonly store: DocumentStore,
    private readonly options: RegistryOptions,
  ) {}

  /** Everything that a page needs to begin, in one request; a document can be a save behind, as in `head`. */
  async contents(): Promise<RegistryContents> {
    const documents = await this.store.list(headsOf(this.options.projectId));
    const heads = await Promise.all(documents.map(readHead));
    const shared = (id: string): RegistryModel | undefined => heads.find((head) => head.id === id);
    return {
      models: heads.filter(({ id }) => !isSharedId(id)).sort((one, other) => (one.id < other.id ? -1 : 1)),
      base: shared('base'),
      schema: shared('schema'),
      settings: readSettings(shared('settings')),
    };
  }

  /** In the order of their ids; one request. */
  async models(): Promise<readonly RegistryEntry[]> {
    return (await this.contents()).models;
  }

  /** The newest revision, with one request more than `head` that finds an interrupted save. */
  async model(id: string): Promise<RegistryModel | undefined> {
    const chain = this.#chain(id);
    return this.options.canRepair === false ? chain.newest() : chain.repaired();
  }

  /** What the document of a model says, in one request: the save before the newest, where that was interrupted. */
  async head(id: string): Promise<RegistryModel | undefined> {
    return this.#chain(id).head();
  }

  /** The variables of all models. */
  async base(): Promise<RegistryModel | undefined> {
    return this.model('base');
  }

  /** The rules for the variables of all models: the text of a `model_variables.schema.json`. */
  async schema(): Promise<RegistryModel | undefined> {
    return this.model('schema');
  }

  async settings(): Promise<StoredSettings> {
    return readSettings(await this.model('settings'));
  }

  /** One request. `isIntact` is about the revision alone, without its place in the chain. */
  async revision(id: string, rev: number): Promise<Revision | undefined> {
    return this.#chain(id).revision(rev);
  }

  /** Newest first; one request. */
  async revisions(id: string): Promise<readonly Revision[]> {
    return this.#chain(id).revisions();
  }

  /** Saves a model, or its status. A text that is there already is not saved again. */
  async save({ id, ...change }: ModelChange): Promise<SaveResult> {
    const problem = modelIdProblem(id);
    if (problem !== undefined) throw new RegistryRefusal(`${JSON.stringify(id)} ${problem}`);
    return this.#save(id, change);
  }

  async saveBase(change: SharedChange): Promise<SaveResult> {
    return this.#save('base', change);
  }

  async saveSchema(change: SharedChange): Promise<SaveResult> {
    return this.#save('schema', change);
  }

  async saveSettings(
    change: Omit<SharedChange, 'text'> & { readonly settings: RegistrySettings },
  ): Promise<SaveResult> {
    return this.#save('settings', { ...change, text: settingsText(change.settings, change.base) });
  }

  async #save(id: string, change: Omit<ModelChange, 'id'>): Promise<SaveResult> {
    const {
      text,
      base,
      status = base?.status ?? 'active',
      repository = base?.repository,
      acceptsDamage = false,
    } = change;
    const { author, now } = this.options;
    // What was saved once can be archived, although the reader may have become stricter since.
    const { version, environments } = base?.isIntact && base.text === text ? base : readStoredText(id, text);
    const wanted = {
      ...{ id, text, status, version, environments, repository: repository ?? undefined },
      updatedBy: { id: wellFormed(author.id), name: wellFormed(author.name) },
      updatedOn: now().toISOString(),
      comment: storedComment(change.comment),
    };
    return saveRevision(this.#chain(id), wanted, { base, acceptsDamage });
  }

  #chain(id: string): Chain {
    return new Chain(this.store, this.options.projectId, id);
  }
}
