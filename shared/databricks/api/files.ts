import { TaskError } from '../../errors';
import type { HttpClient } from '../../http/httpClient';
import type { RateLimit } from '../../http/throttle';
import { answerPages, nextPageToken } from './answerPages';
import { isAbsent } from './isAbsent';
import { pathSegments } from '../../pathSegment';
import * as shape from '../../http/shape';

/** 100 requests a second, 10 at once, by the source of the Databricks CLI (bundle/libraries/upload.go). */
const filesLimit: RateLimit = { name: 'fs', requestsPerSecond: 100 };

/** A file or folder of a volume. */
export interface VolumeEntry {
  readonly path: string;
  readonly isFolder: boolean;
  /** 0 for folders. */
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number | undefined;
}

export interface FileUpload {
  readonly path: string;
  readonly content: { readonly file: string; readonly size: number } | Uint8Array;
  /** Default: true. */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  /** How long all attempts together may take. Default: long enough for the size. */
  readonly budgetSeconds?: number;
}

/**
 * The Files API 2.0, for Unity Catalog volumes. Every method throws what `HttpClient.json` throws.
 * Source: https://docs.databricks.com/api/azure/workspace/files.
 */
export class FilesApi {
  constructor(private readonly http: HttpClient) {}

  /** What is directly in a folder; undefined when there is no such folder. */
  async list(folder: string): Promise<readonly VolumeEntry[] | undefined> {
    const entries: VolumeEntry[] = [];
    const request = {
      method: 'GET',
      path: folderRoute(folder),
      purpose: `list the folder ${folder}`,
      limit: filesLimit,
    } as const;
    try {
      for await (const { contents } of answerPages(this.http, request, listing))
        for (const { path, is_directory, file_size, last_modified } of contents)
          entries.push({ path, isFolder: is_directory, sizeBytes: file_size, modifiedAt: last_modified });
      return entries;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** What is at a path, by a route of its own. */
  async kindAt(path: string): Promise<'file' | 'folder' | undefined> {
    if (await this.#exists(fileRoute(path), path)) return 'file';
    return (await this.#exists(folderRoute(path), path)) ? 'folder' : undefined;
  }

  /** The content of a file; undefined when there is none at that path. */
  async download(path: string): Promise<Uint8Array | undefined> {
    const request = { method: 'GET', path: fileRoute(path), purpose: `read ${path}`, isFile: true } as const;
    return this.http.bytes({ ...request, limit: filesLimit }).catch(undefinedIfAbsent);
  }

  /** Writes the content of a file of any size into a file of this machine; false when there is none at that path. */
  async downloadTo(file: string, path: string, sizeBytes: number): Promise<boolean> {
    const request = { method: 'GET', path: fileRoute(path), purpose: `download ${path}`, isFile: true } as const;
    const budgetSeconds = 120 + sizeBytes / 1_000_000;
    try {
      const bytes = await this.http.save({ ...request, limit: filesLimit, budgetSeconds }, file);
      if (bytes === sizeBytes) return true;
      throw new TaskError(
        `Could not download ${path}: ${bytes} bytes came, but it has ${sizeBytes}. Run the step again.`,
      );
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  /** Writes a file of up to 5 GiB, with the folders above it. */
  async upload({ path, content, overwrite = true, signal, budgetSeconds }: FileUpload): Promise<void> {
    const isFile = 'file' in content;
    const sizeBytes = isFile ? content.size : content.length;
    await this.http.json(
      {
        method: 'PUT',
        path: fileRoute(path),
        query: { overwrite },
        ...(isFile ? { file: content.file } : { content: { contentType: 'application/octet-stream', bytes: content } }),
        purpose: `upload ${path}`,
        repeatable: true,
        limit: filesLimit,
        budgetSeconds: budgetSeconds ?? 120 + sizeBytes / 1_000_000,
        ...(signal && { signal }),
      },
      shape.noContent,
    );
  }

  /** Creates a folder and its parents, unless they exist. */
  async makeFolder(path: string): Promise<void> {
    await this.#send('PUT', folderRoute(path), `create the folder ${path}`);
  }

  /** Returns false when there was no file at that path. */
  async delete(path: string): Promise<boolean> {
    return this.#delete(fileRoute(path), path);
  }

  /** Deletes an empty folder. Returns false when there was none at that path. */
  async deleteFolder(path: string): Promise<boolean> {
    return this.#delete(folderRoute(path), path);
  }

  async #exists(route: string, path: string): Promise<boolean> {
    try {
      const request = { method: 'HEAD', path: route, purpose: `look up ${path}`, limit: filesLimit } as const;
      await this.http.json(request, shape.noContent);
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  async #delete(route: string, path: string): Promise<boolean> {
    try {
      await this.#send('DELETE', route, `delete ${path}`);
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  async #send(method: 'PUT' | 'DELETE', path: string, purpose: string): Promise<void> {
    await this.http.json({ method, path, purpose, repeatable: true, limit: filesLimit }, shape.noContent);
  }
}

function fileRoute(path: string): string {
  return `/api/2.0/fs/files${pathSegments(path)}`;
}

function folderRoute(path: string): string {
  return `/api/2.0/fs/directories${pathSegments(path)}`;
}

function undefinedIfAbsent(error: unknown): undefined {
  if (isAbsent(error)) return undefined;
  throw error;
}

const listing = shape.object({
  contents: shape.listOf(
    shape.object({
      path: shape.text,
      is_directory: shape.optional(shape.boolean, false),
      file_size: shape.optional(shape.number, 0),
      last_modified: shape.optional(shape.number),
    }),
  ),
  next_page_token: nextPageToken,
});
