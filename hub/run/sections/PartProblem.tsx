import { describeFault } from '../../kit/faults/describeFault';
import { kitMessages } from '../../kit/messages';
import { ProblemCard } from '../../kit/faults/ProblemCard';
import { runMessages } from '../messages';
import type { RunPart } from '../read/readRun';

/** A record that cannot be shown: of which step, and why. */
export function PartProblem({ part: { place, content } }: { readonly part: RunPart }) {
  const where = place ? runMessages.place(place) : runMessages.unknownPlace;
  switch (content.kind) {
    case 'record':
      return null;
    case 'newer':
      return <ProblemCard severity="info">{runMessages.newer(where)}</ProblemCard>;
    case 'damaged':
      return <Problem text={runMessages.damaged(where)} detail={`${content.reason}.`} />;
    case 'unreadable': {
      const { sentence, detail } = describeFault(content.error);
      return <Problem text={runMessages.unreadable(where)} detail={detail ?? sentence} />;
    }
  }
}

function Problem({ text, detail }: { readonly text: string; readonly detail: string }) {
  return (
    <ProblemCard severity="warning">
      {text}
      <div className="hub-detail">{kitMessages.details(detail)}</div>
    </ProblemCard>
  );
}
