import { explainTrouble } from './explainTrouble';
import type { Evidence } from './evidence';
import { sectionsOf, type Section } from './sections';

export interface Diagnosis {
  /** One line that a data scientist understands. */
  readonly cause: string;
  readonly evidence: readonly Section[];
  /** What to do next; empty where the cause says it. */
  readonly advice: string;
}

/** Says why a rollout went wrong: by its gravest trouble, or by the words of the rollout itself where there is none. */
export function diagnose(evidence: Evidence, rolloutMessage: string): Diagnosis {
  const [worst] = evidence.troubles;
  const { cause, advice } = worst ? explainTrouble(worst, evidence) : { cause: rolloutMessage, advice: '' };
  return { cause, advice, evidence: sectionsOf(evidence) };
}
