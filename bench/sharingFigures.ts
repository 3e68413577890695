import { type LimitedService, runAgents, silent, slidingSecond } from '../tests/support/agentsOnOneLimit';
import type { Figure } from './figures';

const limit = { name: 'workspace/import', requestsPerSecond: 30 };
const calls = 600;
const seeds = [1, 2, 3, 4, 5];

/**
 * (j) How long several agents need for 600 imports to one workspace, from the first start until the last has ended, ÷ the
 * time of the limit; and how many calls are refused. In simulated time, the mean of five courses.
 */
export async function sharingFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [what, service] of [
    ['', slidingSecond],
    [', no Retry-After', silent(slidingSecond)],
  ] as const)
    for (const agents of [1, 2, 5, 20, 50]) {
      const { times, refused } = await mean(agents, service);
      const name = `(j) ${agents} × ${calls / agents} imports${what}`;
      figures.push({ name: `${name}: time ÷ (${calls} ÷ 30 s)`, value: times, unit: '×', limit: 1.1 });
      figures.push({ name: `${name}: refused for each accepted`, value: refused, unit: '×' });
    }
  return figures;
}

async function mean(agents: number, service: (now: () => number) => LimitedService) {
  let [times, refused] = [0, 0];
  for (const seed of seeds) {
    const course = await runAgents({ agents, callsEach: calls / agents, limit, service, seed });
    times += course.timesTheLimit / seeds.length;
    refused += course.refused / course.accepted / seeds.length;
  }
  return { times, refused };
}
