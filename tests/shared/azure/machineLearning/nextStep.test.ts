import assert from 'node:assert/strict';
import { promotionStep, rejectionStep } from '../../../../shared/azure/machineLearning/plan/canaryStep';
import { nextStep } from '../../../../shared/azure/machineLearning/plan/nextStep';
import type { Seen, Step, Wanted } from '../../../../shared/azure/machineLearning/plan/step';
import { deploymentOf, seen, wanted } from './seen';

const live = { traffic: { blue: 100 } };
const old = deploymentOf('blue', { digest: 'd0' });
const compute = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/computes/k';

/** What there is, what is wanted besides, and what comes next; `refuse` with what its problem says. */
const rows: readonly (readonly [
  situation: string,
  seen: Seen,
  wanted: Partial<Wanted>,
  step: Partial<Step> | RegExp,
])[] = [
  ['no endpoint', { endpoint: undefined, deployments: [] }, {}, { kind: 'createEndpoint' }],
  ['an endpoint that is being created', seen({ state: 'Creating' }), {}, { kind: 'waitForEndpoint' }],
  ['an endpoint in a state of the future', seen({ state: 'Rebalancing' }), {}, { kind: 'waitForEndpoint' }],
  ['an endpoint that was never created', seen({ state: 'Failed' }), {}, { kind: 'deleteEndpoint' }],
  ['the same of somebody else', seen({ state: 'Failed', isForeign: true }), {}, /it was not created by this task/],
  [
    'the same with a deployment of somebody else',
    seen({ state: 'Failed' }, deploymentOf('x')),
    {},
    /its deployment 'x' was not/,
  ],
  [
    'an endpoint that failed later, but serves',
    seen({ ...live, state: 'Failed' }, old),
    {},
    { kind: 'createDeployment', name: 'green', replaces: 'blue' },
  ],
  ['an endpoint in a cluster', seen({ compute }), {}, /runs on the compute .* An endpoint cannot be moved/],
  ['a managed endpoint', seen({}), { computeId: compute }, /is managed by Azure, but the compute/],
  [
    'the same compute in other letters',
    seen({ compute: compute.toUpperCase() }),
    { computeId: compute },
    { kind: 'createDeployment' },
  ],
  [
    'another way to authenticate',
    seen({ authMode: 'AADToken' }),
    { authMode: 'Key' },
    /authenticates its callers with AADToken/,
  ],
  ['another identity', seen({ identities: ['/a'] }), { identityId: '/b' }, /does not have the managed identity \/b/],
  ['the identity', seen({ identities: ['/A'] }), { identityId: '/a' }, { kind: 'createDeployment' }],
  [
    'another network access',
    seen({ publicNetworkAccess: 'Enabled' }),
    { publicNetworkAccess: 'Disabled' },
    { kind: 'changeEndpoint' },
  ],
  ['an empty endpoint', seen({}), {}, { kind: 'createDeployment', name: 'blue', replaces: undefined }],
  [
    'an empty endpoint, with a name',
    seen({}),
    { deploymentName: 'churn' },
    { kind: 'createDeployment', name: 'churn' },
  ],

  [
    'all as asked',
    seen(live, deploymentOf('blue', { digest: 'd1' })),
    {},
    { kind: 'done', name: 'blue', isCanary: false },
  ],
  [
    'the same, being created',
    seen({}, deploymentOf('blue', { digest: 'd1', state: 'Creating' })),
    {},
    { kind: 'follow', name: 'blue' },
  ],
  [
    'the same, being scaled',
    seen(live, deploymentOf('blue', { digest: 'd1', state: 'Scaling' })),
    {},
    { kind: 'follow', name: 'blue' },
  ],
  [
    'the same without traffic',
    seen({}, deploymentOf('blue', { digest: 'd1' })),
    {},
    { kind: 'switch', name: 'blue', traffic: { blue: 100 } },
  ],
  [
    'the same, failed',
    seen({}, deploymentOf('blue', { digest: 'd1', state: 'Failed' })),
    {},
    { kind: 'deleteDeployment', name: 'blue' },
  ],
  [
    'the same, failed, and yet with traffic',
    seen(live, deploymentOf('blue', { digest: 'd1', state: 'Failed' })),
    {},
    { kind: 'createDeployment', name: 'green' },
  ],
  [
    'the same, being deleted',
    seen({}, deploymentOf('blue', { digest: 'd1', state: 'Deleting' })),
    {},
    { kind: 'waitForDeployment', name: 'blue' },
  ],
  [
    'other instances',
    seen(live, deploymentOf('blue', { digest: 'd1' })),
    { capacity: 3 },
    { kind: 'scale', name: 'blue', capacity: 3 },
  ],
  [
    'instances that nobody asks for',
    seen(live, deploymentOf('blue', { digest: 'd1', capacity: 3 })),
    {},
    { kind: 'done' },
  ],

  ['another version', seen(live, old), {}, { kind: 'createDeployment', name: 'green', replaces: 'blue' }],
  [
    'another version in letters of another case',
    seen({ traffic: { Blue: 100 } }, old),
    {},
    { kind: 'createDeployment', name: 'green' },
  ],
  [
    'a live deployment of somebody else',
    seen({ traffic: { prod: 100 } }, deploymentOf('prod')),
    {},
    { kind: 'createDeployment', name: 'blue', replaces: 'prod' },
  ],
  [
    'a corpse in the slot',
    seen(live, old, deploymentOf('green', { digest: 'd9', state: 'Failed' })),
    {},
    { kind: 'deleteDeployment', name: 'green', reason: 'failed in an earlier run' },
  ],
  [
    'an older version in the slot',
    seen(live, old, deploymentOf('green', { digest: 'd9' })),
    {},
    { kind: 'deleteDeployment', name: 'green' },
  ],
  [
    'another run in the slot',
    seen(live, old, deploymentOf('green', { digest: 'd9', state: 'Creating' })),
    {},
    { kind: 'waitForDeployment', name: 'green' },
  ],
  [
    'somebody else in the slot',
    seen(live, old, deploymentOf('green')),
    {},
    /a deployment 'green' that was not created by this task/,
  ],
  [
    'a canary in the slot',
    seen({ traffic: { blue: 90, green: 10 } }, old, deploymentOf('green', { digest: 'd9' })),
    {},
    /'green' has 10 % of the requests/,
  ],
  [
    'a mirror in the slot',
    seen({ ...live, mirrorTraffic: { green: 5 } }, old, deploymentOf('green', { digest: 'd9' })),
    {},
    /has a copy of 5 % of the requests/,
  ],
  [
    'the name of the live one',
    seen(live, old),
    { deploymentName: 'blue' },
    /answers the requests of the endpoint \(blue 100 %\)/,
  ],

  ['rolling, another version', seen(live, old), { strategy: 'rolling' }, { kind: 'updateDeployment', name: 'blue' }],
  ['rolling, nothing live', seen({}), { strategy: 'rolling' }, { kind: 'createDeployment', name: 'blue' }],
  [
    'rolling, all as asked',
    seen(live, deploymentOf('blue', { digest: 'd1' })),
    { strategy: 'rolling' },
    { kind: 'done' },
  ],
  [
    'rolling, somebody else',
    seen({ traffic: { prod: 100 } }, deploymentOf('prod')),
    { strategy: 'rolling' },
    /was not created by this task/,
  ],

  [
    'a canary that is to begin',
    seen(live, old, deploymentOf('green', { digest: 'd1' })),
    { strategy: 'canary' },
    { kind: 'switch', name: 'green', traffic: { blue: 90, green: 10 } },
  ],
  [
    'a canary with its share',
    seen({ traffic: { blue: 90, green: 10 } }, old, deploymentOf('green', { digest: 'd1' })),
    { strategy: 'canary' },
    { kind: 'done', name: 'green', isCanary: true },
  ],
  [
    'a canary with another share',
    seen({ traffic: { blue: 90, green: 10 } }, old, deploymentOf('green', { digest: 'd1' })),
    { strategy: 'canary', canaryPercent: 30 },
    { kind: 'switch', traffic: { blue: 70, green: 30 } },
  ],
  [
    'a canary without anything beside it',
    seen({}, deploymentOf('blue', { digest: 'd1' })),
    { strategy: 'canary' },
    { kind: 'switch', traffic: { blue: 100 } },
  ],
  [
    'a canary that got everything',
    seen({ traffic: { green: 100 } }, deploymentOf('green', { digest: 'd1' })),
    { strategy: 'canary' },
    { kind: 'done', isCanary: false },
  ],

  [
    'the replaced one is left',
    seen({ traffic: { green: 100 } }, old, deploymentOf('green', { digest: 'd1', generation: 2, replaces: 'blue' })),
    {},
    { kind: 'deleteDeployment', name: 'blue', reason: 'was replaced by green' },
  ],
  [
    'the replaced one is kept',
    seen({ traffic: { green: 100 } }, old, deploymentOf('green', { digest: 'd1', generation: 2, replaces: 'blue' })),
    { keepsOld: true },
    { kind: 'done' },
  ],
  [
    'the replaced one is being deleted',
    seen(
      { traffic: { green: 100 } },
      deploymentOf('blue', { digest: 'd0', state: 'Deleting' }),
      deploymentOf('green', { digest: 'd1', generation: 2, replaces: 'blue' }),
    ),
    {},
    { kind: 'waitForDeployment', name: 'blue' },
  ],
  [
    'the replaced one is of somebody else',
    seen(
      { traffic: { green: 100 } },
      deploymentOf('blue'),
      deploymentOf('green', { digest: 'd1', generation: 2, replaces: 'blue' }),
    ),
    {},
    { kind: 'done' },
  ],
  [
    'a newer one of the name of the replaced one',
    seen(
      { traffic: { green: 100 } },
      deploymentOf('blue', { digest: 'd9', generation: 3, replaces: 'green' }),
      deploymentOf('green', { digest: 'd1', generation: 2, replaces: 'blue' }),
    ),
    {},
    { kind: 'done' },
  ],
  [
    'another one that nobody replaced',
    seen(
      { traffic: { green: 100 } },
      deploymentOf('shadow', { digest: 'd0' }),
      deploymentOf('green', { digest: 'd1', generation: 2, replaces: 'blue' }),
    ),
    {},
    { kind: 'done' },
  ],
];

