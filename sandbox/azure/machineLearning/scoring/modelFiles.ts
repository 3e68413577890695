import type { BlobStore } from '../blobs/blobStore';
import { lastPart } from '../blobs/blobStore';
import { partsOf, type MlWorkspace } from '../workspace';

/** Where the files of an asset are. */
interface Place {
  readonly account: string;
  readonly container: string;
  readonly prefix: string;
}

/** The containers of the datastores that every workspace has. */
export function datastoresOf(workspace: MlWorkspace): Readonly<Record<string, { account: string; container: string }>> {
  const { account, container } = partsOf(workspace);
  return {
    workspaceblobstore: { account, container },
    workspaceartifactstore: { account, container: 'azureml' },
  };
}

/**
 * The files that a `modelUri` or a `codeUri` stands for, by path: those of a folder below its own name with `keepsName`,
 * else without it. Empty when there are none.
 */
export function filesOf(
  uri: string,
  { store, workspaces, keepsName }: { store: BlobStore; workspaces: readonly MlWorkspace[]; keepsName: boolean },
): ReadonlyMap<string, Buffer> {
  const place = placeOf(uri, workspaces);
  const container = place && store.find(place.account, place.container);
  if (!container) return new Map();
  const prefix = place.prefix.replace(/\/+$/, '');
  const files = container.filesAt(prefix);
  if (!keepsName || container.blobs.has(prefix)) return files;
  return new Map([...files].map(([path, content]) => [`${lastPart(prefix)}/${path}`, content]));
}

function placeOf(uri: string, workspaces: readonly MlWorkspace[]): Place | undefined {
  const blob = /^https?:\/\/([^./]+)\.blob\.[^/]+\/([^/?]+)\/([^?]*)$/i.exec(uri);
  if (blob) {
    const [, account = '', container = '', prefix = ''] = blob;
    return { account, container, prefix: decodeURIComponent(prefix) };
  }
  const stored =
    /^azureml:\/\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/(?:providers\/Microsoft\.MachineLearningServices\/)?workspaces\/([^/]+)\/datastores\/([^/]+)\/paths\/(.*)$/i.exec(
      uri,
    );
  const [, subscription = '', group = '', name = '', datastore = '', prefix = ''] = stored ?? [];
  const id =
    `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.MachineLearningServices/workspaces/${name}`.toLowerCase();
  const workspace = workspaces.find((each) => each.id.toLowerCase() === id);
  const place = workspace && datastoresOf(workspace)[datastore.toLowerCase()];
  return place && { ...place, prefix };
}
