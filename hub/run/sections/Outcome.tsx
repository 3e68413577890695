import { Status, Statuses, StatusSize } from 'azure-devops-ui/Status';
import type { JobOutcome, RuleOutcome } from '../../../shared/records/runRecord';

export type OutcomeKind = JobOutcome | RuleOutcome;

const icons = {
  passed: Statuses.Success,
  succeeded: Statuses.Success,
  failed: Statuses.Failed,
  partial: Statuses.Warning,
  active: Statuses.Running,
  notCompared: Statuses.Skipped,
} satisfies Record<OutcomeKind, object>;

/** How something ended: an icon as the runs of pipelines have it, and the word. */
export function Outcome({ kind, text }: { readonly kind: OutcomeKind; readonly text: string }) {
  return (
    <span className="run-outcome">
      <span aria-hidden="true">
        <Status {...icons[kind]} size={StatusSize.m} animated={false} />
      </span>
      <span>{text}</span>
    </span>
  );
}
