import assert from 'node:assert/strict';
import { cloudScenarios } from './cloudScenarios';
import { databricksScenarios } from './databricksScenarios';
import { devopsScenarios } from './devopsScenarios';
import { oddShapes } from './oddShapes';
import { routesOf } from '../support/routes';
import { healthOf, tryOut, type HostileRoute } from './tryOut';

const forGood = 1_000_000;
const scenarios = [...databricksScenarios, ...devopsScenarios, ...cloudScenarios];
const tasks = [...new Set(scenarios.map(({ task }) => task))];

/** Where `{}` is a documented answer: the list is empty. A step that finds nothing then has nothing else to know it by. */
const emptyList = /\/clusters\/list$/;

describe('an answer of another shape to each GET of each task', () => {
  for (const task of tasks)
    it(`leads ${task} to no wrong verdict`, async function () {
      const counts = { cases: 0, green: 0, red: 0, believed: 0 };
      const problems: string[] = [];
      const tried = new Set<string>();
      const triedOnce = new Set<string>();
      for (const scenario of scenarios.filter((each) => each.task === task)) {
        const health = await healthOf(scenario);
        for (const route of health.routes.filter((each) => isNew(each, tried))) {
          const often = timesOf(route, triedOnce);
          for (const [name, shape] of Object.entries(oddShapes))
            for (const times of often) {
              const { isGreen, isHit, problem, message } = await tryOut(scenario, health, route, { ...shape, times });
              const where = `${scenario.what}, ${route.path}, ${name}, ${times === 1 ? 'once' : 'always'}`;
              assert.ok(isHit, `${where}: not asked for`);
              counts.cases++;
              counts[isGreen ? 'green' : 'red']++;
              const isBelieved = name === 'an empty object' && emptyList.test(route.path) && isGreen;
              if (isBelieved && problem !== undefined) counts.believed++;
              else if (problem !== undefined) problems.push(`${where}: ${problem}: ${message}`);
            }
        }
      }
      this.runnable().title += ` (${JSON.stringify(counts)})`;
      assert.deepEqual(problems, []);
    });
});

/** A GET of the step, not one of a stand-in to another. Tasks with many scenarios try what their clusters answer once. */
function isNew({ method, standIn, path }: HostileRoute, tried: Set<string>): boolean {
  if (method !== 'GET' || path.endsWith('/discovery/v2.0/keys')) return false;
  if (standIn !== 'kubernetes') return true;
  const route = path.replace(/namespaces\/[^/]+/, 'namespaces/*');
  if (tried.has(route)) return false;
  tried.add(route);
  return true;
}

/** How often an answer is changed. A single one is repeated by the client alike in all scenarios of a task: in the first only. */
function timesOf(route: HostileRoute, tried: Set<string>): readonly number[] {
  const key = JSON.stringify(routesOf([route]));
  if (tried.has(key)) return [forGood];
  tried.add(key);
  return [1, forGood];
}
