import { Status, Statuses, StatusSize } from 'azure-devops-ui/Status';
import { useHub } from '../kit/hubContext';
import { Loading } from '../kit/Loading';
import { FaultCard } from '../kit/faults/ProblemCard';
import { TimeAgo } from '../kit/time/TimeAgo';
import { useLoaded } from '../kit/useLoaded';
import { historyMessages } from './messages';
import { mostRuns, runsOf, type ReadingRun } from './runsOf';

const statuses: Readonly<Record<string, typeof Statuses.Success>> = {
  succeeded: Statuses.Success,
  partiallySucceeded: Statuses.Warning,
  failed: Statuses.Failed,
  canceled: Statuses.Canceled,
  inProgress: Statuses.Running,
};

/** The newest runs that have read a revision. Where they cannot be listed, only this part of the page says so. */
export function RunList({ model, rev }: { readonly model: string; readonly rev: number }) {
  const { host } = useHub();
  const [runs, reload] = useLoaded(`runs/${model}/${rev}`, () => runsOf(host, model, rev));
  if (runs.kind === 'loading') return <Loading />;
  // The state has the error.
  if (runs.kind === 'failed') return <FaultCard error={runs.error} onRetry={() => void reload()} />;
  if (runs.value.length === 0) return <p className="hub-note">{historyMessages.noRuns}</p>;
  return (
    <>
      <ul className="hub-card hub-runs depth-8">
        {runs.value.map((run) => (
          <li key={run.id}>
            <Run run={run} />
          </li>
        ))}
      </ul>
      {runs.value.length === mostRuns && <p className="hub-note">{historyMessages.moreRuns(mostRuns)}</p>}
    </>
  );
}

function Run({ run: { number, pipeline, status, result, queuedOn, url } }: { readonly run: ReadingRun }) {
  const { host } = useHub();
  const state = result ?? status;
  return (
    <>
      <Status
        {...((Object.hasOwn(statuses, state) ? statuses[state] : undefined) ?? Statuses.Waiting)}
        size={StatusSize.m}
        ariaLabel={state}
      />
      <a
        className="bolt-link hub-link"
        href={url}
        target="_top"
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          host.navigation.open(url);
        }}
      >
        {historyMessages.run(pipeline, number)}
      </a>
      {queuedOn !== undefined && <TimeAgo at={queuedOn} />}
    </>
  );
}
