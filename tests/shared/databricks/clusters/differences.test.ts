import assert from 'node:assert/strict';
import type { ClusterSettings } from '../../../../shared/databricks/api/clusters';
import { clusterDifferences } from '../../../../shared/databricks/clusters/differences';
import { differenceLine } from '../../../../shared/comparison/difference';

/** The differences between what is wanted and the settings that a cluster has and was asked for, as lines. */
function lines(wanted: ClusterSettings, settings: ClusterSettings, asked: ClusterSettings = {}): readonly string[] {
  return clusterDifferences(wanted, { settings, asked }).map(differenceLine);
}

describe('clusterDifferences', () => {
  it('compares only what was written, however deep', () => {
    const settings = {
      num_workers: 2,
      spark_conf: { a: '1', b: '2' },
      azure_attributes: { availability: 'SPOT_AZURE', first_on_demand: 1 },
      init_scripts: [{ workspace: { destination: '/a.sh' }, more: 1 }],
      enable_elastic_disk: true,
    };
    const wanted = {
      spark_conf: { a: 1 },
      azure_attributes: { availability: 'SPOT_AZURE' },
      init_scripts: [{ workspace: { destination: '/a.sh' } }],
    };
    assert.deepEqual(lines(wanted, settings), []);
    assert.deepEqual(lines({ azure_attributes: { availability: 'ON_DEMAND_AZURE' } }, settings), [
      '~ azure_attributes.availability: SPOT_AZURE → ON_DEMAND_AZURE',
    ]);
    assert.deepEqual(lines({ runtime_engine: 'PHOTON' }, settings), ['+ runtime_engine: PHOTON']);
  });

  it('treats numbers and texts with the same meaning as equal, and an empty value as missing', () => {
    const wanted = {
      num_workers: '2',
      autotermination_minutes: 0,
      custom_tags: {},
      ssh_public_keys: [],
      policy_id: null,
    };
    assert.deepEqual(lines(wanted, { num_workers: 2, policy_id: 'given' }), []);
    assert.deepEqual(lines({ spark_version: '15.4' }, { spark_version: '15.40' }).length, 1);
  });

  it('accepts what the service made of the same value, except for the size', () => {
    const wanted = { spark_version: 'auto:latest-lts', num_workers: 2 };
    const asked = { spark_version: 'auto:latest-lts', num_workers: 2 };
    assert.deepEqual(lines(wanted, { spark_version: '16.4.x-scala2.12', num_workers: 2 }, asked), []);
    assert.deepEqual(lines(wanted, { spark_version: '16.4.x-scala2.12', num_workers: 5 }, asked), [
      '~ num_workers: 5 → 2',
    ]);
    assert.equal(lines(wanted, { spark_version: '16.4.x-scala2.12', num_workers: 2 }).length, 1);
  });

  it('ignores what the service never returns', () => {
    const wanted = {
      apply_policy_default_values: true,
      docker_image: { url: 'a/b', basic_auth: { username: 'u', password: 'p' } },
    };
    assert.deepEqual(lines(wanted, { docker_image: { url: 'a/b' } }), []);
    assert.deepEqual(lines(wanted, { docker_image: { url: 'a/c' } }), ['~ docker_image.url: a/c → a/b']);
  });

  it('reports a cluster that scales itself but should have a fixed size, and the other way round', () => {
    const limits = { min_workers: 1, max_workers: 4 };
    assert.deepEqual(lines({ num_workers: 1 }, { num_workers: 1, autoscale: limits }), [
      '- autoscale: {"min_workers":1,"max_workers":4}',
    ]);
    assert.deepEqual(lines({ autoscale: limits }, { num_workers: 1, autoscale: limits }), []);
    assert.deepEqual(lines({ autoscale: limits }, { num_workers: 1 }), [
      '+ autoscale: {"min_workers":1,"max_workers":4}',
    ]);
  });
});
