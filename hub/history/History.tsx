import type { Revision } from '../../shared/variables/registry/revision';
import { EmptyState } from '../kit/EmptyState';
import { useHub } from '../kit/hubContext';
import { Loading } from '../kit/Loading';
import { FaultCard, ProblemCard } from '../kit/faults/ProblemCard';
import { useLoaded } from '../kit/useLoaded';
import { chainText } from './chainText';
import { HistoryContext, useHistory, type HistorySubject } from './historySubject';
import { historyMessages } from './messages';
import { RevisionList } from './RevisionList';
import { RevisionView } from './RevisionView';
import './history.css';

/** The revisions of a document, or the one that the route names. */
export function History({ subject }: { readonly subject: HistorySubject }) {
  return (
    <HistoryContext.Provider value={subject}>
      <Revisions />
    </HistoryContext.Provider>
  );
}

function Revisions() {
  const { registry } = useHub();
  const { model } = useHistory();
  const [revisions, reload] = useLoaded(`revisions/${model.id}/${model.rev}/${model.etag ?? 0}`, () =>
    registry.revisions(model.id),
  );
  if (revisions.kind === 'loading') return <Loading />;
  if (revisions.kind === 'failed') return <FaultCard error={revisions.error} onRetry={() => void reload()} />;
  if (revisions.value.length === 0)
    return (
      <EmptyState icon="History" title={historyMessages.none}>
        {historyMessages.noneHelp}
      </EmptyState>
    );
  return <LoadedHistory revisions={revisions.value} />;
}

function LoadedHistory({ revisions }: { readonly revisions: readonly Revision[] }) {
  const { route, go } = useHub();
  const { routeTo } = useHistory();
  const wanted = route.view === 'model' || route.view === 'settings' ? route : undefined;
  const revision = revisions.find(({ rev }) => rev === wanted?.revision);
  const openAll = () => go(routeTo());
  return (
    <>
      <ChainCard revisions={revisions} />
      {wanted?.revision !== undefined && !revision && (
        <ProblemCard severity="warning" action={{ text: historyMessages.all, onClick: openAll }}>
          {historyMessages.notFound(wanted.revision)}
        </ProblemCard>
      )}
      {revision ? (
        <RevisionView key={revision.rev} revision={revision} against={wanted?.against} revisions={revisions} />
      ) : (
        <RevisionList revisions={revisions} />
      )}
    </>
  );
}

function ChainCard({ revisions }: { readonly revisions: readonly Revision[] }) {
  const { isIntact, sentence, problems } = chainText(revisions);
  if (isIntact) return <p className="hub-chain secondary-text">{sentence}</p>;
  return (
    <ProblemCard severity="error">
      <div>{sentence}</div>
      <div>{historyMessages.damagedHelp}</div>
      {problems.slice(0, 5).map((problem) => (
        <div key={problem} className="hub-detail">
          {problem}
        </div>
      ))}
    </ProblemCard>
  );
}
