/** One notebook run: what to run, with which parameters, over which snapshot of the workspace. */
export interface NotebookRequest {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly taskKey: string;
  /** Values set by earlier tasks with `dbutils.jobs.taskValues.set`, by task key. */
  readonly taskValues: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
  /** Reads `%run` and `dbutils.notebook.run` targets, sibling modules and data files, over one snapshot. */
  readonly readFile: (workspacePath: string) => WorkspaceSource | undefined;
  /** The absolute paths of all notebooks and files below a folder, at any depth. */
  readonly listFiles: (folder: string) => readonly string[];
  /** Called, once the notebook has ended by itself, for every file that it wrote below `/Workspace`; left out, such files are lost. */
  readonly writeFile?: (workspacePath: string, content: Uint8Array) => void;
  /** Wheels whose pure Python modules can be imported. */
  readonly wheels?: readonly Uint8Array[];
  /** Counted from the notebook's first line. */
  readonly timeoutSeconds?: number;
  readonly context: {
    readonly jobId: string;
    readonly runId: string;
    readonly user: string;
    /** The workspace's API, and a token of the run; a notebook without them reaches no workspace. */
    readonly apiUrl?: string;
    readonly apiToken?: string;
  };
}

/** A notebook, as source text or as ipynb JSON, or a workspace file. */
export interface WorkspaceSource {
  readonly kind: 'notebook' | 'file';
  /** The notebook's default language, `PYTHON` unless given. */
  readonly language?: string;
  readonly content: string | Uint8Array;
}

/** How a notebook run ended, with its printed text and the task values it set. */
export type NotebookOutcome = (
  | { readonly kind: 'exited'; readonly result: string }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly error: string; readonly trace: string }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'canceled' }
) & {
  readonly logs: string;
  readonly taskValues: Readonly<Record<string, unknown>>;
};

/** Runs notebooks for the sandbox. `run` settles soon after `signal` aborts. */
export interface NotebookRunner {
  run(request: NotebookRequest, signal: AbortSignal): Promise<NotebookOutcome>;
  close(): Promise<void>;
}
