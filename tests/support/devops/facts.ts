import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A recorded exchange with the real service; see the README beside the data. */
export interface Fact {
  readonly id: number;
  readonly area: string;
  readonly method: string;
  readonly host: string;
  readonly route: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly apiVersion: string | null;
  readonly requestType?: string;
  readonly request?: unknown;
  readonly status: number;
  readonly contentType: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly shape?: unknown;
  readonly bom?: boolean;
}

export interface Step {
  readonly i: number;
  readonly fact: number;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly request?: unknown;
  /** JSON pointers in the answer, and the neutral values that later steps use for what is there. */
  readonly bind?: Readonly<Record<string, string | number>>;
}

/** A table of the data: each row is a list of values in the order of the columns. */
type Row = readonly unknown[];

export interface Recordings {
  readonly facts: readonly Fact[];
  readonly steps: Readonly<Record<string, readonly Step[]>>;
  readonly locations: Readonly<Record<string, readonly Row[]>>;
  readonly securityNamespaces: { readonly rows: readonly Row[] };
  readonly resourceAreas: { readonly rows: readonly Row[] };
}

const files = new Map<string, unknown>();

function read(name: string): unknown {
  const folder = process.env.MODEL_PIPELINES_SCHEMAS;
  const file = folder === undefined ? undefined : path.join(folder, 'azure-devops', name);
  if (file === undefined || !existsSync(file)) return undefined;
  if (!files.has(file)) files.set(file, JSON.parse(readFileSync(file, 'utf8')));
  return files.get(file);
}

/** The recordings; undefined without the folder of the schemas. */
export const recordingsIfAny = () => read('recorded-exchanges.json') as Recordings | undefined;

/** The description of the REST API by Microsoft; undefined without the folder of the schemas. */
export const openApiIfAny = () => read('azure-devops-7.1.openapi.json') as Record<string, unknown> | undefined;

/** Route tables of the hosts that are in no recording. */
export const derivedLocationsIfAny = () =>
  read('locations-derived.json') as Readonly<Record<string, readonly Row[]>> | undefined;

/** What a test is about; reports that it is missing, and skips the test without it. */
export function required<T>(test: Mocha.Context, data: T | undefined): T {
  if (data !== undefined) return data;
  process.stdout.write(
    `SKIPPED: ${test.test?.fullTitle() ?? ''}: set MODEL_PIPELINES_SCHEMAS to the folder that holds azure-devops/ (see CONTRIBUTING.md)\n`,
  );
  return test.skip();
}
