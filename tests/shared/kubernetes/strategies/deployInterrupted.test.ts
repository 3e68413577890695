import assert from 'node:assert/strict';
import type { KubernetesClient } from '../../../../shared/kubernetes/client';
import type { DeploySurroundings } from '../../../../shared/kubernetes/deployFacts';
import { promoteService, rejectService } from '../../../../shared/kubernetes/deployPromote';
import { deployService } from '../../../../shared/kubernetes/deployService';
import { names, openDeployStage, requestOf, type DeployStage, type Ended, type Wish } from './deployFixture';
import { endState } from './endState';
import { Killed, killedBefore } from './killedBefore';

interface Scenario {
  readonly title: string;
  /** What went before. */
  readonly before: readonly (readonly [image: string, wish?: Wish])[];
  readonly step: (client: KubernetesClient, surroundings: DeploySurroundings) => Promise<string>;
  /** How the step ends when nothing disturbs it. */
  readonly end: RegExp;
}

const deploying =
  (image: string, wish?: Wish): Scenario['step'] =>
  (client, surroundings) =>
    deployService(client, requestOf(image, wish), surroundings);

const blueGreen = { strategy: 'blueGreen' } as const;
const canary = { strategy: 'canary' } as const;
const wrong = { payload: '{}', expectation: { status: 201, requests: 1 } };
const secrets = { secrets: { KEY: '1' } };
const autoscaling = { autoscaling: { minReplicas: 2, maxReplicas: 5, targetCpuPercent: 70 } };

const scenarios: readonly Scenario[] = [
  {
    title: 'a first deployment',
    before: [],
    step: deploying('r.io/score:1', { service: { ...secrets, ...autoscaling } }),
    end: /^deployed$/,
  },
  { title: 'a rolling deployment', before: [['r.io/score:1']], step: deploying('r.io/score:2'), end: /^deployed$/ },
  {
    title: 'a rolling deployment that fails its test',
    before: [['r.io/score:1']],
    step: deploying('r.io/score:2', { smoke: wrong }),
    end: /It was rolled back to r\.io\/score:1 \(revision \d+\), which serves\.$/,
  },
  {
    title: 'a blue/green deployment',
    before: [['r.io/score:1', blueGreen]],
    step: deploying('r.io/score:2', blueGreen),
    end: /^deployed$/,
  },
  {
    title: 'a rolling deployment after blue/green',
    before: [['r.io/score:1', blueGreen]],
    step: deploying('r.io/score:2'),
    end: /^deployed$/,
  },
  {
    title: 'a blue/green deployment that fails its test',
    before: [['r.io/score:1', blueGreen]],
    step: deploying('r.io/score:2', { ...blueGreen, smoke: wrong }),
    end: /was scaled to 0\. What served before still serves\.$/,
  },
  {
    title: 'a blue/green deployment that gets the requests, but no public address',
    before: [['r.io/score:1', blueGreen]],
    step: deploying('r.io/score:2', { ...blueGreen, service: { exposure: 'loadBalancer' } }),
    end: /no address in time.* The requests go to blue again\. The Deployment score-green was scaled to 0\. What served before still serves\.$/,
  },
  { title: 'a canary', before: [['r.io/score:1']], step: deploying('r.io/score:2', canary), end: /^deployed$/ },
  {
    title: 'the promotion of a canary',
    before: [['r.io/score:1'], ['r.io/score:2', canary]],
    step: (client, surroundings) => promoteService(client, names, requestOf('r.io/score:2'), surroundings),
    end: /./,
  },
  {
    title: 'the promotion of blue/green',
    before: [
      ['r.io/score:1', blueGreen],
      ['r.io/score:2', blueGreen],
    ],
    step: (client, surroundings) => promoteService(client, names, requestOf('r.io/score:2'), surroundings),
    end: /./,
  },
  {
    title: 'the rejection of blue/green',
    before: [
      ['r.io/score:1', blueGreen],
      ['r.io/score:2', blueGreen],
    ],
    step: (client, surroundings) => rejectService(client, names, surroundings),
    end: /./,
  },
];

describe('a step that is ended on its way', function () {
  this.timeout(120_000);

  for (const { title, before, step, end } of scenarios)
    it(`comes to the same end when it is run again: ${title}`, async function () {
      const expected = await staged(before, async (stage) => {
        const ended = await stage.run(step);
        assert.match(said(ended), end, ended.agent.text());
        return await endState(stage.client);
      });
      let cases = 0;
      for (let change = 1; ; change++) {
        const wasKilled = await staged(before, async (stage) => {
          const isKilled = await killedAt(stage, change);
          if (!isKilled) return false;
          const again = await stage.run(step);
          const where = `killed before change ${change}: ${again.agent.text()}`;
          assert.match(
            end.source === '^deployed$' ? said(again).replace('unchanged', 'deployed') : said(again),
            end,
            where,
          );
          assert.deepEqual(await endState(stage.client), expected, where);
          return true;
        });
        if (!wasKilled) break;
        cases++;
      }
      assert.ok(cases >= 1);
      this.runnable().title += ` (${cases} cases)`;

      async function killedAt(stage: DeployStage, change: number): Promise<boolean> {
        try {
          await stage.run(step, killedBefore(stage.client, change));
          return false;
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          return true;
        }
      }
    });

  it('comes to its end though the answer to any change is lost', async () => {
    await staged([['r.io/score:1', blueGreen]], async (stage) => {
      for (let lost = 1; ; lost++) {
        stage.kubernetes.requests.clear();
        stage.kubernetes.faults.clear();
        stage.kubernetes.faults.add({ method: 'PATCH', from: lost, when: 'after', effect: 'reset' });
        const image = `r.io/score:${lost + 1}`;
        const { result, message, agent } = await stage.deploy(image, blueGreen);
        assert.equal(result, 'deployed', `${lost}: ${message ?? ''}\n${agent.text()}`);
        if (!stage.kubernetes.requests.list().some(({ fault }) => fault !== undefined)) break;
      }
    });
  });

  async function staged<T>(before: Scenario['before'], use: (stage: DeployStage) => Promise<T>): Promise<T> {
    const stage = await openDeployStage({ loadBalancerSeconds: 'never' });
    try {
      for (const [image, wish] of before) await stage.deploy(image, wish);
      return await use(stage);
    } finally {
      await stage.close();
    }
  }
});

function said({ result, message }: Ended): string {
  return result ?? message ?? '';
}
