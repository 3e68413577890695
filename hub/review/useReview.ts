import { useCallback, useEffect, useState } from 'react';
import type { RegistryModel } from '../../shared/variables/registry/revision';
import { RegistryRefusal } from '../../shared/variables/registry/refusal';
import { useHub } from '../kit/hubContext';
import type { OpenModel, ReviewOptions } from '../kit/modelContext';
import { reviewMessages } from './messages';
import { planReview, type ReviewPlan } from './reviewPlan';

export interface ReviewProps {
  readonly open: OpenModel;
  readonly options: ReviewOptions;
  readonly onDismiss: () => void;
  /** Called with the new revision and the one that it was made on. */
  readonly onSaved: (saved: RegistryModel, before: RegistryModel) => void;
  /** Keeps a text that was merged with a newer revision. */
  readonly onRebased: (base: RegistryModel, text: string) => void;
}

type ReadyPlan = Extract<ReviewPlan, { kind: 'ready' }>;

/** The course of a review: what can be saved, and what went wrong. */
export interface Review {
  /** Undefined until the newest revision has been read. */
  readonly plan: ReviewPlan | undefined;
  readonly fault: { readonly error: unknown } | undefined;
  readonly isBusy: boolean;
  readonly start: () => void;
  /** Goes on with a text that someone chose in a conflict. */
  readonly resolve: (text: string) => void;
  readonly save: (plan: ReadyPlan, comment: string) => void;
  readonly openPullRequest: (plan: ReadyPlan, comment: string) => void;
}

/** Reads the newest revision, and saves on top of it. Whatever fails, the edits stay as they are. */
export function useReview({ open, options, onDismiss, onSaved, onRebased }: ReviewProps): Review {
  const { host, registry, openPullRequest } = useHub();
  const [plan, setPlan] = useState<ReviewPlan>();
  const [fault, setFault] = useState<Review['fault']>();
  const [isBusy, setBusy] = useState(false);
  const { id } = open.model;

  const attempt = useCallback((work: () => Promise<void>) => {
    setBusy(true);
    setFault(undefined);
    work()
      .catch((error: unknown) => setFault({ error }))
      .finally(() => setBusy(false));
  }, []);
  const planOn = (newest: RegistryModel) => setPlan(planReview({ base: open.base, text: open.text }, newest));
  const start = () =>
    attempt(async () => {
      const newest = await registry.model(id);
      if (!newest) throw new RegistryRefusal(`The model ${id} does not exist any more.`);
      planOn(newest);
    });
  useEffect(start, []);

  return {
    plan,
    fault,
    isBusy,
    start,
    resolve(text) {
      if (!plan) return;
      onRebased(plan.base, text);
      setPlan({ kind: 'ready', base: plan.base, text });
    },
    save: ({ base, text }, comment) =>
      attempt(async () => {
        const result = await registry.save({
          ...{ id, text, comment, base },
          ...(options.repository !== undefined && { repository: options.repository }),
        });
        if (result.kind === 'saved') onSaved(result.model, base);
        else setPlan(planReview({ base, text }, result.theirs));
      }),
    openPullRequest: ({ base, text }, comment) =>
      attempt(async () => {
        const { pullRequest } = await openPullRequest(base, text, comment);
        host.toast(reviewMessages.opened(pullRequest.number), {
          text: reviewMessages.showPullRequest,
          onAction: () => host.navigation.open(pullRequest.url, { newTab: true }),
        });
        onDismiss();
      }),
  };
}
