import { argumentInvalid } from '../../organizationError';
import type { OrganizationState } from '../../organizationState';
import { flagAt, isObject, listAt, numberAt, textAt, type JsonObject } from '../../rest/requestBody';
import { identitiesInvalid } from '../resourceErrors';
import { checkTypes } from './checkConfigurations';

/** The longest time that a check can wait, in minutes. */
const maxTimeout = 43_200;
const defaultTimeout = 43_200;

export function readTimeout(body: JsonObject): number {
  const timeout = numberAt(body, 'timeout') ?? defaultTimeout;
  if (timeout < 1 || timeout > maxTimeout)
    throw argumentInvalid('timeout', `The timeout of a check is between 1 and ${maxTimeout} minutes.`);
  return timeout;
}

/** The settings as the service keeps them: those of an approval are completed, others stay as they were sent. */
export function readSettings(state: OrganizationState, typeId: string, given: unknown): JsonObject {
  const settings: JsonObject = isObject(given) ? given : {};
  return typeId === checkTypes.approval.id ? readApproval(state, settings) : settings;
}

function readApproval(state: OrganizationState, settings: JsonObject): JsonObject {
  const [approvers, blocked] = ['approvers', 'blockedApprovers'].map((key) => identitiesIn(state, settings, key));
  return {
    approvers,
    executionOrder: textAt(settings, 'executionOrder') ?? 'anyOrder',
    minRequiredApprovers: numberAt(settings, 'minRequiredApprovers') ?? 0,
    instructions: textAt(settings, 'instructions') ?? '',
    blockedApprovers: blocked,
    requesterCannotBeApprover: flagAt(settings, 'requesterCannotBeApprover') ?? false,
  };
}

/** Approvers are named by their storage keys; the answer has no names. */
function identitiesIn(state: OrganizationState, settings: JsonObject, key: string): object[] {
  const ids = listAt(settings, key)
    .filter(isObject)
    .map((each) => textAt(each, 'id') ?? '');
  const unknown = ids.filter((id) => !state.identities.byId(id));
  if (unknown.length > 0) throw identitiesInvalid(unknown);
  return ids.map((id) => ({ displayName: null, id: id.toLowerCase() }));
}
