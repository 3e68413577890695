import fc from 'fast-check';
import { cloudScenarios } from './cloudScenarios';
import { fuzzSeed as seed } from '../support/fixedSeed';
import { databricksScenarios } from './databricksScenarios';
import { devopsScenarios } from './devopsScenarios';
import { mutated, mutations } from './mutations';
import { type Health, healthOf, type HostileRoute, tryOut } from './tryOut';

const quick = [...databricksScenarios, ...devopsScenarios];
const scenarios = [...quick, ...cloudScenarios];
const numRuns = Number(process.env['MODEL_PIPELINES_FUZZ_CASES'] ?? 1000);

/** Numbers that pick a request of whatever the step asks. */
const cases = fc.record({
  // Those of clusters take long: they are tried less often.
  scenario: fc.oneof(
    { weight: 3, arbitrary: fc.nat(quick.length - 1) },
    { weight: 1, arbitrary: fc.integer({ min: quick.length, max: scenarios.length - 1 }) },
  ),
  route: fc.nat(1000),
  from: fc.nat(100),
  isForGood: fc.boolean(),
  changes: fc.array(mutations, { minLength: 1, maxLength: 3 }),
});

describe('answers that are changed at random', () => {
  it('lead no task to a wrong verdict', async function () {
    const healths = new Map<number, Health>();
    const counts = { green: 0, red: 0, believed: 0 };
    this.runnable().title += ` (${numRuns} cases, seed ${seed})`;
    await fc.assert(
      fc.asyncProperty(cases, async ({ scenario: index, route, from, isForGood, changes }) => {
        const scenario = scenarios[index];
        if (!scenario) throw new Error('There is no such scenario.');
        const health = healths.get(index) ?? (await healthOf(scenario));
        healths.set(index, health);
        const routes = health.routes.filter(({ path }) => !path.endsWith('/discovery/v2.0/keys'));
        const at = routes[route % routes.length] as HostileRoute;
        const fault = mutated(changes);
        const times = isForGood ? 1_000_000 : 1;
        const verdict = await tryOut(scenario, health, at, { ...fault, from: 1 + (from % at.times), times });
        const { isGreen, problem, message } = verdict;
        counts[isGreen ? 'green' : 'red']++;
        if (problem === undefined) return;
        if (isGreen && fault.isPlausible()) counts.believed++;
        else
          throw new Error(
            `${scenario.task} (${scenario.what}), ${at.method} ${at.path}: ${problem}: ${message}\n${fault.changes()}`,
          );
      }),
      { seed, numRuns, endOnFailure: true },
    );
    this.runnable().title += ` ${JSON.stringify(counts)}`;
  });
});
