import type { HttpClient } from '../http/httpClient';
import type { BuildApi } from './api/pipelines/build';
import type { ChecksApi } from './api/pipelines/checks';
import type { PipelinePermissionsApi } from './api/pipelines/pipelinePermissions';
import type { CoreApi } from './api/core';
import type { EndpointsApi } from './api/pipelines/endpoints';
import type { ExtensionDataApi } from './api/extensionData';
import type { GitApi } from './api/git';
import type { ImportsApi } from './api/imports';
import type { GraphApi } from './api/graph';
import type { CallerData, IdentitiesApi } from './api/identities';
import type { PoliciesApi } from './api/policies';
import type { PullRequestsApi } from './api/pullRequests';
import type { SecurityApi } from './api/security';
import type { TaskAgentApi } from './api/pipelines/taskAgent';
import type { WorkApi } from './api/work';

/** An organization of Azure DevOps Services that calls can be made to: its areas, each with a method for every route. */
export interface Devops {
  /** Without a slash at its end: `https://dev.azure.com/contoso`. */
  readonly url: string;
  /** The name of the organization. */
  readonly organization: string;
  /** Whether the calls are made with the token of the job, which the settings of the project may limit. */
  readonly isJob: boolean;
  readonly build: BuildApi;
  readonly checks: ChecksApi;
  readonly core: CoreApi;
  readonly endpoints: EndpointsApi;
  readonly extensionData: ExtensionDataApi;
  readonly git: GitApi;
  /** The host that git itself speaks to, at `/{project}/_git/{repository}`. */
  gitHost(): Promise<HttpClient>;
  readonly graph: GraphApi;
  readonly identities: IdentitiesApi;
  readonly imports: ImportsApi;
  readonly pipelinePermissions: PipelinePermissionsApi;
  readonly policies: PoliciesApi;
  readonly pullRequests: PullRequestsApi;
  readonly security: SecurityApi;
  readonly taskAgent: TaskAgentApi;
  readonly work: WorkApi;
  /** Who makes the calls; requested once. */
  caller(): Promise<CallerData>;
}
