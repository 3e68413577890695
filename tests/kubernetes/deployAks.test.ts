import { openTestCluster, type TestCluster } from '../../tools/kubernetes/testCluster';
import { ClusterStage } from './clusterStage';
import { bundleScenarios } from './scenarios/bundle';
import { failureScenarios } from './scenarios/failures';
import { interruptionScenarios } from './scenarios/interruptions';
import { ownershipScenarios } from './scenarios/ownership';
import { refusalScenarios } from './scenarios/refusals';
import { requestScenarios } from './scenarios/requests';
import type { Scenario } from './scenarios/scenario';
import { versionScenarios } from './scenarios/versions';

const scenarios = [
  ...versionScenarios,
  ...failureScenarios,
  ...refusalScenarios,
  ...requestScenarios,
  ...interruptionScenarios,
  ...ownershipScenarios,
  ...bundleScenarios,
];

/**
 * All scenarios run at once, each in a namespace of its own: a cluster lets nobody hurry, and they mostly wait for it.
 */
describe('a service that DeployAks deploys to a real cluster', function () {
  this.timeout(240_000);
  const stages: ClusterStage[] = [];
  const plays = new Map<Scenario, Promise<void>>();
  let cluster: TestCluster | undefined;

  before(async function () {
    this.timeout(0); // the first build takes minutes
    cluster = await openTestCluster();
    if (!cluster) this.skip();
    const played = scenarios.filter(({ needsImages }) => cluster?.controlPlane ?? !needsImages);
    if (played.length < scenarios.length)
      process.stderr.write(
        `SKIPPED: ${scenarios.length - played.length} of ${scenarios.length} scenarios take images that only a control plane started here plays.\n`,
      );
    for (const scenario of played) {
      const stage = await ClusterStage.open(cluster, scenario.labels);
      stages.push(stage);
      const play = scenario.play(stage);
      play.catch(() => {}); // said by its test
      plays.set(scenario, play);
    }
  });
  after(async () => {
    await Promise.allSettled(plays.values());
    await Promise.all(stages.map((stage) => stage.close()));
    await cluster?.close();
  });

  for (const scenario of scenarios)
    it(scenario.title, async function () {
      const play = plays.get(scenario);
      if (!play) this.skip();
      await play;
    });
});
