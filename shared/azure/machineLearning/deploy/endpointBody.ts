import type { JsonMap } from '../../../json';
import type { AuthMode } from '../api/endpoints';
import { settingsTag } from '../plan/tags';
import { present } from './body';

/** An endpoint as a step creates it. Omitted settings are Azure's defaults. */
export interface EndpointDescription {
  /** That of the workspace. */
  readonly location: string;
  readonly authMode: AuthMode | undefined;
  readonly publicNetworkAccess: string | undefined;
  /** A managed identity of the user's own, by its resource id. */
  readonly identityId: string | undefined;
  /** The compute of a cluster, by its resource id; undefined for an endpoint that Azure manages. */
  readonly computeId: string | undefined;
}

/** The body of a new endpoint. It has no traffic: there is no deployment that could have it. */
export function endpointBody(description: EndpointDescription): JsonMap {
  const { location, authMode = 'Key', publicNetworkAccess, identityId, computeId } = description;
  return {
    location,
    tags: { [settingsTag]: 'endpoint' },
    identity:
      identityId === undefined
        ? { type: 'SystemAssigned' }
        : { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } },
    properties: { authMode, ...present({ publicNetworkAccess, compute: computeId }) },
  };
}
