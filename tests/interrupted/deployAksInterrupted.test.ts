import assert from 'node:assert/strict';
import type { SavedCluster } from '../../sandbox/kubernetes/kubernetes';
import { promoteService, rejectService } from '../../shared/kubernetes/deploy/promote';
import { deployService } from '../../shared/kubernetes/deploy/deployService';
import {
  names,
  openDeployStage,
  requestOf,
  type DeployStage,
  type Ended,
  type Step,
  type Wish,
} from '../shared/kubernetes/deploy/deployFixture';
import { endState } from '../shared/kubernetes/deploy/endState';
import { Killed, killedBefore, observed } from '../shared/kubernetes/deploy/killedBefore';

interface Scenario {
  readonly title: string;
  /** What went before. */
  readonly earlier: readonly (readonly [image: string, wish?: Wish])[];
  readonly step: Step;
  /** How the step ends when nothing disturbs it. */
  readonly end: RegExp;
}

const deploying =
  (image: string, wish?: Wish): Scenario['step'] =>
  (client, context, onFacts) =>
    deployService(client, requestOf(image, wish), context, onFacts);

/** As few pods as may be: each makes for more moments at which a step can be killed, and none of another kind. */
const single = { service: { replicas: 1 } };
const blueGreen = { strategy: 'blueGreen', ...single } as const;
const canary = { strategy: 'canary' } as const;
const wrong = { payload: '{}', expectation: { status: 201, requests: 1 } };
const secrets = { secrets: { KEY: '1' } };
const autoscaling = { autoscaling: { minReplicas: 2, maxReplicas: 5, targetCpuPercent: 70 } };

const scenarios: readonly Scenario[] = [
  {
    title: 'a first deployment',
    earlier: [],
    step: deploying('r.io/score:1', { service: { ...secrets, ...autoscaling } }),
    end: /^deployed$/,
  },
  {
    title: 'a rolling deployment that fails its smoke test',
    earlier: [['r.io/score:1', single]],
    step: deploying('r.io/score:2', { smoke: wrong, ...single }),
    end: /Rolled back to r\.io\/score:1 \(revision \d+\), which serves\.$/,
  },
  {
    title: 'a blue/green deployment',
    earlier: [['r.io/score:1', blueGreen]],
    step: deploying('r.io/score:2', blueGreen),
    end: /^deployed$/,
  },
  {
    title: 'a blue/green deployment that fails its smoke test',
    earlier: [['r.io/score:1', blueGreen]],
    step: deploying('r.io/score:2', { ...blueGreen, smoke: wrong }),
    end: /was scaled to 0\. The previous version still serves\.$/,
  },
  { title: 'a canary', earlier: [['r.io/score:1']], step: deploying('r.io/score:2', canary), end: /^deployed$/ },
  {
    title: 'the promotion of a canary',
    earlier: [['r.io/score:1'], ['r.io/score:2', canary]],
    step: (client, context, onFacts) => promoteService(client, names, requestOf('r.io/score:2'), context, onFacts),
    end: /./,
  },
  {
    title: 'the promotion of blue/green',
    earlier: [
      ['r.io/score:1', blueGreen],
      ['r.io/score:2', blueGreen],
    ],
    step: (client, context, onFacts) => promoteService(client, names, requestOf('r.io/score:2'), context, onFacts),
    end: /./,
  },
  {
    title: 'the rejection of blue/green',
    earlier: [
      ['r.io/score:1', blueGreen],
      ['r.io/score:2', blueGreen],
    ],
    step: (client, context, onFacts) => rejectService(client, names, context, onFacts),
    end: /./,
  },
];

const options = { timeScale: 0, loadBalancerSeconds: 'never' } as const;
/** After the cluster was restored. */
const untilPodsServeMilliseconds = 10_000;

describe('a step that is interrupted', function () {
  this.timeout(240_000);

  for (const { title, earlier, step, end } of scenarios)
    it(`reaches the same end when it is killed at any request and run again: ${title}`, async function () {
      // A kill after a request is one before the next. With no change in between, also of the pods, the cluster is the
      // same: of such requests the first stands for all. While the step waits, the pods go on without it: what they have
      // come to right after a change, and at the end of the wait, stands for what is in between.
      const kills: number[] = [];
      const saved = await prepared(earlier);
      const expected = await staged(saved, async (stage) => {
        let revision: number | undefined;
        let call = 0;
        let isAfterChange = false;
        const client = observed(stage.client, (isChange) => {
          call++;
          const isInWait = !isChange && !isAfterChange;
          isAfterChange = isChange;
          if (isInWait || stage.kubernetes.store.revision === revision) return;
          revision = stage.kubernetes.store.revision;
          kills.push(call);
        });
        const ended = await stage.run(step, client);
        assert.match(said(ended), end, ended.agent.text());
        return await endState(stage.client);
      });
      for (const call of [...kills, Infinity])
        await staged(saved, async (stage) => {
          try {
            await stage.run(step, killedBefore(stage.client, 'call', call));
          } catch (error) {
            if (!(error instanceof Killed)) throw error;
          }
          const again = await stage.run(step);
          const where = `killed before call ${call}: ${again.agent.text()}`;
          assert.match(said(again).replace('unchanged', 'deployed'), end, where);
          assert.deepEqual(await endState(stage.client), expected, where);
        });
      this.runnable().title += ` (${kills.length + 1} cases)`;
    });

  /** The cluster as the earlier deployments leave it. */
  async function prepared(earlier: Scenario['earlier']): Promise<SavedCluster> {
    const stage = await openDeployStage(options);
    try {
      for (const [image, wish] of earlier) await stage.deploy(image, wish);
      return stage.kubernetes.save();
    } finally {
      await stage.close();
    }
  }

  async function staged<T>(saved: SavedCluster, use: (stage: DeployStage) => Promise<T>): Promise<T> {
    const stage = await openDeployStage({ ...options, saved });
    try {
      await stage.clock.sleep(untilPodsServeMilliseconds);
      return await use(stage);
    } finally {
      await stage.close();
    }
  }
});

function said({ result, message }: Ended): string {
  return result ?? message ?? '';
}
