import assert from 'node:assert/strict';
import type { ContainerState, Pod } from 'kubernetes-types/core/v1';
import sinon from 'sinon';
import { NetworkError } from '../../../../shared/http/errors';
import type { KubernetesClient } from '../../../../shared/kubernetes/client/client';
import { collectEvidence } from '../../../../shared/kubernetes/diagnose/evidence';
import type { Trouble } from '../../../../shared/kubernetes/rollout/trouble';

const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };

function trouble(...names: readonly string[]): Trouble {
  return troubleOf(names, running);
}

function troubleOf(names: readonly string[], state: ContainerState): Trouble {
  const pods = names.map((name): Pod => {
    const status = { name: 'score', ready: false, restartCount: 0, image: 'score', imageID: '', state };
    return { metadata: { name, uid: `uid-${name}` }, status: { containerStatuses: [status] } };
  });
  return { reason: 'Unready', container: 'score', text: 'Unready', graceSeconds: Infinity, pods };
}

describe('the evidence of a rollout', () => {
  it('is that of one pod for each trouble, and of four troubles at most', async () => {
    const list = sinon.stub().resolves({ items: [] });
    const logs = sinon.stub().callsFake((name: string) => Promise.resolve(`log of ${name}`));
    const client = { list, logs } as unknown as KubernetesClient;
    const troubles = [trouble('a', 'b'), trouble('c'), trouble('d'), trouble('e'), trouble('f')];
    const snapshot = { deployment: undefined, replicaSet: undefined, pods: [], troubles };
    const evidence = await collectEvidence(client, snapshot);
    assert.deepEqual(
      evidence.logs.map(({ pod, text }) => [pod, text]),
      ['a', 'c', 'd', 'e'].map((name) => [name, `log of ${name}`]),
    );
    assert.deepEqual(
      list.args.map(([, query]) => (query as { readonly fieldSelector: string }).fieldSelector),
      ['a', 'c', 'd', 'e'].map((name) => `involvedObject.uid=uid-${name},type=Warning`),
    );
    assert.equal(evidence.troubles, troubles);
  });

  it('includes the warnings about the volume claims of a pod that is not scheduled because of them', async () => {
    const list = sinon.stub().resolves({ items: [] });
    const client = { list, logs: sinon.stub() } as unknown as KubernetesClient;
    const volumes = [{ name: 'm', persistentVolumeClaim: { claimName: 'models' } }];
    const pods = [{ metadata: { name: 'a', uid: 'a' }, spec: { containers: [], volumes } }];
    const text = 'Unschedulable: pod has unbound immediate PersistentVolumeClaims';
    const unscheduled = { reason: 'Unschedulable', container: undefined, text, graceSeconds: Infinity, pods };
    const crashed = { ...unscheduled, reason: 'CrashLoopBackOff', text: 'CrashLoopBackOff: exit 1' };
    for (const [each, claims] of [
      [
        unscheduled,
        [
          'involvedObject.kind=PersistentVolumeClaim,involvedObject.name=models,type=Warning',
          'involvedObject.uid=a,reason=NotTriggerScaleUp',
        ],
      ],
      [crashed, []],
    ] as const) {
      list.resetHistory();
      await collectEvidence(client, { deployment: undefined, replicaSet: undefined, pods, troubles: [each] });
      assert.deepEqual(
        list.args.map(([, query]) => (query as { readonly fieldSelector: string }).fieldSelector),
        ['involvedObject.uid=a,type=Warning', ...claims],
      );
    }
  });

  for (const { title, previous, expected } of [
    { title: 'was restarted since', previous: () => Promise.resolve('why it ended'), expected: [true, 'why it ended'] },
    {
      title: 'has no log before',
      previous: () =>
        Promise.reject(new NetworkError('No answer.', { code: 'ECONNRESET', attempts: 1, isTransient: true })),
      expected: [false, ''],
    },
  ] as const)
    it(`has the log of a container that ended and ${title}`, async () => {
      const list = sinon.stub().resolves({ items: [] });
      const logs = sinon.spy((_: string, { isPrevious }: { readonly isPrevious: boolean }) =>
        isPrevious ? previous() : Promise.resolve(''),
      );
      const client = { list, logs } as unknown as KubernetesClient;
      const troubles = [troubleOf(['a'], { terminated: { exitCode: 1 } })];
      const snapshot = { deployment: undefined, replicaSet: undefined, pods: [], troubles };
      const evidence = await collectEvidence(client, snapshot);
      assert.deepEqual(
        evidence.logs.map(({ isPrevious, text }) => [isPrevious, text]),
        [expected],
      );
      assert.deepEqual(evidence.gaps, []);
    });
});
