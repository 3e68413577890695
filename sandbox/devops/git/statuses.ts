import type { OrganizationState } from '../organizationState';
import { identityReference } from '../policy/identityReference';
import { objectIn, requiredText, textAt, valueAt } from '../rest/requestBody';
import type { DevopsRequest } from '../rest/route';
import { enumValue } from './rest/enumValue';

/** What somebody posted of a commit or pull request; its context is its genre and its name. */
export interface PostedStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly genre: string;
  readonly name: string;
  readonly targetUrl: string | null;
  readonly createdById: string;
  readonly createdAt: number;
}

const states = { notSet: 0, pending: 1, succeeded: 2, failed: 3, error: 4, notApplicable: 5, partiallySucceeded: 6 };

/** @throws OrganizationError if the body is not a status with a context */
export function readStatus({ organization, caller, body }: DevopsRequest, id: number): PostedStatus {
  const given = objectIn(body, 'status');
  const context = objectIn(valueAt(given, 'context'), 'context');
  return {
    id,
    state: enumValue(states, valueAt(given, 'state')) ?? 'notSet',
    description: textAt(given, 'description') ?? '',
    genre: textAt(context, 'genre') ?? '',
    name: requiredText(context, 'name'),
    targetUrl: textAt(given, 'targetUrl') ?? null,
    createdById: caller.identity.id,
    createdAt: organization.clock.now(),
  };
}

export function statusView(organization: OrganizationState, status: PostedStatus) {
  const { id, state, description, name, genre, createdAt, createdById, targetUrl } = status;
  return {
    id,
    state,
    description,
    context: { name, genre },
    creationDate: organization.time(createdAt),
    updatedDate: organization.time(createdAt),
    createdBy: identityReference(organization, createdById),
    targetUrl,
  };
}
