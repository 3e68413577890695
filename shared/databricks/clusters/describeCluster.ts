import { stripVTControlCharacters } from 'node:util';
import type { Cluster } from '../api/clusters';
import { terminationAdvice } from './terminationAdvice';

/** `Cluster 'train' (0123-456789-abc)`. */
export function clusterTitle(cluster: Pick<Cluster, 'id' | 'name'>): string {
  return `C${clusterMention(cluster).slice(1)}`;
}

/** The same within a sentence. */
export function clusterMention({ id, name }: Pick<Cluster, 'id' | 'name'>): string {
  return `cluster '${name}' (${id})`;
}

/** The state, with the service's message: `PENDING (Finding instances for new nodes)`. */
export function clusterState({ state, stateMessage }: Cluster): string {
  return stateMessage ? `${state} (${tidy(stateMessage)})` : state;
}

/** Why it is down, with the service's parameters, and advice for the usual reasons. Empty when nothing is known. */
export function describeTermination({ termination }: Cluster): string {
  if (!termination) return '';
  const { code, type, parameters } = termination;
  const details = Object.entries(parameters).map(([name, value]) => `${name}: ${tidy(value)}`);
  return [
    `Reason: ${code} (${type})${details.length > 0 ? `, ${details.join(', ')}` : ''}.`,
    ...[terminationAdvice(code) ?? []].flat(),
  ].join(' ');
}

/** On one line and without a full stop, to be part of a sentence. */
function tidy(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
}
