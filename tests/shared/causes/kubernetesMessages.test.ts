import assert from 'node:assert/strict';
import type { ReplicaSet } from 'kubernetes-types/apps/v1';
import type { ContainerStatus, Event, Pod } from 'kubernetes-types/core/v1';
import { shortMessage } from '../../../shared/causes/shortMessage';
import { diagnose } from '../../../shared/kubernetes/diagnose/diagnose';
import { rolloutTroubles } from '../../../shared/kubernetes/rollout/trouble';
import { kubernetesMessages, type MessageCase, type Place } from './kubernetesMessages';

const image = 'm.azurecr.io/score:1';

/** What the API server returns for a pod, or the ReplicaSet without pods, that has the message. */
interface Found {
  readonly set?: ReplicaSet;
  readonly pod?: Pod;
  readonly warning?: Event;
  readonly log?: string;
}

function podOf(status: Pod['status'] & object): Pod {
  return { metadata: { name: 'p', uid: 'u' }, spec: { containers: [{ name: 'score', image }] }, status };
}

function podWith(status: Partial<ContainerStatus>): Pod {
  const fixed = { name: 'score', image, imageID: '', ready: false, restartCount: 0 };
  return podOf({ phase: 'Pending', containerStatuses: [{ ...fixed, ...status }] });
}

function warningOf(reason: string, message: string): Event {
  return {
    metadata: {},
    involvedObject: { kind: 'Pod', name: 'p', uid: 'u' },
    reason,
    message,
    lastTimestamp: '2026-01-01T00:01:00Z',
  };
}

function found(place: Place, message: string): Found {
  switch (place) {
    case 'Unschedulable':
      return { pod: podOf({ conditions: [{ type: 'PodScheduled', status: 'False', reason: place, message }] }) };
    case 'FailedCreate':
      return {
        set: {
          status: { replicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'True', reason: place, message }] },
        },
      };
    case 'Evicted':
      return { pod: podOf({ phase: 'Failed', reason: place, message }) };
    case 'FailedMount':
    case 'FailedCreatePodSandBox':
      return {
        pod: podWith({ state: { waiting: { reason: 'ContainerCreating' } } }),
        warning: warningOf(place, message),
      };
    case 'StartError': {
      const lastState = { terminated: { exitCode: 128, reason: place, message } };
      return {
        pod: podWith({ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState, restartCount: 1 }),
      };
    }
    case 'log': {
      const lastState = { terminated: { exitCode: 255, reason: 'Error' } };
      const state = { waiting: { reason: 'CrashLoopBackOff' } };
      return { pod: podWith({ state, lastState, restartCount: 1 }), log: message };
    }
    case 'Unhealthy':
      return {
        pod: podWith({ state: { running: {} } }),
        warning: warningOf(place, `Readiness probe failed: ${message}`),
      };
    default:
      return { pod: podWith({ state: { waiting: { reason: place, message } } }) };
  }
}

function explained({ place, message }: MessageCase) {
  const { set, pod, warning, log } = found(place, message);
  const pods = pod ? [pod] : [];
  const warnings = warning ? [warning] : [];
  const troubles = rolloutTroubles(set, pods, warnings);
  const logs = log === undefined ? [] : [{ pod: 'p', container: 'score', isPrevious: true, text: log }];
  const evidence = { deployment: undefined, replicaSet: set, pods, troubles, warnings, logs, gaps: [] };
  return { ...diagnose(evidence, 'no cause'), graceSeconds: troubles[0]?.graceSeconds };
}

describe('the cause of a message of Kubernetes', () => {
  for (const each of kubernetesMessages)
    it(`${each.place}: ${each.message.slice(0, 110)}`, () => {
      const { cause, advice, graceSeconds } = explained(each);
      assert.match(cause, each.cause);
      if (each.advice) assert.match(advice, each.advice);
      assert.notEqual(advice, '');
      assert.equal(graceSeconds, each.graceSeconds ?? Infinity);
      // The message of Kubernetes is in it, at least its end.
      const shown =
        shortMessage(each.message.replace(/^(?:pods? "[^"]*" is \w+): /i, ''))
          .split(' … ')
          .at(-1) ?? '';
      assert.ok(cause.includes(shown), `${cause}\n${shown}`);
      assert.doesNotMatch(`${cause} ${advice}`, /[{]\w+[}]|undefined|\n/);
    });

  it('is the same in each line, without control characters, and of readable length', () => {
    const message = `secret "a" not found\n\u001b[31m${'x'.repeat(2000)}\u001b[0m end`;
    const { cause } = explained({ place: 'CreateContainerConfigError', message, cause: /./, source: '' });
    assert.ok(cause.length < 700, cause);
    assert.match(cause, /^The container 'score' can't be started .* … x+ end\.$/);
  });

  it('is not that of a warning that is over, because the node pulls the image since then', () => {
    const pod = podWith({ state: { waiting: { reason: 'ContainerCreating' } } });
    const failed = warningOf('FailedMount', 'MountVolume.SetUp failed for volume "c" : configmap "c" not found');
    const pulling: Event = { ...warningOf('Pulling', 'Pulling image'), lastTimestamp: '2026-01-01T00:01:05Z' };
    assert.equal(rolloutTroubles(undefined, [pod], [failed, pulling])[0]?.reason, 'ContainerCreating');
    assert.equal(
      rolloutTroubles(undefined, [pod], [pulling, { ...failed, lastTimestamp: '2026-01-01T00:02:00Z' }])[0]?.reason,
      'FailedMount',
    );
    const conditions = [{ type: 'PodReadyToStartContainers', status: 'True' }];
    const prepared = { ...pod, status: { ...pod.status, conditions } };
    assert.equal(rolloutTroubles(undefined, [prepared], [failed])[0]?.reason, 'ContainerCreating');
  });
});
