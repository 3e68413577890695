/**
 * What earlier changes of the same plan are going to create: a name that is not found may be that of one of these. Names are
 * compared without regard to case, as Azure DevOps does.
 */
export interface PlannedObjects {
  readonly repository?: PlannedRepository;
  readonly teams?: readonly string[];
  readonly pipelines?: readonly PlannedPipeline[];
  readonly variableGroups?: readonly string[];
  readonly environments?: readonly string[];
}

export interface PlannedRepository {
  readonly name: string;
  /** `refs/heads/main`. */
  readonly defaultBranch: string;
  /** Its files by path, without a slash at the beginning: `pipelines/ci_pipeline.yml`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface PlannedPipeline {
  /** `\`, or `\models\m1`. */
  readonly folder: string;
  readonly name: string;
}
