import { TaskError } from '../../../errors';
import { isNamedByUs, titleOf, type Served } from './served';

/**
 * `replace`: all traffic, and the previous version is removed; `blueGreen`: all traffic, and the previous version stays
 * without; `canary`: a share of the traffic.
 */
export type Strategy =
  { readonly kind: 'replace' | 'blueGreen' } | { readonly kind: 'canary'; readonly percent: number };

/** databricks-sdk-py issue 1496. */
const mostEntries = 15;

/**
 * The config with a new entry that gets no traffic, to test it; the first entry of an endpoint gets all, because there is
 * nothing else. Entries that were left without traffic by this product make room where there is none. Throws a TaskError
 * when there is still none.
 */
export function withTrial(present: readonly Served[], entry: Served): readonly Served[] {
  const others = present.filter(({ name }) => name !== entry.name);
  if (others.length === 0) return [{ ...entry, percent: 100 }];
  const idle = others.filter(isRemovable);
  const surplus = Math.max(0, others.length + 1 - mostEntries);
  if (idle.length < surplus)
    throw new TaskError(
      `The endpoint serves ${others.length} entities, and Databricks allows ${mostEntries}. Remove some of: ${others.map(({ name }) => name).join(', ')}.`,
    );
  const removed = new Set(idle.slice(0, surplus));
  return [...others.filter((one) => !removed.has(one)), { ...entry, percent: 0 }];
}

/** The config that sends traffic to an entry that has passed its test; that of now where it has it already. */
export function withTraffic(
  present: readonly Served[],
  entry: Served,
  strategy: Strategy,
  recorded: string | undefined,
): readonly Served[] {
  const own = present.find(({ name }) => name === entry.name);
  if (own?.percent === 100) return present;
  const previous = previousOf(present, entry.name, recorded);
  if (!previous) return [{ ...entry, percent: 100 }];
  const untouched = present.filter((one) => one.percent === 0 && one.name !== entry.name && !isRemovable(one));
  if (strategy.kind !== 'canary') return [...untouched, { ...previous, percent: 0 }, { ...entry, percent: 100 }];
  const stable = present.filter(
    (one) => one.percent > 0 && one.name !== entry.name && (one.name === previous.name || !isNamedByUs(one.name)),
  );
  return [...untouched, ...scaled(stable, 100 - strategy.percent), { ...entry, percent: strategy.percent }];
}

/** The config with the entry alone, but for entries without traffic that others have made. */
export function withoutPrevious(
  present: readonly Served[],
  entry: Pick<Served, 'name'>,
  recorded: string | undefined,
): readonly Served[] {
  return present
    .filter((one) => one.name === entry.name || (one.percent === 0 && !isRemovable(one) && one.name !== recorded))
    .map((one) => (one.name === entry.name ? { ...one, percent: 100 } : one));
}

/**
 * The config without an entry, with the traffic that there was before it; where that is not known, the others share its
 * traffic, or the recorded previous entry gets all. Undefined when there is nothing else to serve.
 */
export function withoutEntry(
  present: readonly Served[],
  name: string,
  { recorded, good = [] }: { readonly recorded: string | undefined; readonly good?: readonly Served[] },
): readonly Served[] | undefined {
  const others = present.filter((one) => one.name !== name);
  const before = good.filter((one) => one.name !== name);
  const served = (all: readonly Served[]): number => all.reduce((sum, { percent }) => sum + percent, 0);
  if (served(before) === 100) {
    const added = others.filter((one) => before.every((other) => other.name !== one.name));
    return [...before, ...added.map((one) => ({ ...one, percent: 0 }))];
  }
  if (served(others) > 0)
    return [
      ...others.filter(({ percent }) => percent === 0),
      ...scaled(
        others.filter(({ percent }) => percent > 0),
        100,
      ),
    ];
  const previous = others.find((one) => one.name === recorded);
  return previous && others.map((one) => (one === previous ? { ...one, percent: 100 } : one));
}

/** What serves beside an entry: that with the most traffic; where none has any, the recorded one. */
export function previousOf(present: readonly Served[], name: string, recorded: string | undefined): Served | undefined {
  const others = present.filter((one) => one.name !== name);
  const [most] = others.filter(({ percent }) => percent > 0).sort((a, b) => b.percent - a.percent);
  return most ?? others.find((one) => one.name === recorded);
}

/** `version 2 of main.demo.churn (churn-2-mp0a1b2c3d) serves 100 % of the requests.` */
export function trafficText(present: readonly Served[]): string {
  const serving = present.filter(({ percent }) => percent > 0).sort((a, b) => b.percent - a.percent);
  const parts = serving.map((one) => `${titleOf(one)} serves ${one.percent} %`);
  return parts.length === 0 ? 'Nothing serves requests.' : `${capitalized(parts.join(', '))} of the requests.`;
}

/** Without traffic, and made by this product. */
function isRemovable({ name, percent }: Served): boolean {
  return percent === 0 && isNamedByUs(name);
}

/** The same entries with whole percentages that make a sum, in the proportions of now. */
function scaled(entries: readonly Served[], sum: number): readonly Served[] {
  const total = entries.reduce((all, { percent }) => all + percent, 0);
  const exact = entries.map(({ percent }) => (percent * sum) / total);
  const whole = exact.map(Math.floor);
  let rest = sum - whole.reduce((all, each) => all + each, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder);
  for (const { index } of byRemainder) if (rest-- > 0) whole[index] = (whole[index] ?? 0) + 1;
  return entries.map((entry, index) => ({ ...entry, percent: whole[index] ?? 0 }));
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
