import type { ServiceConnection } from '../../agent/agent';
import type { Context } from '../../agent/context';
import { UnusableError } from '../../errors';
import type { DetailedHttpClient } from '../../http/httpClient';
import { azureIdentity, type AzureIdentity } from '../../identity/azureIdentity';
import { permissionAdvice } from './permissionAdvice';
import { resourceManager } from './client';

/** A subscription that calls can be made to. */
export interface Subscription {
  readonly arm: DetailedHttpClient;
  readonly identity: AzureIdentity;
  readonly subscriptionId: string;
}

/** Opens the subscription of a connection. Makes no call. Throws an UnusableError when the connection can't be used. */
export function openSubscription(connection: ServiceConnection, context: Context): Subscription {
  const identity = azureIdentity(connection, context);
  const subscriptionId = connection.data('subscriptionId') ?? connection.data('SubscriptionId');
  if (subscriptionId === undefined)
    throw new UnusableError(
      'The Azure connection',
      'is not for a subscription: it must be for a subscription, not for a management group.',
    );
  const arm = resourceManager(identity, connection.url, context, permissionAdvice);
  return { arm, identity, subscriptionId };
}
