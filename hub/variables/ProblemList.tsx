import type { Problem } from './checkModel';
import { variablesMessages } from './messages';

const mostListed = 5;

/** The first problems of a model, with the lines of its text. */
export function ProblemList({ problems }: { readonly problems: readonly Problem[] }) {
  const rest = problems.length - mostListed;
  return (
    <ul className="hub-list">
      {problems.slice(0, mostListed).map(({ origin, message }) => (
        <li key={`${origin.source}:${origin.line ?? 0} ${message}`}>{variablesMessages.at(origin.line, message)}</li>
      ))}
      {rest > 0 && <li>{variablesMessages.more(rest)}</li>}
    </ul>
  );
}
