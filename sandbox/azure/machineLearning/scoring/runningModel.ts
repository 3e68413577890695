/** A request to the container of a deployment. */
export interface ModelRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export interface ModelAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the container of a deployment is made of. */
export interface ModelContainer {
  /** Where the model is mounted. */
  readonly modelFolder: string;
  /** The files of the model by path below that folder, with slashes. */
  readonly modelFiles: ReadonlyMap<string, Buffer>;
  /** The files of the code by path; undefined for a model that serves without code. */
  readonly codeFiles?: ReadonlyMap<string, Buffer>;
  /** Of the code, by path. */
  readonly scoringScript?: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A container that answers. */
export interface RunningModel {
  answer(request: ModelRequest): Promise<ModelAnswer>;
  /** Resolves with the exit code when it ends. */
  readonly exited: Promise<number>;
  close(): Promise<void>;
}

/** Runs the code of a container. Resolves when it can be asked, or has ended because its model can't be loaded. */
export type StartModel = (container: ModelContainer, log: (line: string) => void) => Promise<RunningModel>;
