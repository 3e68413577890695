import type { ReactNode } from 'react';
import { Outcome, type OutcomeKind } from './Outcome';

/** The first line of a card: what it is about, and how that ended. */
export function CardTitle(props: {
  readonly children: ReactNode;
  readonly outcome?: { readonly kind: OutcomeKind; readonly text: string };
}) {
  return (
    <div className="run-card-title">
      <h3 className="title-xs">{props.children}</h3>
      {props.outcome && <Outcome {...props.outcome} />}
    </div>
  );
}
