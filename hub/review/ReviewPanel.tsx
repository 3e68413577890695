import { ContentSize } from 'azure-devops-ui/Callout';
import { FormItem } from 'azure-devops-ui/FormItem';
import { Panel } from 'azure-devops-ui/Panel';
import { TextField, TextFieldWidth } from 'azure-devops-ui/TextField';
import { Suspense, useMemo, useState } from 'react';
import { changesBetween } from '../../shared/variables/edit/changes';
import { useHub } from '../kit/hubContext';
import { lazyPart } from '../kit/lazyPart';
import { Loading } from '../kit/Loading';
import { FaultCard, ProblemCard } from '../kit/faults/ProblemCard';
import { checkModel, modelSource, sharedVariables } from '../variables/checkModel';
import { ProblemList } from '../variables/ProblemList';
import { ChangesTable } from './ChangesTable';
import { ConflictDialog } from './ConflictDialog';
import { reviewMessages } from './messages';
import type { ReviewPlan } from './reviewPlan';
import { useProtection, type Protection } from './useProtection';
import { useReview, type Review, type ReviewProps } from './useReview';
import './review.css';

/** The comparison of texts comes with what else shows one. */
const textDiff = lazyPart(async () => (await import('./TextDiff')).TextDiff);

/** The panel in which the edits are reviewed and saved; on top of it, the conflict with what someone else saved. */
export function ReviewPanel(props: ReviewProps) {
  const { open, onDismiss } = props;
  const review = useReview(props);
  // Here, because the panel goes and comes back where a save meets a conflict.
  const [comment, setComment] = useState(props.options.comment ?? '');
  const { plan } = review;
  if (plan?.kind === 'ready')
    return <ReadyPanel {...props} review={review} plan={plan} comment={comment} onComment={setComment} />;
  if (plan)
    return <ConflictDialog plan={plan} mine={open.text} onKeepEditing={onDismiss} onResolved={review.resolve} />;
  return (
    <Panel
      size={ContentSize.Large}
      onDismiss={onDismiss}
      titleProps={{ text: reviewMessages.title(open.model.id) }}
      footerButtonProps={[{ text: reviewMessages.cancel, onClick: onDismiss }]}
    >
      {review.fault === undefined ? <Loading /> : <FaultCard error={review.fault.error} onRetry={review.start} />}
    </Panel>
  );
}

interface ReadyProps extends ReviewProps {
  readonly review: Review;
  readonly plan: Extract<ReviewPlan, { kind: 'ready' }>;
  readonly comment: string;
  readonly onComment: (comment: string) => void;
}

function ReadyPanel({ open, options, onDismiss, review, plan, comment, onComment }: ReadyProps) {
  const { contents, refusal } = useHub();
  const shared = useMemo(() => sharedVariables(contents), [contents]);
  const { touched, way, fault, again } = useProtection(plan, shared);
  const [isCommentMissing, setCommentMissing] = useState(false);
  const facts = useMemo(
    () => ({
      checked: checkModel(plan.text, modelSource(plan.base.rev), shared),
      changes: changesBetween(plan.base.text, plan.text),
    }),
    [shared, plan],
  );
  const isProtected = touched.length > 0;
  const isProposed = isProtected && way !== 'accepted';
  const hasSomething = plan.text !== plan.base.text || options.repository !== undefined;
  // A pull request does not write what Azure DevOps refused to save.
  const isRefused = refusal !== undefined && !isProposed;
  const isPossible = way !== 'unknown' && way !== 'otherBranch' && !isRefused;
  const canSave = facts.checked.problems.length === 0 && hasSomething && !review.isBusy && isPossible;
  const save = () => {
    const isMissing = isProtected && comment.trim() === '';
    setCommentMissing(isMissing);
    if (isMissing) return;
    if (isProposed) review.openPullRequest(plan, comment);
    else review.save(plan, comment);
  };
  return (
    <Panel
      size={ContentSize.Large}
      onDismiss={onDismiss}
      titleProps={{ text: reviewMessages.title(open.model.id) }}
      description={reviewMessages.description(plan.base.rev + 1)}
      footerButtonProps={[
        { text: reviewMessages.cancel, onClick: onDismiss },
        {
          text: isProposed ? reviewMessages.openPullRequest : reviewMessages.save,
          primary: true,
          disabled: !canSave,
          onClick: save,
        },
      ]}
    >
      <div className="hub-form review">
        {review.fault && <FaultCard error={review.fault.error} onRetry={save} />}
        {isRefused && <ProblemCard severity="warning">{refusal.reason}</ProblemCard>}
        {plan.theirs && (
          <ProblemCard severity="info">
            {reviewMessages.merged(plan.theirs.who, plan.theirs.rev)}
            <ChangesTable changes={plan.theirs.changes} />
          </ProblemCard>
        )}
        {!hasSomething && <ProblemCard severity="info">{reviewMessages.nothing}</ProblemCard>}
        {facts.checked.problems.length > 0 && (
          <ProblemCard severity="error">
            {reviewMessages.problems}
            <ProblemList problems={facts.checked.problems} />
          </ProblemCard>
        )}
        {fault && <FaultCard error={fault.error} onRetry={again} />}
        <ProtectionCard way={way} names={touched.join(', ')} branch={plan.base.repository?.branch ?? ''} />
        {hasSomething &&
          (plan.text === plan.base.text ? <p>{reviewMessages.onlyLink}</p> : <Changes changes={facts.changes} />)}
        {facts.checked.notes.length > 0 && (
          <details>
            <summary>{reviewMessages.notes}</summary>
            <ProblemList problems={facts.checked.notes} />
          </details>
        )}
        <FormItem
          label={reviewMessages.comment}
          required={isProtected}
          error={isCommentMissing}
          message={isCommentMissing ? reviewMessages.commentMissing : reviewMessages.commentHelp}
        >
          <TextField
            multiline={true}
            rows={3}
            width={TextFieldWidth.auto}
            value={comment}
            ariaInvalid={isCommentMissing}
            onChange={(_, value) => onComment(value)}
          />
        </FormItem>
        {plan.text !== plan.base.text && (
          <Suspense fallback={<Loading />}>
            <textDiff.Part before={plan.base.text} after={plan.text} />
          </Suspense>
        )}
      </div>
    </Panel>
  );
}

function ProtectionCard(props: { readonly way: Protection['way']; readonly names: string; readonly branch: string }) {
  const { way, names, branch } = props;
  switch (way) {
    case 'none':
      return null;
    case 'accepted':
      return <ProblemCard severity="info">{reviewMessages.accepted(names)}</ProblemCard>;
    case 'otherBranch':
      return <ProblemCard severity="warning">{reviewMessages.otherBranch(names, branch)}</ProblemCard>;
    case 'pullRequest':
    case 'unknown':
      return <ProblemCard severity="warning">{reviewMessages.protected(names)}</ProblemCard>;
  }
}

function Changes({ changes }: { readonly changes: ReturnType<typeof changesBetween> }) {
  if (!changes) return <p>{reviewMessages.unreadable}</p>;
  if (changes.length === 0) return <p>{reviewMessages.noValues}</p>;
  return <ChangesTable changes={changes} />;
}
