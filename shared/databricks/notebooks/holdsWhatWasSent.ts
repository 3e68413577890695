import { HttpError } from '../../http/errors';
import type { WorkspaceApi } from '../api/workspace';
import { canonicalSource } from './detectKind';
import type { PendingItem } from './manifest';
import { sha256 } from './scanSource';

/** Whether an object has exactly the content that was sent, as far as that can be proved. */
export async function holdsWhatWasSent(api: WorkspaceApi, path: string, sent: PendingItem): Promise<boolean> {
  if (sent.kind === 'archive') return false;
  try {
    const content = await api.export(path);
    if (!content) return false;
    if (sha256(content) === sent.sha256) return true;
    const source = sha256(canonicalSource(Buffer.from(content).toString('utf8')));
    return sent.kind === 'notebook' && source === sent.canonicalSha256;
  } catch (error) {
    // The service exports no more than 10 MB: what can't be read can't be proved.
    if (error instanceof HttpError && !error.isTransient) return false;
    throw error;
  }
}
