import type { NotebookRequest } from './notebookRunner';

/** A workspace file, to be put below the folder that plays `/Workspace`. */
export interface MirroredFile {
  readonly workspacePath: string;
  readonly content: string | Uint8Array;
}

/** A notebook run as the Python side takes it, and the workspace files that have to lie on its disk. */
export interface NotebookJob {
  /** One line of JSON; `root` is the folder that plays `/Workspace`. */
  requestJson(root: string): string;
  readonly files: readonly MirroredFile[];
}

/** Takes the whole workspace along, because a notebook may name any path of it. */
export function notebookJob(request: NotebookRequest): NotebookJob {
  const notebooks: Record<string, { content: string; language?: string }> = {};
  const files: MirroredFile[] = [];
  for (const workspacePath of request.listFiles('/')) {
    const source = request.readFile(workspacePath);
    if (source?.kind === 'file') {
      files.push({ workspacePath, content: source.content });
    } else if (source) {
      const content = typeof source.content === 'string' ? source.content : new TextDecoder().decode(source.content);
      notebooks[workspacePath] = source.language === undefined ? { content } : { content, language: source.language };
    }
  }
  const { path, parameters, context } = request;
  const taskValues = Object.fromEntries(
    [...request.taskValues].map(([task, values]) => [task, Object.fromEntries(values)]),
  );
  const wheels = (request.wheels ?? []).map((wheel) => Buffer.from(wheel).toString('base64'));
  return {
    requestJson: (root) => JSON.stringify({ root, path, parameters, notebooks, wheels, taskValues, context }),
    files,
  };
}
