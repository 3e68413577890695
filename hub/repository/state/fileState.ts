import type { SyncPoint } from './syncPoint';
import { valuesOf } from './variableValues';

/**
 * `same`: the same values; the texts can differ in comments. `hubNewer`, `repositoryNewer`, `bothNewer`: what changed since
 * both had the same values. `unrelated`: there is no such time. `hubUnreadable`, `fileUnreadable`: not a variable file.
 */
export type FileState =
  'same' | 'hubNewer' | 'repositoryNewer' | 'bothNewer' | 'unrelated' | 'hubUnreadable' | 'fileUnreadable';

/** @param file the text of the file; undefined where it is not text */
export function fileStateOf(hub: string, file: string | undefined, sync: SyncPoint | undefined): FileState {
  const [ofHub, ofFile] = [valuesOf(hub), file === undefined ? undefined : valuesOf(file)];
  if (ofHub === undefined) return 'hubUnreadable';
  if (ofFile === undefined) return 'fileUnreadable';
  if (ofHub === ofFile) return 'same';
  if (sync === undefined) return 'unrelated';
  const ofBoth = valuesOf(sync.text);
  if (ofHub === ofBoth) return 'repositoryNewer';
  return ofFile === ofBoth ? 'hubNewer' : 'bothNewer';
}
