import { Button } from 'azure-devops-ui/Button';
import { Surface, SurfaceBackground } from 'azure-devops-ui/Surface';
import { useMemo, type ReactNode } from 'react';
import { RestError } from '../host/host';
import { useHost } from '../kit/hubContext';
import { Loading } from '../kit/Loading';
import { kitMessages } from '../kit/messages';
import { FaultCard, ProblemCard } from '../kit/faults/ProblemCard';
import { arrangeRun } from './arrange/arrangeRun';
import { runMessages } from './messages';
import type { RunContents } from './read/readRun';
import { DeploymentCard } from './sections/DeploymentCard';
import { EvaluationCard } from './sections/EvaluationCard';
import { JobRunCard } from './sections/JobRunCard';
import { NothingRecorded } from './sections/NothingRecorded';
import { PartProblem } from './sections/PartProblem';
import { RecordSection } from './sections/RecordSection';
import { VariablesCard } from './sections/VariablesCard';
import { useRun, type Run } from './useRun';

/** The tab of a run: what its steps recorded about the model. */
export function RunPage() {
  const run = useRun(useHost());
  const { state, isRefreshing, readings, refresh } = run;
  return (
    <Surface background={SurfaceBackground.neutral}>
      <main className="run-main flex-column flex-grow">
        <header className="run-header">
          {/* The tab already shows it. */}
          <h1 className="hub-screen-reader">{runMessages.title}</h1>
          <p className="secondary-text">{runMessages.description}</p>
          {state.kind === 'loaded' && (
            <Button
              text={isRefreshing ? runMessages.refreshing : runMessages.refresh}
              iconProps={{ iconName: 'Refresh' }}
              onClick={refresh}
            />
          )}
        </header>
        <div role="status" className="hub-screen-reader">
          {readings > 1 && !isRefreshing && runMessages.refreshed}
        </div>
        <RunContent run={run} />
      </main>
    </Surface>
  );
}

function RunContent({ run: { state, refresh } }: { readonly run: Run }): ReactNode {
  switch (state.kind) {
    case 'loading':
      return <Loading />;
    case 'failed':
      return <Failure error={state.error} onRetry={refresh} />;
    case 'loaded':
      return (
        <>
          {state.failure && (
            <ProblemCard severity="warning" action={{ text: kitMessages.tryAgain, onClick: refresh }}>
              {runMessages.refreshFailed}
            </ProblemCard>
          )}
          <Records contents={state.contents} />
        </>
      );
  }
}

function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const isRefused = error instanceof RestError && error.status === 403;
  if (!isRefused) return <FaultCard error={error} onRetry={onRetry} />;
  return (
    <ProblemCard severity="error" action={{ text: kitMessages.tryAgain, onClick: onRetry }}>
      {runMessages.refused}
      <div className="hub-detail">{kitMessages.details(error.message)}</div>
    </ProblemCard>
  );
}

function Records({ contents: { parts, isRunning, leftOut } }: { readonly contents: RunContents }) {
  const { evaluations, deployments, jobRuns, variables, problems } = useMemo(() => arrangeRun(parts), [parts]);
  if (parts.length === 0) return <NothingRecorded isRunning={isRunning} />;
  const { sections } = runMessages;
  return (
    <>
      {isRunning && <ProblemCard severity="info">{runMessages.running}</ProblemCard>}
      {leftOut > 0 && <ProblemCard severity="info">{runMessages.leftOut(leftOut)}</ProblemCard>}
      {problems.map((part) => (
        <PartProblem key={part.key} part={part} />
      ))}
      <RecordSection title={sections.evaluations} steps={evaluations} Card={EvaluationCard} />
      <RecordSection title={sections.deployments} steps={deployments} Card={DeploymentCard} />
      <RecordSection title={sections.jobRuns} steps={jobRuns} Card={JobRunCard} />
      <RecordSection title={sections.variables} steps={variables} Card={VariablesCard} />
    </>
  );
}
