import { explainTrouble } from './explainTrouble';
import type { Evidence } from './evidence';
import { sectionsOf, type Section } from './sections';

export interface Diagnosis {
  /** One line in terms that need no knowledge of Kubernetes. */
  readonly cause: string;
  readonly evidence: readonly Section[];
  /** What to do next; empty when the cause says it. */
  readonly advice: string;
}

/** Explains why a rollout failed: by its most severe trouble, or by the message of the rollout when there is none. */
export function diagnose(evidence: Evidence, rolloutMessage: string): Diagnosis {
  const [worst] = evidence.troubles;
  const { cause, advice } = worst ? explainTrouble(worst, evidence) : { cause: rolloutMessage, advice: '' };
  return { cause, advice, evidence: sectionsOf(evidence) };
}
