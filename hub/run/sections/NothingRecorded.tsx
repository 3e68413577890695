import { EmptyState } from '../../kit/EmptyState';
import { runMessages } from '../messages';

/** Shown for a run without records: which tasks make them. */
export function NothingRecorded({ isRunning }: { readonly isRunning: boolean }) {
  return (
    <EmptyState icon="Table" title={isRunning ? runMessages.emptyRunningTitle : runMessages.emptyTitle}>
      <p>{runMessages.emptyText}</p>
      <ul className="run-tasks">
        {runMessages.recordingTasks.map(({ task, what }) => (
          <li key={task}>
            <strong>{task}</strong>: {what}
          </li>
        ))}
      </ul>
      <p className="secondary-text">{runMessages.emptyHelp}</p>
    </EmptyState>
  );
}
