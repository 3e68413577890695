import assert from 'node:assert/strict';
import { markGood } from '../../shared/kubernetes/deploy/goodVersion';
import { promoteService, rejectService } from '../../shared/kubernetes/deploy/promote';
import { annotations } from '../../shared/kubernetes/manifest/labels';
import { deployments } from '../../shared/kubernetes/client/resource';
import {
  names,
  openDeployStage,
  requestOf,
  type DeployStage,
  type Ended,
  type Wish,
} from '../shared/kubernetes/deploy/deployFixture';

const first = 'r.io/score:1';
const next = 'r.io/score:2';
const rolling = { strategy: 'rolling' } as const;
const blueGreen = { strategy: 'blueGreen' } as const;
const canary = { strategy: 'canary' } as const;
const failing = { smoke: { payload: '{}', expectation: { status: 201, requests: 1 } } };

const promote = (stage: DeployStage): Promise<Ended> =>
  stage.run((client, context, onFacts) => promoteService(client, names, requestOf(next), context, onFacts));
const reject = (stage: DeployStage): Promise<Ended> =>
  stage.run((client, context, onFacts) => rejectService(client, names, context, onFacts));

interface Case {
  readonly title: string;
  readonly before: (stage: DeployStage) => Promise<unknown>;
  /** What serves then, and how it was deployed. */
  readonly image: string;
  readonly wish?: Wish;
}

const cases: readonly Case[] = [
  ...[rolling, blueGreen].flatMap((wish): readonly Case[] => [
    { title: `a first version (${wish.strategy})`, before: (stage) => stage.deploy(first, wish), image: first, wish },
    {
      title: `a version after a version (${wish.strategy})`,
      before: async (stage) => {
        await stage.deploy(first, wish);
        await stage.deploy(next, wish);
      },
      image: next,
      wish,
    },
    {
      title: `a version to which a failure went back (${wish.strategy})`,
      before: async (stage) => {
        await stage.deploy(first, wish);
        await stage.deploy(next, { ...wish, ...failing });
      },
      image: first,
      wish,
    },
  ]),
  ...[canary, blueGreen].flatMap((wish): readonly Case[] => {
    const trial = async (stage: DeployStage): Promise<void> => {
      await stage.deploy(first, wish === canary ? rolling : wish);
      await stage.deploy(next, wish);
    };
    const after = wish === canary ? rolling : wish;
    return [
      {
        title: `a promoted version (${wish.strategy})`,
        before: async (stage) => {
          await trial(stage);
          await promote(stage);
        },
        image: next,
        wish: after,
      },
      {
        title: `a version beside which one was rejected (${wish.strategy})`,
        before: async (stage) => {
          await trial(stage);
          await reject(stage);
        },
        image: first,
        wish: after,
      },
    ];
  }),
  {
    title: 'a version whose annotation somebody removed',
    before: async (stage) => {
      await deployWithoutNote(stage);
      assert.equal((await stage.deploy(first)).result, 'unchanged');
    },
    image: first,
  },
];

async function deployWithoutNote(stage: DeployStage): Promise<void> {
  await stage.deploy(first);
  await stage.client.mergePatch(deployments, 'score', { metadata: { annotations: { [annotations.good]: null } } });
  await stage.clock.sleep(10_000);
}

describe('a step that is run again at once, on a cluster that observes changes late', () => {
  for (const { title, before, image, wish } of cases)
    it(`changes nothing: ${title}`, async () => {
      const stage = await openSlowStage();
      try {
        await before(stage);
        const { result, facts, agent } = await stage.deploy(image, wish);
        assert.equal(result, 'unchanged', agent.text());
        assert.deepEqual([facts.resultState, facts.image], ['Unchanged', image]);
      } finally {
        await stage.close();
      }
    });

  it('does not fail for a proven version when the cluster does not observe the annotation in time', async () => {
    const stage = await openSlowStage();
    try {
      await deployWithoutNote(stage);
      const { result, agent } = await stage.run(async (client, context) => {
        await markGood(client, 'score', { ...context, deadline: context.clock.now() });
        return 'marked';
      });
      assert.equal(result, 'marked');
      assert.equal(
        agent.text('warning'),
        'Deployment score: not done in time: the cluster has not observed the change yet.',
      );
    } finally {
      await stage.close();
    }
  });
});

function openSlowStage(): Promise<DeployStage> {
  return openDeployStage({ timeScale: 0, controllerMilliseconds: 1500 });
}
