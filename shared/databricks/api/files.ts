import type { HttpClient } from '../../http/httpClient';
import type { RateLimit } from '../../http/throttle';
import { answerPages, nextPageToken } from './answerPages';
import { isAbsent } from './isAbsent';
import { pathSegments } from '../../pathSegment';
import * as shape from '../../http/shape';

/** 100 requests a second, 10 at once, by the source of the Databricks CLI (bundle/libraries/upload.go). */
const filesLimit: RateLimit = { name: 'fs', requestsPerSecond: 100 };

/**
 * The Files API 2.0, for Unity Catalog volumes. Every method throws what `HttpClient.json` throws.
 * Source: https://docs.databricks.com/api/azure/workspace/files.
 */
export class FilesApi {
  constructor(private readonly http: HttpClient) {}

  /** The sizes in bytes of the files in a folder, by path; empty when there is no such folder. */
  async fileSizes(folder: string): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>();
    const request = {
      method: 'GET',
      path: `/api/2.0/fs/directories${pathSegments(folder)}`,
      purpose: `list the folder ${folder}`,
      limit: filesLimit,
    } as const;
    try {
      for await (const page of answerPages(this.http, request, listing))
        for (const { path, file_size } of page.contents) sizes.set(path, file_size);
      return sizes;
    } catch (error) {
      if (isAbsent(error)) return new Map();
      throw error;
    }
  }

  /** Writes a file, with the folders above it. */
  async upload(
    path: string,
    { file, sizeBytes }: { readonly file: string; readonly sizeBytes: number },
  ): Promise<void> {
    await this.http.json(
      {
        method: 'PUT',
        path: `/api/2.0/fs/files${pathSegments(path)}`,
        query: { overwrite: true },
        file,
        purpose: `upload ${path}`,
        repeatable: true,
        limit: filesLimit,
        budgetSeconds: 120 + sizeBytes / 1_000_000,
      },
      shape.noContent,
    );
  }
}

const listing = shape.object({
  contents: shape.listOf(shape.object({ path: shape.text, file_size: shape.optional(shape.number, 0) })),
  next_page_token: nextPageToken,
});
