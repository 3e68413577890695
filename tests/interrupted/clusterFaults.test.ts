import { task as createCluster } from '../../tasks/CreateCluster/task';
import { task as startCluster } from '../../tasks/StartCluster/task';
import { task as stopCluster } from '../../tasks/StopCluster/task';
import { itSurvivesFaults, itSurvivesKills } from '../support/faultMatrix';
import { clusterStage, smallSpec } from '../tasks/clusterWorkspace';

const spec = JSON.stringify(smallSpec);
const larger = JSON.stringify({ ...smallSpec, num_workers: 4 });
const otherwise = JSON.stringify({ ...smallSpec, num_workers: 4, autotermination_minutes: 90 });

describe('CreateCluster, disturbed at any request', () => {
  const stages = {
    'a new cluster': clusterStage({ spec, start: 'true', pinned: 'true', timeoutMinutes: '1' }, () =>
      Promise.resolve(),
    ),
    'an update of a running cluster': clusterStage({ spec: otherwise, start: 'true', timeoutMinutes: '1' }, (before) =>
      before.cluster('RUNNING'),
    ),
    'another size of a running cluster': clusterStage({ spec: larger, start: 'true', timeoutMinutes: '1' }, (before) =>
      before.cluster('RUNNING'),
    ),
  };
  for (const [what, open] of Object.entries(stages)) {
    itSurvivesKills(what, { task: createCluster, open });
    itSurvivesFaults(what, { task: createCluster, open });
  }
});

describe('StartCluster, disturbed at any request', () => {
  const inputs = { cluster: 'train', timeoutMinutes: '1' };
  const scenario = { task: startCluster, open: clusterStage(inputs, (before) => before.cluster('TERMINATED')) };
  itSurvivesKills('a cluster to start', scenario);
  itSurvivesFaults('a cluster to start', scenario);
});

describe('StopCluster, disturbed at any request', () => {
  for (const deletion of ['terminate', 'permanent']) {
    const inputs = { cluster: 'train', deletion, timeoutMinutes: '1' };
    const scenario = { task: stopCluster, open: clusterStage(inputs, (before) => before.cluster('RUNNING')) };
    itSurvivesKills(`deletion ${deletion}`, scenario);
    itSurvivesFaults(`deletion ${deletion}`, scenario);
  }
});
