import { MessageCard, MessageCardSeverity } from 'azure-devops-ui/MessageCard';
import type { ReactNode } from 'react';
import { describeFault } from './describeFault';
import { kitMessages } from '../messages';
import type { Failure } from '../useLoaded';

/** A problem of the page that the person reads, and can try to get past. */
export function FaultCard({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { sentence, detail, canRetry } = describeFault(error);
  return (
    <ProblemCard
      severity="error"
      {...(onRetry && canRetry && { action: { text: kitMessages.tryAgain, onClick: onRetry } })}
    >
      {sentence}
      {detail !== undefined && <div className="hub-detail">{kitMessages.details(detail)}</div>}
    </ProblemCard>
  );
}

/** Says that what is shown is older than the last request, which failed. */
export function StaleCard(props: {
  readonly failure: Failure | undefined;
  /** What could not be read, and what is shown instead. */
  readonly sentence: string;
  readonly onRetry: () => void;
}) {
  const { failure, sentence, onRetry } = props;
  if (!failure) return null;
  const { sentence: reason, detail } = describeFault(failure.error);
  return (
    <ProblemCard severity="warning" action={{ text: kitMessages.tryAgain, onClick: onRetry }}>
      {sentence} {reason}
      {detail !== undefined && <div className="hub-detail">{kitMessages.details(detail)}</div>}
    </ProblemCard>
  );
}

export interface ProblemCardProps {
  readonly severity: 'info' | 'warning' | 'error';
  readonly action?: { readonly text: string; readonly onClick: () => void };
  readonly onDismiss?: () => void;
  readonly children: ReactNode;
}

const severities = {
  info: MessageCardSeverity.Info,
  warning: MessageCardSeverity.Warning,
  error: MessageCardSeverity.Error,
} as const;

/** A message about the page or a part of it. */
export function ProblemCard({ severity, action, onDismiss, children }: ProblemCardProps) {
  return (
    <MessageCard
      className="hub-message"
      severity={severities[severity]}
      {...(action && { buttonProps: [{ text: action.text, onClick: action.onClick }] })}
      {...(onDismiss && { onDismiss })}
    >
      {/* The card lays its children out in a row. */}
      <div>{children}</div>
    </MessageCard>
  );
}
