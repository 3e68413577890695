import { TaskError } from '../../errors';
import type { ServingEndpoint } from '../api/servingEndpoints';
import { isOurs } from './record';

/** The endpoint was not created by this product, and may not be changed. */
export class ForeignEndpointError extends TaskError {
  override readonly name = 'ForeignEndpointError';
}

/** Throws a ForeignEndpointError. */
export function checkOwner(endpoint: ServingEndpoint, mayAdopt: boolean): void {
  if (isOurs(endpoint) || mayAdopt) return;
  const { name, creator } = endpoint;
  throw new ForeignEndpointError(
    `The serving endpoint '${name}' (created by ${creator || 'a deleted user'}) was not created by this task, so it is not changed.`,
  );
}
