import type { TextChange } from '../../../variables/edit/mergeTexts';
import type { Revision } from '../../../variables/registry/revision';
import { differenceLine } from './differences';

const mostLines = 50;

/** The title of the pull request that brings a revision of the hub, and the first line of its commit. */
export function titleOf({ id, rev }: Pick<Revision, 'id' | 'rev'>): string {
  return `Model variables of the hub: ${id} r${rev}`;
}

/** The revision that a commit or a pull request brought; also where Azure DevOps put its own words before the title. */
export function revisionInTitle(message: string, id: string): number | undefined {
  const [line = ''] = message.split('\n', 1);
  const [, ofModel, rev] = /Model variables of the hub: (\S+) r(\d+)$/.exec(line.trim()) ?? [];
  return ofModel === id ? Number(rev) : undefined;
}

/** Who saved the revision and why, and what it changes, a line each. */
export function descriptionOf(
  { rev, updatedBy, updatedOn, comment }: Revision,
  changes: readonly TextChange[],
  notes: readonly string[],
): string {
  const lines = changes.slice(0, mostLines).map((change) => `- ${differenceLine(change)}`);
  const more = changes.length > mostLines ? [`- and ${changes.length - mostLines} more`] : [];
  const saved = `Revision ${rev}, saved by ${updatedBy.name} on ${updatedOn}${comment === '' ? '.' : `: ${comment}`}`;
  return [saved, ...notes, [...lines, ...more].join('\n')].filter((part) => part !== '').join('\n\n');
}
