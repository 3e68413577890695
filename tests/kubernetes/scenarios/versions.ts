import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  autoscalers,
  deployments,
  disruptionBudgets,
  secrets,
  services,
  type Resource,
} from '../../../shared/kubernetes/client/resource';
import { eventually } from '../../support/eventually';
import { ownManifests } from '../../support/runDeployAks';
import type { ClusterStage } from '../clusterStage';
import { played, sample, type Scenario, service, version } from './scenario';

const strategies = ['rolling', 'blueGreen'] as const;
const { serviceName } = service;

/** What changes with every write that is none of the cluster's own notes. */
async function writesIn({ client }: ClusterStage): Promise<unknown> {
  const kinds: readonly Resource[] = [deployments, services, autoscalers, disruptionBudgets, secrets];
  const lists = await Promise.all(kinds.map((resource) => client.list(resource)));
  return lists.map(({ items }) =>
    items.map(({ metadata }) => [
      metadata?.name,
      metadata?.generation,
      metadata?.managedFields?.filter(({ subresource }) => subresource !== 'status'),
    ]),
  );
}

/** From one version to the next, by each strategy. */
export const versionScenarios: readonly Scenario[] = [
  ...strategies.map((strategy) =>
    played(
      `is deployed, left alone when it is deployed again, and deleted with all that is its own (${strategy})`,
      async (stage) => {
        const inputs = version('r.io/score:1', {
          ...sample,
          ...{ strategy, secrets: 'KEY=hunter2', minReplicas: '2', maxReplicas: '5' },
        });
        const { outputs } = await stage.succeeds(inputs);
        const uri = `http://score.${stage.client.namespace}.svc.cluster.local/score`;
        assert.equal(outputs['scoringUri'], uri);
        assert.equal(outputs['resultState'], 'Deployed');
        assert.equal(await stage.ask(), 'r.io/score:1');
        const before = await writesIn(stage);
        const again = await stage.succeeds(inputs);
        assert.match(again.end.message, /already runs/);
        assert.equal(again.outputs['resultState'], 'Unchanged');
        assert.doesNotMatch(again.text('log'), /waiting|of 2/, 'it waits for nothing');
        assert.deepEqual(await writesIn(stage), before);

        await stage.succeeds({ action: 'delete', serviceName });
        assert.deepEqual(await writesIn(stage), [[], [], [], [], []]);
      },
    ),
  ),

  ...strategies.map((strategy) =>
    played(`changes versions without a failed request (${strategy})`, async (stage) => {
      await stage.succeeds(version('r.io/score:1', { strategy }));
      const { images, failures } = await stage.underLoad(async () => {
        const { outputs } = await stage.succeeds(version('r.io/score:2', { strategy, ...sample }));
        assert.equal(outputs['previousImage'], 'r.io/score:1');
        await eventually(
          () => stage.ask(),
          (image) => image === 'r.io/score:2',
        );
      });
      assert.deepEqual(failures, []);
      assert.deepEqual(images, new Set(['r.io/score:1', 'r.io/score:2']));
    }),
  ),

  played(
    'goes back to the version before when blue/green is rejected, and ends it when it is promoted',
    async (stage) => {
      for (const image of ['r.io/score:1', 'r.io/score:2'])
        await stage.succeeds(version(image, { strategy: 'blueGreen' }));
      assert.deepEqual([await stage.replicasOf('score-blue'), await stage.replicasOf('score-green')], [2, 2]);
      const { failures } = await stage.underLoad(async () => {
        const { end } = await stage.succeeds({ action: 'reject', serviceName });
        assert.equal(end.message, 'blue serves again; green was scaled to 0.');
        await eventually(
          () => stage.ask(),
          (image) => image === 'r.io/score:1',
        );
      });
      assert.deepEqual(failures, []);
      await stage.succeeds(version('r.io/score:3', { strategy: 'blueGreen' }));
      const { end } = await stage.succeeds({ action: 'promote', serviceName });
      assert.equal(end.message, 'green was promoted; blue was scaled to 0.');
      assert.equal(await stage.replicasOf('score-blue'), 0);
      assert.equal(await stage.ask(), 'r.io/score:3');
    },
  ),

  played('gives a canary its share, and promotes it', async (stage) => {
    const canary = version('r.io/score:2', { strategy: 'canary' });
    await stage.succeeds(version('r.io/score:1'));
    const refused = await stage.fails({ ...canary, canaryPercent: '10' });
    assert.match(refused.message, /^A share of 10 % is not possible beside 2 replicas: 1 of 3 pods are the canary/);
    const { images } = await stage.underLoad(async () => {
      const { outputs } = await stage.succeeds({ ...canary, ...sample, canaryPercent: '33' });
      assert.equal(outputs['resultState'], 'Canary');
    });
    assert.deepEqual(images, new Set(['r.io/score:1', 'r.io/score:2']));
    assert.match((await stage.fails(version('r.io/score:3'))).message, /Promote or reject it first/);
    const { end } = await stage.succeeds({ action: 'promote', serviceName });
    assert.equal(end.message, 'score runs the version of the canary now; the canary was deleted.');
    assert.equal(await stage.imageOf('score'), 'r.io/score:2');
    assert.equal(await stage.imageOf('score-canary'), undefined);
    assert.match((await stage.succeeds(version('r.io/score:2'))).end.message, /already runs/);
  }),

  played('deletes only the canary when it is rejected or fails', async (stage) => {
    const canary = { strategy: 'canary', canaryPercent: '33' };
    await stage.succeeds(version('r.io/score:1'));
    await stage.succeeds(version('r.io/score:2', canary));
    assert.equal((await stage.succeeds({ action: 'reject', serviceName })).end.message, 'The canary was deleted.');
    const { message } = await stage.fails(version('r.io/crash:3', canary));
    assert.match(message, /The Deployment score-canary was deleted\. The previous version still serves\.$/);
    assert.equal(await stage.imageOf('score-canary'), undefined);
    assert.equal(await stage.imageOf('score'), 'r.io/score:1');
  }),

  played('changes strategies without a failed request', async (stage) => {
    await stage.succeeds(version('r.io/score:1'));
    const { failures } = await stage.underLoad(async () => {
      await stage.succeeds(version('r.io/score:2', { strategy: 'blueGreen' }));
      await stage.succeeds(version('r.io/score:3'));
      await eventually(
        () => stage.ask(),
        (image) => image === 'r.io/score:3',
      );
    });
    assert.deepEqual(failures, []);
    assert.deepEqual([await stage.replicasOf('score'), await stage.replicasOf('score-blue')], [2, 0]);
  }),

  ...strategies.map((strategy) =>
    played(`keeps the replicas that an autoscaler set (${strategy})`, async (stage) => {
      const scaled = { strategy, minReplicas: '2', maxReplicas: '8' };
      const name = (await stage.succeeds(version('r.io/score:1', scaled))).outputs['deploymentName'] ?? '';
      // The cluster's own autoscaler does it.
      await stage.client.mergePatch(autoscalers, name, { spec: { minReplicas: 5 } });
      await eventually(
        () => stage.replicasOf(name),
        (replicas) => replicas === 5,
      );
      const { outputs } = await stage.succeeds(version('r.io/score:2', scaled));
      assert.equal(await stage.replicasOf(outputs['deploymentName'] ?? ''), 5);
      await stage.fails(version('r.io/crash:3', scaled));
      assert.equal(await stage.replicasOf(outputs['deploymentName'] ?? ''), 5);
      assert.equal(await stage.ask(), 'r.io/score:2');
    }),
  ),

  played('takes its replicas back from an autoscaler', async (stage) => {
    await stage.succeeds(version('r.io/score:1', { minReplicas: '3' }));
    await stage.client.mergePatch(autoscalers, 'score', { spec: { minReplicas: 4 } });
    await eventually(
      () => stage.replicasOf('score'),
      (replicas) => replicas === 4,
    );
    await stage.succeeds(version('r.io/score:1', { replicas: '2' }));
    assert.equal(await stage.client.get(autoscalers, 'score'), undefined);
    assert.equal(await stage.replicasOf('score'), 2);
  }),

  played("is the team's own manifests, with another image", async (stage) => {
    await writeFile(path.join(stage.folder, 'own.yaml'), ownManifests('own'));
    const own = { ...sample, source: 'manifests', manifests: 'own.yaml' };
    await stage.succeeds({ ...own, images: 'r.io:443/score:1' });
    await stage.succeeds({ ...own, images: 'r.io:443/score:2' });
    assert.match((await stage.succeeds({ ...own, images: 'r.io:443/score:2' })).end.message, /already runs/);
    const { message } = await stage.fails({ ...own, images: 'r.io:443/score:3', expectedStatus: '201' });
    assert.match(message, /Rolled back to r\.io:443\/score:2/);
    await stage.succeeds({ ...own, images: 'r.io:443/score:4', strategy: 'canary', canaryPercent: '33' });
    await stage.succeeds({ ...own, action: 'promote' });
    assert.equal(await stage.ask('own-front'), 'r.io:443/score:4');
    await stage.succeeds({ ...own, action: 'delete' });
    assert.deepEqual((await stage.client.list(deployments)).items, []);
  }),
];
