import assert from 'node:assert/strict';
import { deployments } from '../../shared/kubernetes/client/resource';
import { deployService } from '../../shared/kubernetes/deploy/deployService';
import { replicasOf, requestOf, servingImage, stageOfEachTest } from '../shared/kubernetes/deploy/deployFixture';

/** More than a page of a list has. */
const many = 501;

describe('a deployment that fails at its deadline', () => {
  const stage = stageOfEachTest();

  it('is rolled back, although the lists of the cluster have several pages', async () => {
    await stage.deploy('r.io/score:1');
    const { kubernetes, client: admin } = stage;
    const labels = (await admin.get(deployments, 'score'))?.spec?.template.metadata?.labels;
    assert.ok(labels);
    const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'r.io/score:0' }] } };
    for (let index = 0; index < many; index++) {
      const metadata = { name: `old-${index}`, labels };
      const spec = { replicas: 0, selector: { matchLabels: labels }, template };
      kubernetes.objects.create('replicasets', admin.namespace, { metadata, spec }, { manager: 'kubectl' });
    }
    const deadline = stage.clock.now() + 30_000;
    const client = stage.clientUntil(deadline);
    const { message, facts, agent } = await stage.run(
      (client, context, onFacts) =>
        deployService(
          client,
          requestOf('r.io/unready:2', { service: { progressDeadlineSeconds: 1000, startupSeconds: 900 } }),
          { ...context, deadline },
          onFacts,
        ),
      client,
    );
    assert.match(message ?? '', /Rolled back to r\.io\/score:1 \(revision 1\), which serves\.$/, agent.text());
    assert.equal(facts.rolledBack, 'true');
    assert.equal(servingImage(stage), 'r.io/score:1');
    assert.equal(replicasOf(stage, 'score'), 2);
  });
});
