import type { Service } from 'kubernetes-types/core/v1';
import { TaskError } from '../../errors';
import { isTransient } from '../../http/errors';
import { isStatus } from '../client/apiServer';
import type { KubernetesClient } from '../client/client';
import type { PatchOperation } from '../client/types';
import { annotations, labels } from '../manifest/labels';
import { services } from '../client/resource';
import { slotOf, type Move, type Slot } from './slots';

/** Somebody else has deployed meanwhile: their version must not be touched. */
export class SupersededError extends TaskError {
  override readonly name = 'SupersededError';
}

const maxTries = 5;

/**
 * Switches a Service to another slot, in one patch that fails when the Service no longer selects the expected one, and
 * records the slot to which traffic can be switched back. Does nothing when it is switched already. Throws a
 * SupersededError.
 */
export async function switchTraffic(
  client: KubernetesClient,
  service: string,
  { from, to }: Move,
  previous: Slot | undefined,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const live = await client.get(services, service);
    const now = slotOf(live);
    if (now === to) return;
    if (tries > maxTries)
      throw new TaskError(
        `The cluster accepted to switch the Service ${service} to ${to}, but it still selects ${now ?? 'other pods'}. Possible causes are an operator or a mutating policy.`,
      );
    if (now !== from)
      throw new SupersededError(
        `Superseded: somebody else has switched the Service ${service} to ${now ?? 'other pods'} meanwhile.`,
      );
    try {
      // The next look confirms it.
      await client.jsonPatch(services, service, operations(live, { from, to }, previous));
    } catch (error) {
      // The switch may have happened all the same, or somebody else made one: read the Service again.
      if (tries >= maxTries || !(isTransient(error) || isStatus(error, 422))) throw error;
    }
  }
}

function operations(
  live: Service | undefined,
  { from, to }: Move,
  previous: Slot | undefined,
): readonly PatchOperation[] {
  const path = `/spec/selector/${escaped(labels.slot)}`;
  const notes = '/metadata/annotations';
  return [
    { op: 'test', path, value: from },
    { op: 'replace', path, value: to },
    ...(live?.metadata?.annotations ? [] : [{ op: 'add', path: notes, value: {} } as const]),
    { op: 'add', path: `${notes}/${escaped(annotations.previousSlot)}`, value: previous ?? '' },
  ];
}

/** As in a JSON pointer. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
