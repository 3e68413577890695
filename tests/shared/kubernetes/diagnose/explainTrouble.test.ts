import assert from 'node:assert/strict';
import type { Container, ContainerStatus, Event, Pod } from 'kubernetes-types/core/v1';
import { diagnose } from '../../../../shared/kubernetes/diagnose/diagnose';
import type { Evidence } from '../../../../shared/kubernetes/diagnose/evidence';
import { rolloutTroubles } from '../../../../shared/kubernetes/rollout/trouble';

function evidenceOf(
  status: Partial<ContainerStatus>,
  { log, warnings = [], container = {} }: { log?: string; warnings?: string[]; container?: Partial<Container> } = {},
): Evidence {
  const pod: Pod = {
    metadata: { name: 'score-1' },
    spec: { containers: [{ name: 'score', image: 'r.io/score:1', ...container }] },
    status: {
      containerStatuses: [{ name: 'score', image: '', imageID: '', ready: false, restartCount: 3, ...status }],
    },
  };
  return {
    deployment: undefined,
    replicaSet: undefined,
    pods: [pod],
    troubles: rolloutTroubles(undefined, [pod]),
    warnings: warnings.map((message): Event => ({
      metadata: {},
      involvedObject: { kind: 'Pod', name: 'score-1' },
      reason: 'Unhealthy',
      message,
    })),
    logs: log === undefined ? [] : [{ pod: 'score-1', container: 'score', isPrevious: true, text: log }],
    gaps: [],
  };
}

const crashed = (exitCode: number): Partial<ContainerStatus> => ({
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode, reason: 'Error' } },
});
const waits = (reason: string, message: string): Partial<ContainerStatus> => ({
  state: { waiting: { reason, message } },
});

