import assert from 'node:assert/strict';
import { type Databricks, type DatabricksOptions, startDatabricks } from '../../../sandbox/databricks/databricks';
import { type JsonObject, parseJson, toJson, type Json } from '../../../sandbox/databricks/json';
import type {
  NotebookOutcome,
  NotebookRequest,
  NotebookRunner,
} from '../../../sandbox/databricks/notebooks/notebookRunner';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: JsonObject;
  readonly text: string;
}

/** Raw HTTP against a sandbox, with nothing of our own client in it. */
export class WorkspaceClient {
  constructor(
    readonly databricks: Databricks,
    readonly token = databricks.token,
  ) {}

  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.send('GET', `${path}?${new URLSearchParams(query).toString()}`);
  }

  post(path: string, body: Json): Promise<Reply> {
    return this.send('POST', path, toJson(body));
  }

  /** Multipart import; the content is the file part. */
  importFile(
    path: string,
    content: string | Buffer,
    fields: Readonly<Record<string, string>> = { format: 'AUTO' },
  ): Promise<Reply> {
    const form = new FormData();
    form.set('path', path);
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('content', new Blob([content]), 'content');
    return this.send('POST', '/api/2.0/workspace/import', form);
  }

  async source(path: string, format = 'SOURCE'): Promise<string> {
    const reply = await this.get('/api/2.0/workspace/export', { path, format, direct_download: 'true' });
    return reply.text;
  }

  async send(method: string, path: string, body?: string | FormData | Buffer): Promise<Reply> {
    const response = await fetch(this.databricks.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}` },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return { status: response.status, headers: response.headers, text, json: (isJson && tryParse(text)) || {} };
  }
}

function tryParse(text: string): JsonObject | undefined {
  try {
    return parseJson(text) as JsonObject;
  } catch {
    return undefined;
  }
}

/** An id of an answer, as text with all its digits. */
export function idText(id: Json): string {
  assert.ok(typeof id === 'number' || typeof id === 'bigint');
  return id.toString();
}

/** Runs notebooks by calling a function, and keeps what it was asked. */
export class FakeNotebooks implements NotebookRunner {
  readonly requests: NotebookRequest[] = [];
  isClosed = false;

  constructor(private readonly play: (request: NotebookRequest, signal: AbortSignal) => Promise<NotebookOutcome>) {}

  run(request: NotebookRequest, signal: AbortSignal): Promise<NotebookOutcome> {
    this.requests.push(request);
    return this.play(request, signal);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

export const finished: NotebookOutcome = { kind: 'finished', logs: '', taskValues: {} };

/** A sandbox whose time stands still until a test moves it, and whose notebooks all finish at once. */
export async function startTestWorkspace(
  options: DatabricksOptions = {},
): Promise<{ databricks: Databricks; client: WorkspaceClient }> {
  const databricks = await startDatabricks({
    timeScale: 0,
    hasLimits: false,
    notebooks: new FakeNotebooks(() => Promise.resolve(finished)),
    ...options,
  });
  return { databricks, client: new WorkspaceClient(databricks) };
}
