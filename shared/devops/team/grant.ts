import type { Context } from '../../agent/context';
import type { Devops } from '../devops';
import { until } from './until';

/** Permissions of identities at one token. */
export interface Grant {
  readonly namespaceId: string;
  readonly token: string;
  /** What each identity is allowed. */
  readonly bits: number;
  /** As in a sentence: `the administrators of the team 'churn'`. */
  readonly name: string;
}

/** What the entry of one identity says of the bits of a grant. */
export interface Held {
  /** Those that it allows. */
  readonly allowed: number;
  /** Those that it denies. */
  readonly denied: number;
}

/** What the entries at a token say of the bits of a grant, by descriptor. What is inherited is not in them. */
export async function entriesOf(
  { security }: Devops,
  { namespaceId, token, bits }: Grant,
): Promise<(descriptor: string) => Held> {
  const lists = await security.accessControlLists(namespaceId, token);
  const entries = lists
    .filter((list) => list.token.toLowerCase() === token.toLowerCase())
    .flatMap((list) => list.entries);
  return (descriptor) => {
    const entry = entries.find((each) => each.descriptor.toLowerCase() === descriptor.toLowerCase());
    return { allowed: (entry?.allow ?? 0) & bits, denied: (entry?.deny ?? 0) & bits };
  };
}

/**
 * Allows the bits to the identities that lack some, beside what they have; entries of others are not touched. Resolves when the
 * entries are there. `refuse` is called for an identity that is denied one of them, and throws.
 */
export async function applyGrant(
  devops: Devops,
  grant: Grant,
  descriptors: readonly string[],
  { context, refuse }: { readonly context: Context; readonly refuse: (descriptor: string) => never },
): Promise<void> {
  const { namespaceId, token, bits, name } = grant;
  const held = await entriesOf(devops, grant);
  for (const descriptor of descriptors) if (held(descriptor).denied !== 0) refuse(descriptor);
  const lacking = descriptors.filter((descriptor) => held(descriptor).allowed !== bits);
  if (lacking.length === 0) return;
  const entries = lacking.map((descriptor) => ({ descriptor, allow: bits, deny: 0 }));
  await devops.security.addEntries(namespaceId, token, entries);
  await until(context, `${name} to appear`, async () => {
    const after = await entriesOf(devops, grant);
    return lacking.every((descriptor) => after(descriptor).allowed === bits) ? true : undefined;
  });
}
