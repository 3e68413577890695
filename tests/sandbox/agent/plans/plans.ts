import type { Json } from '../../../../sandbox/agent/yaml/nodeOfJson';

/** What a pipeline finds beside its file `azure-pipelines.yml`. */
export interface PlanSurroundings {
  /** Other files of its repository. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files of the folders that stand in for other repositories, by alias or name. */
  readonly repositories?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly parameters?: Readonly<Record<string, Json>>;
  /** Names and values of variable groups; a value that starts with `secret:` is secret. */
  readonly groups?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A pipeline with its plan as `planText` writes it, or with the problems for which it is refused. */
export type PlanCase = readonly [
  title: string,
  yaml: string,
  expected: string | readonly string[],
  around?: PlanSurroundings,
];

/** Pipelines about one subject, written down from these pages of the documentation. */
export interface PlanTable {
  readonly subject: string;
  readonly sources: readonly string[];
  readonly cases: readonly PlanCase[];
}

/** `pages('yaml-schema/stages')`: addresses of pages of the documentation. */
export function pages(...paths: readonly string[]): string[] {
  return paths.map((each) => `https://learn.microsoft.com/azure/devops/pipelines/${each}`);
}
