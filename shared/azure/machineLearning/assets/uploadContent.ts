import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { isFinalRefusal } from '../../../http/errors';
import { inParallel } from '../../../inParallel';
import { SourceFile } from '../../../files/sourceFile';
import type { AzureIdentity } from '../../../identity/azureIdentity';
import { BlobsApi, type BlobContainer } from '../api/blobs';
import { blobHost, type Datastore, type WorkspaceApi } from '../api/workspace';
import type { Content } from './contentHash';

/** Where the content of an asset is. */
export interface Uploaded {
  /** The web address of the folder or file. */
  readonly blobUri: string;
  readonly datastore: string;
  /** In the container. */
  readonly path: string;
}

const filesAtOnce = 4;

/**
 * Uploads files to the default datastore of a workspace, to a place that their content names: files that are there already
 * are not sent again, so that an upload that was broken off is continued.
 */
export async function uploadContent(
  api: WorkspaceApi,
  content: Content,
  identity: AzureIdentity,
  context: Context,
): Promise<Uploaded> {
  const { agent } = context;
  const store = await api.defaultDatastore();
  const host = store && blobHost(store);
  if (!store || host === undefined)
    throw new TaskError(
      'The workspace has no default datastore for blobs. Set one in the studio of Azure Machine Learning.',
    );
  const container = await openContainer(api, store, host, identity, context);
  const path = `model-pipeline/${content.hash}/${content.name}`;
  const bytes = content.files.reduce((sum, { size }) => sum + size, 0);
  agent.log(`Uploading ${content.files.length} files (${bytes} bytes) to the datastore '${store.name}'.`);
  const blobs = new BlobsApi(container, context);
  await inParallel(content.files, filesAtOnce, async ({ file, path: name, size }) => {
    await blobs.write(content.isFolder ? `${path}/${name}` : path, { file, size, parts: () => partsOf(file) });
  });
  return { blobUri: `${container.url}/${container.container}/${path}`, datastore: store.name, path };
}

/**
 * With a shared access signature, or with the identity where the account has no shared keys, or the identity may not read
 * its signature.
 */
async function openContainer(
  api: WorkspaceApi,
  { name, properties }: Datastore,
  host: string,
  identity: AzureIdentity,
  { agent }: Context,
): Promise<BlobContainer> {
  const { containerName, protocol = 'https', credentials } = properties;
  const place = { url: `${protocol}://${host}`, container: containerName };
  const service = { name: 'Azure Storage', id: 'https://storage.azure.com' };
  const byIdentity = (): BlobContainer => ({ ...place, access: { tokens: identity.tokensFor(service) } });
  if (credentials?.credentialsType === 'None') return byIdentity();
  try {
    const signature = await api.signature(name);
    if (signature === undefined) return byIdentity();
    agent.setSecret(signature);
    return { ...place, access: { signature } };
  } catch (error) {
    if (!isFinalRefusal(error) || error.status !== 403) throw error;
    agent.log(`Uploading with the identity of the connection, because it may not read a signature. ${error.message}`);
    return byIdentity();
  }
}

async function* partsOf(file: string): AsyncGenerator<Uint8Array> {
  const opened = SourceFile.openListed(file);
  try {
    yield* opened.parts();
  } finally {
    opened.close();
  }
}
