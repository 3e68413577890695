import assert from 'node:assert/strict';
import { bundleOf } from '../../support/builtTasks';
import { startTaskProcess, type TaskProcess } from '../../support/taskProcess';
import type { ClusterStage } from '../clusterStage';
import { played, sample, type Scenario, version } from './scenario';

/** The task as the extension ships it, in a process of its own. */
export const bundleScenarios: readonly Scenario[] = [
  played('is deployed by the bundle, which may be killed meanwhile', async (stage) => {
    const first = await (await start(stage, version('r.io/score:1', sample))).end;
    assert.equal(first.result, 'Succeeded', first.output);
    assert.equal(first.exitCode, 0);
    assert.equal(first.outputs['resultState'], 'Deployed');

    const next = version('r.io/score:2', { ...sample, strategy: 'blueGreen' });
    const ended = await start(stage, next);
    await ended.saw('Deployment score-blue: ');
    ended.kill('SIGKILL');
    const { signal, result } = await ended.end;
    assert.deepEqual([signal, result], ['SIGKILL', undefined]);
    assert.equal(await stage.ask(), 'r.io/score:1');

    const again = await (await start(stage, next)).end;
    assert.equal(again.result, 'Succeeded', again.output);
    assert.equal(await stage.ask(), 'r.io/score:2');
    const same = await (await start(stage, next)).end;
    assert.equal(same.outputs['resultState'], 'Unchanged', same.output);
  }),
];

/** With a service connection by a kubeconfig. */
async function start(
  { access, kubeconfig, client }: ClusterStage,
  inputs: Readonly<Record<string, string>>,
): Promise<TaskProcess> {
  const all = { connectionType: 'kubernetes', kubernetesConnection: 'cluster', namespace: client.namespace, ...inputs };
  return await startTaskProcess(await bundleOf('DeployAks'), {
    ...Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    ENDPOINT_URL_cluster: access.server,
    ENDPOINT_AUTH_SCHEME_cluster: 'Kubernetes',
    ENDPOINT_AUTH_cluster: JSON.stringify({ scheme: 'Kubernetes', parameters: { kubeconfig } }),
    ENDPOINT_AUTH_PARAMETER_cluster_KUBECONFIG: kubeconfig,
    ENDPOINT_DATA_cluster_AUTHORIZATIONTYPE: 'Kubeconfig',
  });
}
