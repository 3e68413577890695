import type { Json, JsonObject } from '../../json';

/** A model version as its container gets it. */
export interface HostedVersion {
  readonly modelName: string;
  readonly version: string;
  /** The files of the version, by path relative to its folder; empty for a version that was registered without files. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly environment: Readonly<Record<string, string>>;
}

/** One row of an input: by column, or the values alone. */
export type InputRow = JsonObject | readonly Json[];

/** A model that answers requests. */
export interface LoadedModel {
  /** One prediction per row. @throws InvalidInput for rows that the model cannot score */
  predict(rows: readonly InputRow[]): Promise<readonly Json[]>;
  close(): Promise<void>;
}

/** Loads model versions, as the container of a served entity does. */
export interface ModelHost {
  /** @throws Error when the files are not a model that can be loaded */
  load(version: HostedVersion, log: (line: string) => void): Promise<LoadedModel>;
}

/** The input is not one that the model can score: the caller's mistake. */
export class InvalidInput extends Error {}
