import type { HttpClient } from '../../http/httpClient';
import { WorkspaceApi, type ImportRequest, type WorkspaceObject } from '../api/workspace';
import { detectKind, type Detected } from './detectKind';

/**
 * How the objects of a target folder are listed, read, written and deleted; as `WorkspaceApi` does it. The identity and the
 * time of an object must change with its content.
 */
export interface FolderStore {
  readonly list: (path: string) => Promise<readonly WorkspaceObject[] | undefined>;
  readonly status: (path: string) => Promise<WorkspaceObject | undefined>;
  /** Undefined also for what is too large to be compared in memory. */
  readonly export: (path: string) => Promise<Uint8Array | undefined>;
  readonly import: (request: ImportRequest) => Promise<void>;
  readonly makeFolder: (path: string) => Promise<void>;
  readonly delete: (path: string) => Promise<boolean>;
  readonly deleteFolder: (path: string) => Promise<boolean>;
}

/** What a target folder is in: a workspace, or a volume of Unity Catalog. */
export interface Holder {
  /** For messages: "it was edited in the workspace". */
  readonly noun: 'workspace' | 'volume';
  /** For counts: "3 imported". */
  readonly done: 'imported' | 'uploaded';
  readonly summaryTitle: string;
  /** The task that writes the manifest. */
  readonly task: string;
  readonly detect: (path: string, start: Buffer) => Detected;
  /** Whether a file is useless there as a Git LFS pointer. */
  readonly needsContent: (path: string) => boolean;
  readonly open: (http: HttpClient) => FolderStore;
  /** The page of a folder. */
  readonly folderUrl: (workspaceUrl: string, folder: string) => string;
}

export const workspaceHolder: Holder = {
  noun: 'workspace',
  done: 'imported',
  summaryTitle: 'Notebooks imported',
  task: 'ImportNotebooks',
  detect: detectKind,
  // Notebooks, modules and libraries; other data may not be needed in the workspace.
  needsContent: (path) => /\.(ipynb|dbc|py|r|scala|sql|whl|jar|egg)$/i.test(path),
  open: (http) => new WorkspaceApi(http),
  folderUrl: (workspaceUrl, folder) => `${workspaceUrl}/#workspace${encodeURI(folder)}`,
};