function isStep(step: Step, expected: Partial<Step> | RegExp): void {
  if (expected instanceof RegExp) {
    assert.equal(step.kind, 'refuse');
    assert.match(step.problem, expected);
    return;
  }
  const found = Object.fromEntries(Object.keys(expected).map((name) => [name, step[name as keyof Step]]));
  assert.deepEqual(found, expected);
}

describe('the next step of a deployment to Azure Machine Learning', () => {
  for (const [situation, there, more, step] of rows)
    it(situation, () => isStep(nextStep(there, { ...wanted, ...more }), step));

  const canary = deploymentOf('green', { digest: 'd1', generation: 2, replaces: 'blue' });
  const trial = { traffic: { blue: 90, green: 10 } };
  const keepsNothing = { keepsOld: false };

  it('promotes the canary, deletes what it replaces, and is done then', () => {
    isStep(promotionStep(seen(trial, old, canary), keepsNothing), {
      kind: 'switch',
      name: 'green',
      traffic: { green: 100 },
    });
    isStep(promotionStep(seen({ traffic: { green: 100 } }, old, canary), keepsNothing), {
      kind: 'deleteDeployment',
      name: 'blue',
    });
    isStep(promotionStep(seen({ traffic: { green: 100 } }, old, canary), { keepsOld: true }), {
      kind: 'done',
      name: 'green',
    });
    isStep(promotionStep(seen({ traffic: { green: 100 } }, canary), keepsNothing), { kind: 'done', name: 'green' });
  });

  it('rejects the canary, deletes it, and is done then', () => {
    isStep(rejectionStep(seen(trial, old, canary), keepsNothing), {
      kind: 'switch',
      name: 'blue',
      traffic: { blue: 100 },
    });
    isStep(rejectionStep(seen(live, old, canary), keepsNothing), {
      kind: 'deleteDeployment',
      name: 'green',
      reason: 'was rejected',
    });
    isStep(rejectionStep(seen(live, old), keepsNothing), { kind: 'done', name: 'blue' });
  });

  it('returns to the deployment that was kept when it was replaced', () => {
    const replaced = deploymentOf('blue', { digest: 'd0', generation: 1, replaces: 'green' });
    const switched = seen({ traffic: { green: 100 } }, replaced, canary);
    isStep(rejectionStep(switched, keepsNothing), { kind: 'switch', name: 'blue', traffic: { blue: 100 } });
    isStep(rejectionStep(switched, { ...keepsNothing, deploymentName: 'blue' }), { kind: 'done', name: 'green' });
    isStep(rejectionStep(seen({ traffic: { blue: 100 } }, replaced, canary), keepsNothing), {
      kind: 'deleteDeployment',
      name: 'green',
    });
    isStep(rejectionStep(seen({ traffic: { blue: 100 } }, replaced), keepsNothing), { kind: 'done', name: 'blue' });
    const broken = deploymentOf('blue', { digest: 'd0', generation: 1, state: 'Failed' });
    isStep(rejectionStep(seen({ traffic: { green: 100 } }, broken, canary), keepsNothing), {
      kind: 'done',
      name: 'green',
    });
  });

  it('refuses to decide what is not there', () => {
    isStep(promotionStep({ endpoint: undefined, deployments: [] }, keepsNothing), /There is no such endpoint/);
    isStep(promotionStep(seen({}), keepsNothing), /There is no canary to promote: the endpoint has no traffic/);
    isStep(
      promotionStep(seen({ traffic: { prod: 100 } }, deploymentOf('prod')), keepsNothing),
      /There is no canary to promote/,
    );
    isStep(
      rejectionStep(seen({ traffic: { prod: 90, green: 10 } }, deploymentOf('prod'), canary), keepsNothing),
      /the deployment that it replaces no longer exists/,
    );
  });

  it('waits while Azure works on the endpoint or a deployment', () => {
    isStep(promotionStep(seen({ ...trial, state: 'Updating' }, old, canary), keepsNothing), {
      kind: 'waitForEndpoint',
    });
    const busy = deploymentOf('green', { digest: 'd1', state: 'Updating', generation: 2, replaces: 'blue' });
    isStep(rejectionStep(seen(trial, old, busy), keepsNothing), { kind: 'waitForDeployment', name: 'green' });
  });
});
