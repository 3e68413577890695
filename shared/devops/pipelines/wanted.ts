import type { DocumentPath } from '../../finding';
import type { PlannedObjects } from '../plannedObjects';
import { pipelinePath, type FirstRun, type PipelineEntry } from './document';

export interface WantedPipelines {
  /** By its name or id. */
  readonly project: string;
  /** By its name or id: the one that the YAML files are in. */
  readonly repository: string;
  /** The folder of pipelines that name none; the root by default. */
  readonly folder?: string | undefined;
  readonly pipelines: readonly PipelineEntry[];
  /** Values of secrets by `pipeline/VARIABLE`, without regard to case. Only those that do not exist need one. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Whether secrets that exist get the values that are given; they keep theirs by default. */
  readonly updateSecrets?: boolean;
  /** Whether pipelines are permitted to use what their YAML names; what they may not use is only reported without it. */
  readonly grantPermissions?: boolean;
  /** For pipelines that say nothing of their own. */
  readonly firstRun: FirstRun;
  /** What earlier changes of the same plan are going to create. */
  readonly planned?: PlannedObjects | undefined;
  /** Where the pipelines are in the document, for findings; `pipelines` by default. */
  readonly path?: DocumentPath;
}

/** A trigger by the completion of another pipeline. */
export interface WantedTrigger {
  /** As a plan shows it: `\models\train`. */
  readonly source: string;
  /** Undefined while the source does not exist. */
  readonly sourceId: number | undefined;
  /** `refs/heads/…`; empty for all. */
  readonly branches: readonly string[];
}

/** A pipeline as the service is to have it. */
export interface WantedPipeline {
  readonly entry: PipelineEntry;
  /** Where it is in the document. */
  readonly path: DocumentPath;
  /** `\`, or `\models\m1`. */
  readonly folder: string;
  /** From the root of the repository, without a slash at the beginning. */
  readonly yamlFile: string;
  readonly repository: { readonly id: string; readonly name: string };
  /** `refs/heads/main`: that of the document, else that of the pipeline, else that of the repository. */
  readonly defaultBranch: string;
  /** The pool that the document names, or that a new pipeline gets. */
  readonly pool: { readonly id: number; readonly name: string } | undefined;
  readonly triggers: readonly WantedTrigger[];
  /** Values of secrets by the `keyOf` of their variable. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly updateSecrets: boolean;
  readonly firstRun: FirstRun;
}

/** As a plan begins a line: `Pipeline '\models\churn-ci'`. */
export function pipelineTitle({ folder, entry }: Pick<WantedPipeline, 'folder' | 'entry'>): string {
  return `Pipeline '${pipelinePath(folder, entry.name)}'`;
}

/** As in a sentence: `the pipeline '\models\churn-ci' (12)`. */
export function pipelineLabel(wanted: Pick<WantedPipeline, 'folder' | 'entry'>, id?: number): string {
  return `the pipeline '${pipelinePath(wanted.folder, wanted.entry.name)}'${id === undefined ? '' : ` (${id})`}`;
}
