import assert from 'node:assert/strict';
import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import type { Container, ContainerStatus, Pod } from 'kubernetes-types/core/v1';
import {
  newReplicaSet,
  podsOf,
  restartsOf,
  rolloutVerdict,
  type RolloutState,
} from '../../../../shared/kubernetes/rollout/rollout';
import { keyOf, rolloutTroubles } from '../../../../shared/kubernetes/rollout/trouble';
import { selectorText } from '../../../../shared/kubernetes/client/selectorText';

const containers = [{ name: 'score', image: 'score:1' }];

function deploymentOf(image = 'score:1', status: Deployment['status'] = {}): Deployment {
  return {
    metadata: { name: 'score', uid: 'd', generation: 2 },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'score' } },
      template: { metadata: { labels: { app: 'score' } }, spec: { containers: [{ name: 'score', image }] } },
    },
    status: { observedGeneration: 2, ...status },
  };
}

const complete = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };

describe('the verdict on a rollout', () => {
  const applied = deploymentOf();
  const stateOf = (current: Deployment | undefined, mayBeEmpty = false): RolloutState =>
    rolloutVerdict(current, { applied, mayBeEmpty }).state;

  it('is done when kubectl says so', () => {
    assert.equal(stateOf(deploymentOf('score:1', complete)), 'done');
    assert.equal(stateOf(deploymentOf('score:1', { ...complete, availableReplicas: 1 })), 'unavailable');
  });

  it('is superseded by another template or another Deployment, but not by another number of replicas', () => {
    assert.equal(stateOf(deploymentOf('score:2', complete)), 'superseded');
    const other = deploymentOf('score:1', complete);
    assert.equal(stateOf({ ...other, metadata: { ...other.metadata, uid: 'e' } }), 'superseded');
    const scaled = { ...other, metadata: { ...other.metadata, generation: 3 } };
    assert.equal(stateOf({ ...scaled, status: { ...complete, observedGeneration: 3 } }), 'done');
    assert.equal(stateOf(undefined), 'deleted');
  });

  it('is a failure when it is paused or has no replicas', () => {
    const { spec, ...rest } = deploymentOf('score:1', complete);
    assert.ok(spec);
    assert.equal(stateOf({ ...rest, spec: { ...spec, paused: true } }), 'paused');
    const empty = { ...rest, spec: { ...spec, replicas: 0 }, status: { observedGeneration: 2 } };
    assert.equal(stateOf(empty), 'empty');
    assert.equal(stateOf(empty, true), 'done');
  });
});

describe('the pods of a rollout', () => {
  const setOf = (name: string, image: string, created: string, owner = 'd'): ReplicaSet => ({
    metadata: {
      name,
      uid: name,
      creationTimestamp: created,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'score', uid: owner, controller: true }],
    },
    spec: {
      selector: {},
      template: {
        metadata: { labels: { app: 'score', 'pod-template-hash': name } },
        spec: { containers: [{ name: 'score', image }] },
      },
    },
  });
  const podOf = (owner: string, restartCount = 0, deletionTimestamp?: string): Pod => ({
    metadata: {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }],
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    status: { containerStatuses: [{ name: 'score', image: '', imageID: '', ready: true, restartCount }] },
  });

  it('are those of the oldest ReplicaSet with the present template', () => {
    const sets = [
      setOf('old', 'score:0', '2025-01-01T00:00:00Z'),
      setOf('twin', 'score:1', '2025-01-03T00:00:00Z'),
      setOf('new', 'score:1', '2025-01-02T00:00:00Z'),
      setOf('foreign', 'score:1', '2025-01-01T00:00:00Z', 'x'),
    ];
    const found = newReplicaSet(deploymentOf(), sets);
    assert.equal(found?.metadata?.name, 'new');
    assert.equal(newReplicaSet(deploymentOf('score:9'), sets), undefined);
    const pods = [podOf('new', 2), podOf('old', 5), podOf('new', 1), podOf('new', 7, '2025-01-04T00:00:00Z')];
    assert.equal(podsOf(found, pods).length, 2);
    assert.equal(restartsOf(podsOf(found, pods)), 3);
    assert.deepEqual(podsOf(undefined, pods), []);
  });

  it('are found by the selector of the Deployment', () => {
    assert.equal(
      selectorText({
        matchLabels: { app: 'score', slot: 'blue' },
        matchExpressions: [
          { key: 'a', operator: 'In', values: ['1', '2'] },
          { key: 'b', operator: 'NotIn', values: ['3'] },
          { key: 'c', operator: 'Exists' },
          { key: 'd', operator: 'DoesNotExist' },
        ],
      }),
      'app=score,slot=blue,a in (1,2),b notin (3),c,!d',
    );
  });
});

