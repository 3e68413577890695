import type { Revision } from '../../shared/variables/registry/revision';
import { historyMessages } from './messages';

/** What a person reads about the chain of revisions. */
export interface ChainText {
  readonly isIntact: boolean;
  /** What the state means. */
  readonly sentence: string;
  /** What is wrong with each damaged revision. */
  readonly problems: readonly string[];
}

/** @param revisions newest first */
export function chainText(revisions: readonly Revision[]): ChainText {
  const newer = revisions.filter(({ isNewer }) => isNewer);
  const broken = revisions.filter(({ isIntact, isNewer }) => !isIntact && !isNewer);
  if (broken.length === 0 && newer.length > 0)
    return { isIntact: true, sentence: historyMessages.someNewer(newer.length), problems: [] };
  if (broken.length === 0)
    return { isIntact: true, sentence: historyMessages.allIntact(revisions.length), problems: [] };
  const names = broken.map(({ rev }) => rev).sort((one, other) => one - other);
  const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return {
    isIntact: false,
    sentence: historyMessages.damagedTitle(`${names.length === 1 ? 'revision' : 'revisions'} ${shown}`),
    problems: broken.map(({ rev, problem = '' }) => historyMessages.problemOf(rev, problem)),
  };
}
