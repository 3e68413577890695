import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A request and its answer in Microsoft's documentation. */
export interface DocumentedExample {
  readonly area: string;
  readonly name: string;
  readonly method: string;
  readonly route: string;
  readonly request?: unknown;
  readonly status: number;
  /** Keys and types of the answer; see the README beside the data. */
  readonly shape?: unknown;
}

/** The examples of the documentation; undefined without the folder of the schemas. */
export function examplesIfAny(): readonly DocumentedExample[] | undefined {
  const folder = process.env.MODEL_PIPELINES_SCHEMAS;
  const file = folder === undefined ? undefined : path.join(folder, 'azure-devops', 'documented-examples.json');
  if (file === undefined || !existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly examples: readonly DocumentedExample[] }).examples;
}
