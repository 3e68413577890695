import { projectId } from '../../sandbox/agent/variables/predefined';
import { Collection, Extensions } from '../../sandbox/devops/extensions/extensions';
import type { Organization } from '../../sandbox/devops/organization';
import { OrganizationError } from '../../sandbox/devops/organizationError';
import { StoreError, type DocumentStore, type StoredDocument } from '../../shared/variables/registry/documentStore';
import { ModelRegistry } from '../../shared/variables/registry/modelRegistry';

/** The documents of the extension in an organization, without requests; `damage` and `remove` do what no page would. */
export function storeOf(organization: Organization): DocumentStore & {
  readonly damage: (collection: string, document: StoredDocument) => void;
  readonly remove: (collection: string, id: string) => void;
} {
  const extensions = organization.state.of(Extensions);
  if (!extensions.has('model-pipelines', 'model-pipeline-tasks'))
    extensions.install('model-pipelines', 'model-pipeline-tasks');
  const { collections } = extensions.find('model-pipelines', 'model-pipeline-tasks');
  const open = (name: string) => new Collection(collections, 'organization', name);
  const plain = (document: object) => JSON.parse(JSON.stringify(document)) as Record<string, never>;
  return {
    list: (name) => Promise.resolve(open(name).isThere ? [...open(name).all().values()] : []),
    read: (name, id) => Promise.resolve(open(name).isThere ? open(name).all().get(id) : undefined),
    create: (name, document) => written('exists', () => open(name).create(plain(document))),
    replace: (name, document) => written('stale', () => open(name).update(plain(document))),
    damage: (name, document) => void open(name).update({ ...plain(document), __etag: -1 }),
    remove: (name, id) => open(name).remove(id),
  };
}

/** A page may write at the same time. */
async function written(refusal: 'exists' | 'stale', write: () => StoredDocument): Promise<StoredDocument> {
  try {
    return await Promise.resolve(write());
  } catch (error) {
    throw error instanceof OrganizationError ? new StoreError(refusal, error.message) : error;
  }
}

/** The registry of the project, as a person of the organization writes it. */
export function registryOf(organization: Organization, name = 'Grace Hopper', now?: () => Date): ModelRegistry {
  const author = { id: `id of ${name}`, name };
  return new ModelRegistry(storeOf(organization), { projectId, author, now: now ?? (() => new Date()) });
}

/** Saves a text as the next revision of a model. */
export async function saveText(registry: ModelRegistry, id: string, text: string, comment = ''): Promise<void> {
  const result = await registry.save({ id, text, comment, base: await registry.model(id) });
  if (result.kind !== 'saved') throw new Error(`${id} was saved by someone else.`);
}
