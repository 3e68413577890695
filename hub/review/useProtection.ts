import { useMemo } from 'react';
import { useHub } from '../kit/hubContext';
import { useLoaded, type Loaded } from '../kit/useLoaded';
import { protectedNames } from '../protection/protectedNames';
import { touchedEnvironments } from '../protection/touchedEnvironments';
import type { LinkedText } from '../repository/git/linkedText';
import type { SharedVariables } from '../variables/checkModel';
import type { ReviewPlan } from './reviewPlan';

/** How a change of a model that takes effect in protected environments can be saved. */
export interface Protection {
  /** The protected environments in which some variable gets another value. */
  readonly touched: readonly string[];
  /**
   * `none`: it can be saved. `accepted`: it can be saved, since these environments only get the values that the file has on the
   * default branch, where its policies applied. `otherBranch`: the file has the values on a branch without these policies, so
   * that neither a save nor a pull request is right. `pullRequest`: it goes through a pull request. `unknown`: the file has not
   * been read.
   */
  readonly way: 'none' | 'accepted' | 'otherBranch' | 'pullRequest' | 'unknown';
  /** Why the file could not be read. */
  readonly fault: { readonly error: unknown } | undefined;
  /** Reads the file again. */
  readonly again: () => void;
}

/** The file of the model is read only where the change takes effect in a protected environment. */
export function useProtection(plan: Extract<ReviewPlan, { kind: 'ready' }>, shared: SharedVariables): Protection {
  const { contents, readLinkedText } = useHub();
  const { base, text } = plan;
  const touched = useMemo(
    () => touchedEnvironments(base.text, text, shared, protectedNames(contents)),
    [base, text, shared, contents],
  );
  const link = touched.length === 0 ? undefined : base.repository;
  const [file, again] = useLoaded(JSON.stringify(link ?? null), async () => (link ? readLinkedText(link) : undefined));
  const way = useMemo(() => wayOf(file, text, touched, shared), [file, text, touched, shared]);
  return {
    touched,
    way,
    fault: file.kind === 'failed' ? { error: file.error } : undefined,
    again: () => void again(),
  };
}

function wayOf(
  file: Loaded<LinkedText | undefined>,
  text: string,
  touched: readonly string[],
  shared: SharedVariables,
): Protection['way'] {
  if (touched.length === 0) return 'none';
  if (file.kind !== 'loaded') return 'unknown';
  if (file.value?.text === undefined) return 'pullRequest';
  const { text: ofFile, isOnDefaultBranch } = file.value;
  if (touchedEnvironments(ofFile, text, shared, touched).length > 0) return 'pullRequest';
  return isOnDefaultBranch ? 'accepted' : 'otherBranch';
}
