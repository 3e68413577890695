import { invalidParameter } from '../apiError';
import type { ServedEntity, ServingEndpoint } from './endpoint';

/**
 * What a script can let happen to a served entity. The messages of a failed build, of a model that cannot be loaded, of
 * an update that timed out and of a resource that did not become available are those that workspaces were seen to answer
 * with (public notebooks and notes about `deployment_state_message`); the others are assumptions.
 */
export const servingFailures = [
  /** The container image is not built: `DEPLOYMENT_FAILED`; the build log has the reason. */
  'buildFails',
  /** The model server ends while it loads the model: `DEPLOYMENT_FAILED`; the service log has the reason. */
  'containerCrashes',
  /** The container does not become ready before the update times out: `DEPLOYMENT_ABORTED`. */
  'neverReady',
  /** No compute is available: `DEPLOYMENT_ABORTED`. */
  'outOfCapacity',
  /** The creator of the endpoint may not read the model: `DEPLOYMENT_FAILED` with the name of the creator. */
  'wrongCreator',
  /** All containers are ready, and the update of the endpoint fails all the same: `DEPLOYMENT_ABORTED`. */
  'updateFails',
  /** Somebody stops the update in the user interface: `UPDATE_CANCELED`. */
  'updateCanceled',
  /** It is deployed, and answers each request with a wrong prediction. */
  'wrongAnswers',
  /** It is deployed, ends after `runSeconds`, and is `DEPLOYMENT_RECOVERING` until it has started again. */
  'containerRestarts',
] as const;

export type ServingFailure = (typeof servingFailures)[number];

/** How the deployment of a matching served entity goes. */
export interface ServingScript {
  /** Every given property must match; no property matches every served entity. */
  readonly matching?: {
    readonly endpointName?: string;
    readonly servedEntityName?: string;
    /** The name of the model. */
    readonly entityName?: string;
    readonly entityVersion?: string;
  };
  /** How many deployments it serves; all by default. */
  readonly times?: number;
  /** Without it, only the times are as given. */
  readonly failure?: ServingFailure;
  /** Sandbox seconds until the container image is built; the usual time by default. */
  readonly buildSeconds?: number;
  /** Sandbox seconds from there until the container is ready or has failed; the usual time by default. */
  readonly startSeconds?: number;
  /** For `containerRestarts`: sandbox seconds that it serves before it ends; 60 by default. */
  readonly runSeconds?: number;
}

/** @throws ApiError when the script names an unknown failure. */
export function checkServingScript({ failure }: ServingScript): void {
  if (failure !== undefined && !servingFailures.includes(failure))
    throw invalidParameter(`Unknown failure '${failure as string}'. Known: ${servingFailures.join(', ')}.`);
}

export function matchesEntity(
  { matching = {} }: ServingScript,
  endpoint: ServingEndpoint,
  { name, entityName, entityVersion }: ServedEntity,
): boolean {
  return (
    (matching.endpointName ?? endpoint.name) === endpoint.name &&
    (matching.servedEntityName ?? name) === name &&
    (matching.entityName ?? entityName) === entityName &&
    (matching.entityVersion ?? entityVersion) === entityVersion
  );
}