describe('the troubles of a rollout', () => {
  const waiting = (reason: string, message?: string, rest: Partial<ContainerStatus> = {}): Pod =>
    podWith({ state: { waiting: { reason, ...(message !== undefined && { message }) } }, ...rest });
  const podWith = (status: Partial<ContainerStatus>): Pod => ({
    metadata: { name: 'p' },
    spec: { containers },
    status: {
      phase: 'Pending',
      containerStatuses: [{ name: 'score', image: '', imageID: '', ready: false, restartCount: 0, ...status }],
    },
  });
  const crashed = (restartCount: number, exitCode: number, reason = 'Error'): Pod =>
    waiting('CrashLoopBackOff', 'back-off 10s', { restartCount, lastState: { terminated: { exitCode, reason } } });

  const finals: readonly (readonly [pod: Pod, text: string, graceSeconds: number])[] = [
    [crashed(1, 1), 'CrashLoopBackOff: exit 1', Infinity],
    [crashed(2, 1), 'CrashLoopBackOff: exit 1', 0],
    [crashed(2, 137, 'OOMKilled'), 'CrashLoopBackOff: OOMKilled', 0],
    [waiting('ErrImagePull', 'x: not found'), 'ErrImagePull: x: not found', 0],
    [waiting('ImagePullBackOff', 'Back-off pulling'), 'ImagePullBackOff: Back-off pulling', 90],
    [waiting('ErrImagePull', '401 Unauthorized'), 'ErrImagePull: 401 Unauthorized', 90],
    [waiting('InvalidImageName', 'bad'), 'InvalidImageName: bad', 0],
    [waiting('ErrImageNeverPull'), 'ErrImageNeverPull', 0],
    [waiting('CreateContainerConfigError', 'no secret'), 'CreateContainerConfigError: no secret', 15],
    [waiting('RunContainerError', 'no such file'), 'RunContainerError: no such file', 15],
    [waiting('RunContainerError', 'x', { lastState: { terminated: { exitCode: 128 } } }), 'RunContainerError: x', 30],
    [waiting('ContainerCreating'), 'ContainerCreating', Infinity],
    [podWith({ state: { running: {} } }), 'Unready', Infinity],
    [podWith({ state: { terminated: { exitCode: 1, reason: 'Error' } } }), 'Error: exit 1', Infinity],
    [{ status: { phase: 'Failed', reason: 'Evicted', message: 'low on\nmemory' } }, 'Evicted: low on memory', Infinity],
    [
      { status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3' }] } },
      'Unschedulable: 0/3',
      Infinity,
    ],
  ];
  for (const [pod, text, graceSeconds] of finals) {
    it(`are final after ${graceSeconds} s for ${text}`, () => {
      const [trouble] = rolloutTroubles(undefined, [pod]);
      assert.equal(trouble?.text, text);
      assert.equal(trouble.graceSeconds, graceSeconds);
    });
  }

  const initPod = (init: Partial<ContainerStatus>, spec: Partial<Container> = {}): Pod => {
    const statusOf = (name: string, status: Partial<ContainerStatus>): ContainerStatus => ({
      ...{ name, image: '', imageID: '', ready: false, restartCount: 0 },
      ...status,
    });
    return {
      metadata: { name: 'p' },
      spec: { containers, initContainers: [{ name: 'first', image: 'wait:1', ...spec }] },
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodReadyToStartContainers', status: 'True' }],
        initContainerStatuses: [statusOf('first', init)],
        containerStatuses: [statusOf('score', { state: { waiting: { reason: 'PodInitializing' } } })],
      },
    };
  };
  for (const [what, pod, expected] of [
    [
      'an init container that runs',
      initPod({ state: { running: {} }, started: true }),
      [['InitContainerRunning', 'first']],
    ],
    [
      'an init container that fails',
      initPod({ state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 2 }),
      [['CrashLoopBackOff', 'first']],
    ],
    [
      'the service, when its init container has ended',
      initPod({ ready: true, state: { terminated: { exitCode: 0 } } }),
      [['PodInitializing', 'score']],
    ],
    [
      'a sidecar that is not ready',
      initPod({ state: { running: {} }, started: true }, { restartPolicy: 'Always' }),
      [['Unready', 'first']],
    ],
    [
      'the service, when its sidecar is ready',
      initPod({ ready: true, state: { running: {} } }, { restartPolicy: 'Always' }),
      [['PodInitializing', 'score']],
    ],
  ] as const)
    it(`are those of ${what}`, () => {
      const found = rolloutTroubles(undefined, [pod]);
      assert.deepEqual(
        found.map(({ reason, container }) => [reason, container]),
        expected,
      );
    });

  it('stay the same while a container that can not be started changes its reason', () => {
    const message = 'exec: "gunicorn": executable file not found in $PATH: unknown';
    const keys = [
      waiting('RunContainerError', message),
      waiting('CrashLoopBackOff', 'back-off', {
        restartCount: 1,
        lastState: { terminated: { exitCode: 128, reason: 'StartError', message } },
      }),
      podWith({ state: { terminated: { exitCode: 128, reason: 'StartError', message } } }),
    ].map((pod) => rolloutTroubles(undefined, [pod]).map(keyOf));
    assert.equal(new Set(keys.flat()).size, 1);
    const pulls = [
      waiting('ErrImagePull', 'x: 401 Unauthorized'),
      waiting('ImagePullBackOff', 'Back-off pulling image'),
    ];
    assert.equal(new Set(pulls.flatMap((pod) => rolloutTroubles(undefined, [pod]).map(keyOf))).size, 1);
  });

  it('include the readiness gates of a pod whose containers are ready, and its node', () => {
    const pod = podWith({ ready: true, state: { running: {} } });
    const gate = 'corresponding condition of pod readiness gate "target-health" does not exist.';
    const conditions = [{ type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: gate }];
    const [trouble] = rolloutTroubles(undefined, [{ ...pod, status: { ...pod.status, conditions } }]);
    assert.deepEqual(
      [trouble?.text, trouble?.graceSeconds],
      [`ReadinessGatesNotReady: ${gate.replace(/\.$/, '')}`, Infinity],
    );
  });

  it('are none for pods that are ready', () => {
    assert.deepEqual(rolloutTroubles(undefined, [podWith({ ready: true, state: { running: {} } })]), []);
  });

  it('are one for all pods with the same trouble, the most severe first', () => {
    const pods = [podWith({ state: { running: {} } }), crashed(3, 1), crashed(2, 1)];
    const troubles = rolloutTroubles(undefined, pods);
    assert.deepEqual(
      troubles.map(({ reason, pods: at }) => [reason, at.length]),
      [
        ['CrashLoopBackOff', 2],
        ['Unready', 1],
      ],
    );
  });

  it('include those of a ReplicaSet that is not allowed to create pods', () => {
    const set = (message: string): ReplicaSet => ({
      status: {
        replicas: 0,
        conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
      },
    });
    const [quota] = rolloutTroubles(set('pods "score-abc" is forbidden: exceeded quota: q'), []);
    assert.equal(quota?.text, 'FailedCreate: exceeded quota: q');
    assert.equal(quota.graceSeconds, 120);
    assert.equal(rolloutTroubles(set('denied by policy'), [])[0]?.graceSeconds, 15);
  });

  it('include those of a Deployment that is not allowed to create its ReplicaSet', () => {
    const message =
      'Failed to create new replica set "score-5d8": replicasets.apps "score-5d8" is forbidden: exceeded quota: q, requested: count/replicasets.apps=1, used: count/replicasets.apps=9, limited: count/replicasets.apps=9';
    const condition = { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message };
    const deployment = deploymentOf('score:1', { conditions: [condition] });
    const [trouble, ...others] = rolloutTroubles(undefined, [], [], deployment);
    assert.match(trouble?.text ?? '', /^FailedCreate: exceeded quota: q, requested: count\/replicasets\.apps=1/);
    assert.deepEqual([trouble?.graceSeconds, others.length], [120, 0]);
    // The condition is that of an earlier attempt.
    assert.deepEqual(rolloutTroubles({ metadata: { name: 'new' } }, [], [], deployment), []);
  });
});
