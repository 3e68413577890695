import { cancelAtEach } from '../support/cancelAt';
import { contractOf } from '../tasks/cancelContracts';
import { cloudScenarios } from './cloudScenarios';
import { databricksScenarios } from './databricksScenarios';
import { devopsScenarios } from './devopsScenarios';

describe('a step that is cancelled at any of its requests', () => {
  for (const scenario of [...databricksScenarios, ...devopsScenarios, ...cloudScenarios])
    it(`ends as cancelled, and sends no more than it must: ${scenario.task}, ${scenario.what}`, async function () {
      const cases = await cancelAtEach(scenario, contractOf(scenario.task));
      this.runnable().title += ` (${cases} cases)`;
    });
});
