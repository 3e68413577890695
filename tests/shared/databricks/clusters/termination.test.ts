import assert from 'node:assert/strict';
import type { Cluster } from '../../../../shared/databricks/api/clusters';
import { clusterState, describeTermination } from '../../../../shared/databricks/clusters/describeCluster';

const cluster: Cluster = {
  id: '1',
  name: 'train',
  creator: 'someone',
  state: 'TERMINATED',
  stateMessage: '',
  terminatedTime: undefined,
  termination: undefined,
  settings: {},
  asked: {},
};
const reason = (code: string, parameters = {}): string =>
  describeTermination({ ...cluster, termination: { code, type: 'CLIENT_ERROR', parameters } });

describe('describeTermination', () => {
  it('gives code, type and all parameters, on one line', () => {
    assert.equal(
      reason('SOMETHING_NEW', { azure_error_code: 'X', message: 'line 1\n\u001b[31mline 2.' }),
      'Reason: SOMETHING_NEW (CLIENT_ERROR), azure_error_code: X, message: line 1 line 2.',
    );
  });

  it('is empty when the service gives no reason', () => {
    assert.equal(describeTermination(cluster), '');
    assert.equal(clusterState(cluster), 'TERMINATED');
  });

  for (const [code, advice] of Object.entries({
    AZURE_QUOTA_EXCEEDED_EXCEPTION: /quota/,
    CLOUD_PROVIDER_RESOURCE_STOCKOUT: /another node type/,
    AZURE_RESOURCE_MANAGER_THROTTLING: /some minutes/,
    INIT_SCRIPT_FAILURE: /init script/,
    SUBNET_EXHAUSTED_FAILURE: /subnet/,
    SPOT_INSTANCE_TERMINATION: /on-demand/,
    SELF_BOOTSTRAP_FAILURE: /network/,
    INACTIVITY: /autotermination_minutes/,
    USER_REQUEST: /A person or another pipeline terminated it/,
  }))
    it(`has a line of advice for ${code}`, () => {
      const [first, ...rest] = reason(code).split('. ');
      assert.equal(first, `Reason: ${code} (CLIENT_ERROR)`);
      assert.match(rest.join('. '), advice);
    });
});
