import type { ContainerGroup, GroupBody } from './containerInstances';
import { digestTag, merged } from './settings';

/** The place of a group that may stand beside another one for a while. */
export interface Slot {
  readonly name: string;
  /** Of two groups side by side, the lower one serves and the higher one is not proven yet. */
  readonly generation: number;
}

const generationTag = 'model-pipeline-generation';
const twinSuffix = '-b';

/** The name of the group that may stand beside a group. */
export function twinOf(name: string): string {
  return name + twinSuffix;
}

export function generationOf(group: ContainerGroup): number {
  return Number(group.tags?.[generationTag] ?? 1);
}

export function slotOf(group: ContainerGroup): Slot {
  return { name: group.name, generation: generationOf(group) };
}

/** The body to send for a slot, with the tags by which the next deployment recognizes it. Two groups can't share a DNS label. */
export function bodyFor(body: GroupBody, name: string, slot: Slot, digest: string): GroupBody {
  const { ipAddress } = body['properties'] as { readonly ipAddress?: { readonly dnsNameLabel?: string } };
  const label = ipAddress?.dnsNameLabel;
  const isTwin = slot.name !== name && label !== undefined;
  return merged(body, {
    tags: { [digestTag]: digest, [generationTag]: String(slot.generation) },
    properties: { ...(isTwin && { ipAddress: { dnsNameLabel: `${label}${twinSuffix}` } }) },
  }) as GroupBody;
}
