export interface StoredFile {
  readonly bytes: Buffer;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** By path; a folder has the time at which it was made. */
export interface StoredFiles {
  readonly folders: Map<string, number>;
  readonly files: Map<string, StoredFile>;
}

/** Files and folders as JSON. */
export function saveFiles({ folders, files }: StoredFiles) {
  return {
    folders: Object.fromEntries(folders),
    files: [...files].map(([path, { bytes, modifiedAt }]) => ({ path, bytes: bytes.toString('base64'), modifiedAt })),
  };
}

/** Puts back what `saveFiles` made. */
export function restoreFiles(saved: ReturnType<typeof saveFiles>, { folders, files }: StoredFiles): void {
  for (const [path, time] of Object.entries(saved.folders)) folders.set(path, time);
  for (const { path, bytes, modifiedAt } of saved.files)
    files.set(path, { bytes: Buffer.from(bytes, 'base64'), modifiedAt });
}
