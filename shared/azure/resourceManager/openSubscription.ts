import type { ServiceConnection } from '../../agent/agent';
import { InputError } from '../../errors';
import type { DetailedHttpClient } from '../../http/httpClient';
import { azureIdentity, type AzureIdentity } from '../../identity/azureIdentity';
import type { SignInSurroundings } from '../../identity/signIn';
import { permissionAdvice } from './permissionAdvice';
import { resourceManager } from './client';

/** A subscription that calls can be made to. */
export interface Subscription {
  readonly arm: DetailedHttpClient;
  readonly identity: AzureIdentity;
  readonly subscriptionId: string;
}

/** Opens the subscription of a connection. Makes no call. Throws an InputError when the connection can't be used. */
export function openSubscription(connection: ServiceConnection, surroundings: SignInSurroundings): Subscription {
  const identity = azureIdentity(connection, surroundings);
  const subscriptionId = connection.data('subscriptionId') ?? connection.data('SubscriptionId');
  if (subscriptionId === undefined)
    throw new InputError([
      {
        input: 'azureConnection',
        problem: 'names a connection to no subscription: it must be one to a subscription, not to a management group.',
      },
    ]);
  const arm = resourceManager(identity, connection.url, surroundings, permissionAdvice);
  return { arm, identity, subscriptionId };
}
