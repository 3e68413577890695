import assert from 'node:assert/strict';
import { databricksScenarios } from '../hostile/databricksScenarios';
import type { Scenario } from '../hostile/scenario';
import { cancelAtEach, type Moment } from '../support/cancelAt';
import { contractOf } from '../tasks/cancelContracts';
import { fileScenarios } from '../tasks/fileScenarios';

/** Those of clusters and container groups take minutes: the hostile suite cancels them at each request. */
const scenarios = [...databricksScenarios, ...fileScenarios];
const tasks = [...new Set(scenarios.map(({ task }) => task))];

describe('a task that is cancelled at a request or while it reads a file', () => {
  for (const task of tasks)
    it(`${task} ends as cancelled, and sends no more than it must`, async function () {
      this.timeout(300_000);
      const contract = contractOf(task);
      const tried = new Set<string>();
      let cases = 0;
      for (const scenario of scenarios.filter((each) => each.task === task)) {
        const isNew = newIn(scenario, tried);
        cases += await cancelAtEach(scenario, contract, isNew);
      }
      this.runnable().title += ` (${cases} cases)`;
      assert.ok(cases > 0);
    });
});

/** What a step changes, each once; what it only reads, once for each task. */
function newIn({ what: scenario }: Scenario, tried: Set<string>): (moment: Moment) => boolean {
  return ({ what, isWrite }) => {
    const key = isWrite ? `${scenario} ${what}` : what;
    if (tried.has(key)) return false;
    tried.add(key);
    return true;
  };
}
