import { type Json, isObject, numbersAt, objectAt, textAt, textsAt } from '../json';
import { requestInvalid } from '../mlError';

export type AuthMode = 'Key' | 'AMLToken' | 'AADToken';
export type Traffic = Readonly<Record<string, number>>;

/** An endpoint as it was asked for. */
export interface EndpointBody {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly identityType: string;
  readonly userAssignedIdentities: readonly string[];
  readonly authMode: AuthMode;
  readonly description: string | null;
  readonly publicNetworkAccess: 'Enabled' | 'Disabled';
  readonly ownProperties: Readonly<Record<string, string>>;
  readonly compute?: string;
  readonly traffic: Traffic;
  readonly mirrorTraffic: Traffic;
  readonly keys: Readonly<Record<string, string>>;
}

const authModes = ['Key', 'AMLToken', 'AADToken'] as const;
const identityTypes = ['None', 'SystemAssigned', 'UserAssigned', 'SystemAssigned,UserAssigned'];
/** Of endpoints and deployments. */
export const nameForm = /^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/;

/**
 * Reads the body of a PUT.
 * @throws ArmError
 */
export function readEndpoint(name: string, body: Json, location: string): EndpointBody {
  if (!nameForm.test(name) || name.length < 3 || name.length > 32) {
    throw requestInvalid(location, `Name: the endpoint name '${name}' is invalid.`);
  }
  const own = textAt(body, 'location')?.replaceAll(' ', '').toLowerCase();
  if (own === undefined) throw requestInvalid(location, 'Location: the field is required.');
  if (own !== location.toLowerCase()) {
    throw requestInvalid(location, `Location: '${own}' is not the location of the workspace, '${location}'.`);
  }
  const properties = objectAt(body, 'properties');
  const mode = textAt(properties, 'authMode');
  const authMode = authModes.find((each) => each.toLowerCase() === mode?.toLowerCase());
  if (!authMode) throw requestInvalid(location, `AuthMode: '${mode ?? ''}' is not one of ${authModes.join(', ')}.`);
  const compute = textAt(properties, 'compute');
  if (authMode === 'AADToken' && compute !== undefined) {
    throw requestInvalid(location, 'AuthMode: AADToken is not supported for Kubernetes online endpoints.');
  }
  return {
    location: own,
    tags: textsAt(body, 'tags'),
    ...readIdentity(body, location),
    authMode,
    description: textAt(properties, 'description') ?? null,
    publicNetworkAccess: textAt(properties, 'publicNetworkAccess') === 'Disabled' ? 'Disabled' : 'Enabled',
    ownProperties: textsAt(properties, 'properties'),
    ...(compute !== undefined && { compute }),
    traffic: numbersAt(properties, 'traffic'),
    mirrorTraffic: numbersAt(properties, 'mirrorTraffic'),
    keys: textsAt(properties, 'keys'),
  };
}

/** @throws ArmError */
export function readIdentity(
  body: Json,
  location: string,
): Pick<EndpointBody, 'identityType' | 'userAssignedIdentities'> {
  const identity = objectAt(body, 'identity');
  const given = textAt(identity, 'type') ?? (isObject(body['identity']) ? '' : 'SystemAssigned');
  const identityType = identityTypes.find((each) => each.toLowerCase() === given.replaceAll(' ', '').toLowerCase());
  if (identityType === undefined) throw requestInvalid(location, `Identity: the type '${given}' is not known.`);
  return { identityType, userAssignedIdentities: Object.keys(objectAt(identity, 'userAssignedIdentities')) };
}
