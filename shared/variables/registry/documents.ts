import type { NewDocument, StoredDocument } from './documentStore';
import type { Author, ModelStatus, RegistryModel, RepositoryLink, Revision } from './revision';
import { revisionHash, type RevisionContent } from './revisionHash';

const format = 1;
const knownFields = new Set([
  ...['id', '__etag', 'format', 'rev', 'text', 'status', 'version', 'environments', 'repository'],
  ...['updatedBy', 'updatedOn', 'comment', 'hash', 'previousHash'],
]);

/** The collection with the newest revision of each model, and of what all models share. */
export function headsOf(projectId: string): string {
  return `models-${projectId}`;
}

/** The collection with all revisions of a model. */
export function revisionsOf(projectId: string, id: string): string {
  return `model-revs-${projectId}-${id}`;
}

/** Padded, so that the order of the texts is that of the numbers. */
export function revisionId(rev: number): string {
  return String(rev).padStart(6, '0');
}

/** A document with what a revision says. A value that is absent has no field, because the frame's protocol drops nulls. */
export function documentOf(documentId: string, revision: Revision, otherFields: object = {}): NewDocument {
  const { rev, text, status, version, environments, repository, hash, previousHash } = revision;
  const { updatedBy, updatedOn, comment } = revision;
  return {
    ...otherFields,
    ...{ id: documentId, format, rev, text, status, environments, updatedBy, updatedOn, comment, hash, previousHash },
    ...(version !== undefined && { version }),
    ...(repository && { repository }),
  };
}

/** Reads the document of a model. What is wrong with it is in the result. */
export async function readHead(document: StoredDocument): Promise<RegistryModel> {
  const otherFields = Object.fromEntries(Object.entries(document).filter(([name]) => !knownFields.has(name)));
  return { ...(await readContent(document.id, document)), etag: document.__etag, otherFields };
}

/** Reads a revision of a model. What is wrong with it is in the result. */
export async function readRevision(id: string, document: StoredDocument): Promise<Revision> {
  const revision = await readContent(id, document);
  const rev = Number(document.id);
  if (revision.rev === rev || !revision.isIntact) return { ...revision, rev };
  return damaged({ ...revision, rev }, `The document of revision ${rev} says that it is revision ${revision.rev}.`);
}

export function damaged<Read extends Revision>(read: Read, problem: string): Read {
  return { ...read, isIntact: false, problem };
}

async function readContent(id: string, document: StoredDocument): Promise<Revision> {
  const fields = new Fields(document);
  const content: RevisionContent = {
    id,
    rev: fields.number('rev'),
    text: fields.text('text'),
    status: fields.status(),
    version: document['version'] === undefined ? undefined : fields.text('version'),
    environments: fields.texts('environments'),
    repository: document['repository'] === undefined ? undefined : fields.repository(),
    updatedBy: fields.author(),
    updatedOn: fields.time('updatedOn'),
    comment: fields.text('comment'),
    previousHash: fields.text('previousHash'),
  };
  const revision = { ...content, hash: fields.text('hash'), isIntact: true, problem: undefined };
  const written = document['format'];
  if (isNewerFormat(written)) return { ...damaged(revision, newerProblem(written)), isNewer: true };
  if (written !== format)
    return damaged(revision, `It has the format ${JSON.stringify(written)}; this version reads ${format}.`);
  if (fields.wrong.length > 0) return damaged(revision, `It has no valid ${fields.wrong.join(', ')}.`);
  if ((await revisionHash(content)) === revision.hash) return revision;
  return damaged(revision, 'It was changed after it was saved: its content does not have its hash.');
}

function isNewerFormat(written: unknown): written is number {
  return typeof written === 'number' && Number.isInteger(written) && written > format;
}

function newerProblem(written: number): string {
  return `A newer version of the extension saved it in the format ${written}; this version reads ${format}. Update the extension.`;
}

/** Reads fields of the type that they must have; a value of the same type stands for others. */
class Fields {
  readonly wrong: string[] = [];

  constructor(private readonly document: Readonly<Record<string, unknown>>) {}

  text(name: string): string {
    return this.#read(name, isText) ?? '';
  }

  number(name: string): number {
    return this.#read(name, (value): value is number => Number.isSafeInteger(value) && Number(value) > 0) ?? 0;
  }

  texts(name: string): readonly string[] {
    return this.#read(name, (value): value is string[] => Array.isArray(value) && value.every(isText)) ?? [];
  }

  /** Some JSON libraries shorten times, such as `10:00:00.000Z` to `10:00:00Z`. */
  time(name: string): string {
    const text = this.#read(name, (value): value is string => isText(value) && !Number.isNaN(Date.parse(value)));
    return new Date(text ?? 0).toISOString();
  }

  status(): ModelStatus {
    const isStatus = (value: unknown): value is ModelStatus => value === 'active' || value === 'archived';
    return this.#read('status', isStatus) ?? 'active';
  }

  author(): Author {
    const isAuthor = (value: unknown): value is Author => hasTexts(value, ['id', 'name']);
    const { id, name } = this.#read('updatedBy', isAuthor) ?? { id: '', name: '' };
    return { id, name };
  }

  repository(): RepositoryLink | undefined {
    const isLink = (value: unknown): value is RepositoryLink => hasTexts(value, ['id', 'path', 'branch']);
    const link = this.#read('repository', isLink);
    return link && { id: link.id, path: link.path, branch: link.branch };
  }

  #read<Value>(name: string, isValid: (value: unknown) => value is Value): Value | undefined {
    const value = this.document[name];
    if (isValid(value)) return value;
    this.wrong.push(name);
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return names.every((name) => isText(fields[name]));
}
