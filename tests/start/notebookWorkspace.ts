import type { NotebookRequest, WorkspaceSource } from '../../sandbox/databricks/notebooks/notebookRunner';

/** A workspace that lives in a map; paths without an extension are Python notebooks. */
export class NotebookWorkspace {
  readonly sources: Map<string, WorkspaceSource>;

  constructor(contents: Readonly<Record<string, string | Uint8Array>>) {
    this.sources = new Map(
      Object.entries(contents).map(([path, content]) => [
        path,
        { kind: /\.\w+$/.test(path) ? 'file' : 'notebook', content },
      ]),
    );
  }

  request(path: string, changes: Partial<NotebookRequest> = {}): NotebookRequest {
    return {
      path,
      parameters: {},
      taskKey: 'main',
      taskValues: new Map(),
      readFile: (file) => this.sources.get(file),
      listFiles: (folder) => [...this.sources.keys()].filter((file) => file.startsWith(folder)),
      writeFile: (file, content) => this.sources.set(file, { kind: 'file', content }),
      context: { jobId: '11', runId: '22', user: 'ada@example.com' },
      ...changes,
    };
  }

  /** The text of a file that a notebook may have written. */
  text(path: string): string | undefined {
    const source = this.sources.get(path);
    return source && Buffer.from(source.content).toString('utf8');
  }
}
