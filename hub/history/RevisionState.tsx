import { Status, Statuses, StatusSize } from 'azure-devops-ui/Status';
import type { Revision } from '../../shared/variables/registry/revision';
import { historyMessages } from './messages';

/** Whether a revision is as it was saved. */
export function RevisionState({ revision: { isIntact, isNewer, status } }: { readonly revision: Revision }) {
  const { states } = historyMessages;
  return (
    <span className="hub-state">
      <Status
        {...(isIntact ? Statuses.Success : isNewer ? Statuses.Information : Statuses.Failed)}
        size={StatusSize.m}
        className="hub-state-icon"
      />
      <span>
        {isIntact ? states.intact : isNewer ? states.newer : states.damaged}
        {status === 'archived' && ` · ${states.archived}`}
      </span>
    </span>
  );
}
