import { createHash } from 'node:crypto';
import path from 'node:path';
import { Extensions } from '../../sandbox/devops/extensions/extensions';
import { GitStore } from '../../sandbox/devops/git/repositories/gitStore';
import { type Host, startHost } from '../../sandbox/devops/host/host';
import { defaultPeople } from '../../sandbox/devops/host/people';
import type { Organization } from '../../sandbox/devops/organization';
import { type LocalOrganizationOptions, startLocalOrganization } from '../../sandbox/localOrganization';
import { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import type { Author } from '../../shared/variables/registry/revision';
import { ToolError } from '../toolError';
import { OrganizationClient } from '../organization/organizationClient';
import { pushFolder } from '../organization/pushFolder';
import { addRuns, type KeptRun } from './keptRuns';
import { localDocuments } from './localDocuments';
import { addModelHistory } from './modelHistory';
import { ownExtension } from './ownExtension';

export interface HubOptions {
  /** The built pages. */
  readonly hubFolder: string;
  /** The model repository. */
  readonly repository: string;
  /** The model in it. */
  readonly model: string;
  readonly runs: readonly KeptRun[];
  /** Keeps what is saved; without it, it is gone at the end. */
  readonly dataFile?: string;
  /** A free one by default. */
  readonly port?: number;
  /** When the newest of the changes that the hub begins with were made; the current time by default. */
  readonly now?: Date;
  /** Adds changes and a second model that nobody made to those of the template. */
  readonly isDemo?: boolean;
  /** The RSA keys of the organization; new ones by default. */
  readonly signingKeys?: NonNullable<LocalOrganizationOptions['signingKeys']>;
}

/** The hub in a page like that of Azure DevOps, with an organization that has the models of a repository. */
export interface LocalHub {
  readonly organization: Organization;
  readonly host: Host;
  close(): Promise<void>;
}

const repositoryName = 'models';

/** Starts the organization, fills it where it is empty, and serves the page. */
export async function startHub({
  repository,
  model,
  runs,
  now = new Date(),
  isDemo = true,
  ...options
}: HubOptions): Promise<LocalHub> {
  let standingMs: number | undefined;
  const organization = await startLocalOrganization({
    clock: { now: () => standingMs ?? Date.now() },
    ...(options.dataFile !== undefined && { extensionDataFile: options.dataFile }),
    ...(options.signingKeys && { signingKeys: options.signingKeys }),
  });
  try {
    const extension = await ownExtension();
    const { state } = organization;
    state.of(Extensions).install(extension.publisherName, extension.extensionName, extension.version);
    const { hubFolder, port } = options;
    const host = await startHost({ organization, hubFolder, extension, ...(port !== undefined && { port }) });
    const project = state.projects.find(organization.project);
    if (!project) throw new ToolError('The organization has no project.');
    const client = new OrganizationClient(organization.url, project.name, organization.personalAccessToken);
    const repositoryId = idOf(path.resolve(repository));
    state.of(GitStore).create(repositoryName, project.id, repositoryId);
    const authors = authorsOf(organization);
    const documents = localDocuments(organization, extension);
    const projectId = project.id;
    await addModelHistory(documents, { projectId, authors, repository, model, repositoryId, now, isDemo });
    const registry = new ModelRegistry(documents, { projectId, author: authors[0], now: () => now });
    const first = (await registry.revisions(model)).at(-1);
    // The repository is new at each start, and the models are not: the file was there before what was taken from it.
    standingMs = first && Date.parse(first.updatedOn) - 1000;
    await pushFolder(client, repositoryId, repository);
    standingMs = undefined;
    const branch = await client.send<{ value: { objectId: string }[] }>(
      'GET',
      `_apis/git/repositories/${repositoryId}/refs?filter=heads/main`,
    );
    const commit = branch.value[0]?.objectId ?? '';
    await addRuns(runs, { organization, client, repositoryId, commit, requestedForId: authors[0].id });
    const close = async () => {
      await host.close();
      await organization.close();
    };
    return { organization, host, close };
  } catch (error) {
    await organization.close();
    throw error;
  }
}

function authorsOf({ state }: Organization): readonly [Author, Author] {
  const [first, second] = defaultPeople.map(({ name }) => {
    const identity = state.identities.all().find(({ principalName }) => principalName === name);
    return identity && { id: identity.id, name: identity.displayName };
  });
  if (!first || !second) throw new ToolError('The people of the hub are not in the organization.');
  return [first, second];
}

/** The same at every start, so that what is saved finds its repository. */
function idOf(folder: string): string {
  const digits = createHash('sha256').update(folder).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `5${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}
