import type { Team } from '../api/core';
import type { Repository } from '../api/git';
import type { PullRequest } from '../api/pullRequests';
import type { Change } from '../change';
import type { AppliedPipeline } from '../pipelines/applyPipelines';
import type { WantedContent } from '../repository/wanted';
import type { OnboardingDocument } from './document';

export type AreaName =
  'repository' | 'templateUpdate' | 'team' | 'variableGroups' | 'environments' | 'pipelines' | 'branchPolicies';

export interface WantedOnboarding {
  /** By its name or id. */
  readonly project: string;
  readonly document: OnboardingDocument;
  readonly content: WantedContent;
  /** Values of secrets by `group/VARIABLE` or `pipeline/VARIABLE`. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly updateSecrets: boolean;
  /** Whether changes of the template are brought by a pull request. */
  readonly updateTemplate: boolean;
}

export interface PlannedArea {
  readonly area: AreaName;
  readonly changes: readonly Change[];
}

/** What there is of a model, as far as it exists. */
export interface Onboarded {
  repository?: Repository | undefined;
  team?: Team | undefined;
  pipelines: readonly AppliedPipeline[];
  variableGroups?: ReadonlyMap<string, number>;
  environments?: ReadonlyMap<string, number>;
  pullRequest?: PullRequest | undefined;
}