describe('the cause of a failed rollout', () => {
  for (const [what, evidence, cause, advice] of [
    [
      'quotes the last error of the log',
      evidenceOf(crashed(1), { log: 'x\nValueError: bad shape.\nWorker exits' }),
      "The container 'score' exits after its start (exit code 1): ValueError: bad shape.",
      /Check its log/,
    ],
    [
      'quotes the last line when there is no error',
      evidenceOf(crashed(1), { log: 'starting\nmodel.pkl: No such file or directory\n\n' }),
      "The container 'score' exits after its start (exit code 1): model.pkl: No such file or directory.",
      /in the image, under this path/,
    ],
    [
      'knows a service that exits without an error',
      evidenceOf(crashed(0)),
      "The container 'score' exits after its start (exit code 0).",
      /must not exit/,
    ],
    ['knows a missing command', evidenceOf(crashed(127)), /\(exit code 127\)/, /ENTRYPOINT/],
    ['knows a crash in native code', evidenceOf(crashed(139)), /\(exit code 139\)/, /segmentation fault/],
    [
      'knows a failed health check that got it killed',
      evidenceOf(crashed(137), {
        warnings: ['Startup probe failed: HTTP probe failed with statuscode: 503'],
        container: { startupProbe: { httpGet: { path: '/healthz', port: 5001 }, timeoutSeconds: 3 } },
      }),
      "The container 'score' was killed because it did not answer its health check in time: GET /healthz on port 5001 must answer 200 to 399 within 3 s; Startup probe failed: HTTP probe failed with statuscode: 503.",
      /more time for the start/,
    ],
    [
      'reports the failure of the probe',
      evidenceOf(
        { state: { running: {} } },
        {
          warnings: ['Readiness probe failed: Get "http://10.0.0.1:80/":\n connect: connection refused'],
          container: { readinessProbe: { tcpSocket: { port: 80 } } },
        },
      ),
      'The container \'score\' runs, but is not ready: port 80 must be open within 1 s; the probe failed because nothing listens on this port: Get "http://10.0.0.1:80/": connect: connection refused.',
      /0\.0\.0\.0/,
    ],
    [
      'knows an invalid image name',
      evidenceOf(waits('InvalidImageName', 'x')),
      'The image name is not valid: r.io/score:1: x.',
      /lower case/,
    ],
    [
      'knows an image that must exist on the node',
      evidenceOf(waits('ErrImageNeverPull', 'not present with pull policy of Never')),
      /^The image r\.io\/score:1 does not exist on the node/,
      /imagePullPolicy/,
    ],
    [
      'knows a registry that is down',
      evidenceOf(waits('ErrImagePull', 'dial tcp: i/o timeout.')),
      "The cluster can't reach the registry of the image r.io/score:1: dial tcp: i/o timeout.",
      /blocks the connection/,
    ],
    [
      'finds the reason of a failed pull in the events',
      evidenceOf(waits('ImagePullBackOff', 'Back-off pulling image'), {
        warnings: ['Failed to pull image "r.io/score:1": r.io/score:1: not found', 'Error: ErrImagePull'],
      }),
      /^The image r\.io\/score:1 does not exist/,
      /tag/,
    ],
    [
      'knows a missing program',
      evidenceOf(waits('RunContainerError', 'exec: "gunicorn": executable file not found in $PATH')),
      /can't be started: the program 'gunicorn' is not in the image: exec: "gunicorn": executable file not found in \$PATH\.$/,
      /ENTRYPOINT/,
    ],
    [
      'quotes the cluster for other reasons why pods wait',
      evidenceOf(waits('ContainerCreating', ''), { warnings: ['a warning that is not known'] }),
      'The new pods do not start: ContainerCreating (a warning that is not known).',
      /^$/,
    ],
  ] as const) {
    it(what, () => {
      const found = diagnose(evidence, 'the rollout failed');
      if (typeof cause === 'string') assert.equal(found.cause, cause);
      else assert.match(found.cause, cause);
      assert.match(found.advice, advice);
    });
  }

  it('is a large image, when the node has prepared the pod and warns of nothing since', () => {
    const { pods, ...rest } = evidenceOf(waits('ContainerCreating', ''));
    const conditions = [{ type: 'PodReadyToStartContainers', status: 'True' }];
    const prepared = pods.map((pod) => ({ ...pod, status: { ...pod.status, conditions } }));
    const troubles = rolloutTroubles(undefined, prepared);
    const earlier: Event = { metadata: {}, involvedObject: {}, reason: 'FailedScheduling', message: '0/1 nodes' };
    const found = diagnose({ ...rest, pods: prepared, troubles, warnings: [earlier] }, '');
    assert.match(found.cause, /^The node has not pulled the image r\.io\/score:1 yet/);
  });

  it('includes why the cluster autoscaler adds no node', () => {
    const message = '0/3 nodes are available: 3 Insufficient cpu.';
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
    const pods: readonly Pod[] = [{ metadata: { name: 'p' }, status: { phase: 'Pending', conditions } }];
    const reason = 'NotTriggerScaleUp';
    const scaling = "pod didn't trigger scale-up: 1 max node group size reached";
    const warnings: readonly Event[] = [{ metadata: {}, involvedObject: {}, reason, message: scaling }];
    const found = diagnose({ ...evidenceOf({}), pods, troubles: rolloutTroubles(undefined, pods), warnings }, '');
    assert.match(
      found.cause,
      /3 Insufficient cpu \(the cluster autoscaler adds no node: .* 1 max node group size reached\)\.$/,
    );
  });

  it('is the message of the rollout when its pods have no trouble', () => {
    const evidence = { ...evidenceOf({}), troubles: [] };
    assert.equal(diagnose(evidence, 'Deployment score: it is paused.').cause, 'Deployment score: it is paused.');
  });

  it('comes with warnings and their number', () => {
    const warnings = ['Readiness probe failed: 503', 'Readiness probe failed: 503', 'Back-off'];
    const { evidence } = diagnose(evidenceOf(crashed(1), { warnings }), '');
    const section = evidence.find(({ title }) => title === 'Warnings from the cluster');
    assert.equal(section?.text, 'Pod: Unhealthy: Readiness probe failed: 503 (2 times)\nPod: Unhealthy: Back-off');
  });

  it('comes with one warning for all attempts to create a pod', () => {
    const refused = (name: string) => `Error creating: pods "${name}" is forbidden: exceeded quota: small`;
    const warnings = [
      refused('score-1-a'),
      refused('score-1-b'),
      `(combined from similar events): ${refused('score-1-c')}`,
    ];
    const { evidence } = diagnose(evidenceOf(crashed(1), { warnings }), '');
    const section = evidence.find(({ title }) => title === 'Warnings from the cluster');
    assert.equal(section?.text, `Pod: Unhealthy: ${refused('score-1-…')} (3 times)`);
  });
});
