import { HttpError } from '../../http/errors';
import type { FormPart, HttpClient } from '../../http/httpClient';
import type { RateLimit } from '../../http/throttle';
import { isAbsent } from './isAbsent';
import * as shape from '../../http/shape';

/** What the workspace says of one of its objects. */
export interface WorkspaceObject {
  /** As the service writes it: with or without the `/Workspace` in front. */
  readonly path: string;
  readonly object_type: string;
  readonly object_id: string;
  /** Milliseconds since 1970. Folders have none; the documentation promises these times for files only. */
  readonly created_at?: number | undefined;
  readonly modified_at?: number | undefined;
}

const workspaceObject = shape.object({
  path: shape.text,
  object_type: shape.text,
  object_id: shape.id,
  created_at: shape.optional(shape.number),
  modified_at: shape.optional(shape.number),
});

const folder = shape.object({ objects: shape.listOf(workspaceObject) });

export type Language = 'PYTHON' | 'SCALA' | 'SQL' | 'R';

/** The formats that this product sends; `AUTO` is the one that is documented for plain files. */
export type ImportFormat = 'SOURCE' | 'JUPYTER' | 'DBC' | 'AUTO';

export interface ImportRequest {
  readonly path: string;
  readonly format: ImportFormat;
  /** For `SOURCE`. */
  readonly language?: Language;
  /** Not supported by the service for `DBC`. */
  readonly overwrite: boolean;
  readonly content: { readonly file: string; readonly size: number } | Uint8Array;
  /** Whether sending it twice does no harm. Default: whether it overwrites. */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal;
  /** How long all attempts together may take. Default: long enough for the size. */
  readonly budgetSeconds?: number;
}

/** 30 imports a second and workspace: https://learn.microsoft.com/azure/databricks/resources/limits. */
const importLimit: RateLimit = { name: 'workspace/import', requestsPerSecond: 30 };
/** 60 exports a second and workspace, by the same page. */
const exportLimit: RateLimit = { name: 'workspace/export', requestsPerSecond: 60 };

/** The Workspace API 2.0: https://docs.databricks.com/api/workspace/workspace. */
export class WorkspaceApi {
  constructor(private readonly http: HttpClient) {}

  /** What is in a folder; for another object that object alone. Undefined when there is nothing at that path. */
  async list(path: string): Promise<readonly WorkspaceObject[] | undefined> {
    const answer = await orUndefined(
      this.http.json(
        {
          method: 'GET',
          path: '/api/2.0/workspace/list',
          query: { path },
          purpose: `list the folder ${path}`,
        },
        folder,
      ),
    );
    return answer?.objects;
  }

  /** Undefined when there is nothing at that path. */
  async status(path: string): Promise<WorkspaceObject | undefined> {
    return orUndefined(
      this.http.json(
        {
          method: 'GET',
          path: '/api/2.0/workspace/get-status',
          query: { path },
          purpose: `look up ${path}`,
        },
        workspaceObject,
      ),
    );
  }

  /** The bytes of a file, or the source text of a notebook. Undefined when there is nothing at that path. */
  async export(path: string): Promise<Uint8Array | undefined> {
    return orUndefined(
      this.http.bytes({
        method: 'GET',
        path: '/api/2.0/workspace/export',
        query: { path, format: 'AUTO', direct_download: true },
        purpose: `read ${path}`,
        limit: exportLimit,
      }),
    );
  }

  /** Creates or overwrites one object; its folder must exist. The form has no size limit of its own, unlike a JSON body (10 MB). */
  async import(request: ImportRequest): Promise<void> {
    const { path, format, language, overwrite, content } = request;
    const isFile = 'file' in content;
    const form: FormPart[] = [
      { name: 'path', value: path },
      { name: 'format', value: format },
      ...(language ? [{ name: 'language', value: language }] : []),
      ...(overwrite ? [{ name: 'overwrite', value: 'true' }] : []),
      isFile
        ? { name: 'content', file: content.file, fileName: 'content' }
        : { name: 'content', content, fileName: 'content' },
    ];
    const sizeBytes = isFile ? content.size : content.length;
    await this.http.json(
      {
        method: 'POST',
        path: '/api/2.0/workspace/import',
        form,
        purpose: `import ${path}`,
        repeatable: request.repeatable ?? overwrite,
        limit: importLimit,
        budgetSeconds: request.budgetSeconds ?? 120 + sizeBytes / 1_000_000,
        ...(request.signal && { signal: request.signal }),
      },
      shape.done,
    );
  }

  /** Creates a folder and its parents, unless they exist. */
  async makeFolder(path: string): Promise<void> {
    await this.http.json(
      {
        method: 'POST',
        path: '/api/2.0/workspace/mkdirs',
        json: { path },
        purpose: `create the folder ${path}`,
        repeatable: true,
      },
      shape.done,
    );
  }

  /** Deletes a folder that is empty. Returns false when there was nothing at that path. */
  async deleteFolder(path: string): Promise<boolean> {
    return this.delete(path);
  }

  /** Deletes an object, or a folder that is empty. Returns false when there was nothing at that path. */
  async delete(path: string): Promise<boolean> {
    const answer = await orUndefined(
      this.http.json(
        {
          method: 'POST',
          path: '/api/2.0/workspace/delete',
          json: { path, recursive: false },
          purpose: `delete ${path}`,
          repeatable: true,
        },
        shape.done,
      ),
    );
    return answer !== undefined;
  }
}

/** Whether the service refused because something is at that path already. */
export function isAlreadyThere(error: unknown): boolean {
  return error instanceof HttpError && (error.errorCode === 'RESOURCE_ALREADY_EXISTS' || error.status === 409);
}

/** Of the Workspace API and of the Files API, by https://docs.databricks.com/api/workspace/files/deletedirectory. */
const notEmptyCodes: readonly string[] = ['DIRECTORY_NOT_EMPTY', 'FILES_API_DIRECTORY_IS_NOT_EMPTY'];

/** Whether the service refused to delete a folder because something is in it. */
export function isNotEmpty(error: unknown): boolean {
  return error instanceof HttpError && notEmptyCodes.includes(error.errorCode ?? '');
}

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
