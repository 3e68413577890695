import { comparedTexts } from './numberText';
import type { MetricRow } from './metricRows';

/** The numbers of a metric as texts, with enough digits to tell them apart. */
export interface MetricTexts {
  readonly value: string | undefined;
  readonly champion: string | undefined;
  /** In the order of the limits of the row. */
  readonly limits: readonly string[];
}

export function metricTexts({ metric: { value, champion }, limits }: MetricRow): MetricTexts {
  const numbers = [value, champion, ...limits.map((limit) => limit.value)].filter((number) => number !== undefined);
  const texts = comparedTexts(numbers);
  const byNumber = new Map(numbers.map((number, index) => [number, texts[index] ?? String(number)]));
  const textOf = (number: number | undefined): string | undefined =>
    number === undefined ? undefined : byNumber.get(number);
  return {
    value: textOf(value),
    champion: textOf(champion),
    limits: limits.map((limit) => textOf(limit.value) ?? ''),
  };
}
