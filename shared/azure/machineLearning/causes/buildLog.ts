import { stripVTControlCharacters } from 'node:util';
import type { Context } from '../../../agent/context';
import { createHttpClient } from '../../../http/createHttpClient';
import { CallError } from '../../../http/errors';
import { userAgent } from '../../../identity/signIn';
import { pathSegment, pathSegments } from '../../../pathSegment';
import { blobHost, type WorkspaceApi } from '../api/workspace';

/** https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints#error-imagebuildfailure */
const place =
  /build log under the storage account '(?<account>[^']+)' in the container '(?<container>[^']+)' at the path '(?<path>[^']+)'/i;

const tailBytes = 32 * 1024;
const shownLines = 60;

/**
 * The end of the log of an image build that a message names; undefined where it names none, the log is not in the default
 * datastore of the workspace, or it cannot be read.
 */
export async function readBuildLog(api: WorkspaceApi, message: string, context: Context): Promise<string | undefined> {
  const { account, container = '', path = '' } = place.exec(message)?.groups ?? {};
  if (account === undefined) return undefined;
  try {
    // A signature is for one container, and only of the workspace's own storage.
    const store = await api.datastoreOf(account, container);
    const host = store && blobHost(store);
    if (!store || host === undefined) return undefined;
    const exactQuery = await api.signature(store.name);
    if (exactQuery === undefined) return undefined;
    context.agent.setSecret(exactQuery);
    const http = createHttpClient({
      ...context,
      baseUrl: `${store.properties.protocol ?? 'https'}://${host}`,
      service: 'Azure Storage',
      userAgent,
    });
    const { status, body } = await http.raw({
      method: 'GET',
      path: `/${pathSegment(container)}/${pathSegments(path.replace(/^\//, ''))}`,
      exactQuery,
      secrets: [exactQuery],
      headers: { Range: `bytes=-${tailBytes}` },
      purpose: 'read the log of the image build',
    });
    if (status !== 200 && status !== 206) return undefined;
    return stripVTControlCharacters(body).slice(-tailBytes).trim().split('\n').slice(-shownLines).join('\n');
  } catch (error) {
    if (error instanceof CallError) return undefined;
    throw error;
  }
}
