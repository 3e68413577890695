import assert from 'node:assert/strict';
import type { ClusterSettings } from '../../../../shared/databricks/api/clusters';
import { clusterDifferences, rememberedSpec } from '../../../../shared/databricks/clusters/differences';
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

  it('compares what the service returns only as it was asked for', () => {
    const wanted = { num_workers: 2, apply_policy_default_values: true };
    assert.deepEqual(lines(wanted, { num_workers: 2 }, wanted), []);
    assert.deepEqual(lines(wanted, { num_workers: 2 }, { num_workers: 2 }), ['+ apply_policy_default_values: true']);
    const unset = { ...wanted, apply_policy_default_values: false };
    assert.deepEqual(lines(unset, { num_workers: 2 }, wanted), ['- apply_policy_default_values: true']);
    const image = { docker_image: { url: 'a/b' } };
    assert.deepEqual(lines(image, {}, image), []);
    assert.deepEqual(lines({ docker_image: { url: 'a/c' } }, {}, image), ['~ docker_image.url: a/b → a/c']);
  });

  it('does not take the size from what was asked for before the cluster was resized', () => {
    const limits = { min_workers: 1, max_workers: 4 };
    const asked = { autoscale: limits };
    assert.deepEqual(lines({ num_workers: 2 }, { num_workers: 2 }, asked), []);
    assert.deepEqual(lines({ autoscale: limits }, { num_workers: 2 }, asked), [
      '+ autoscale: {"min_workers":1,"max_workers":4}',
    ]);
  });

  it('reports what the service never returns unless a tag remembers it', () => {
    const docker_image = { url: 'a/b', basic_auth: { username: 'u', password: 'p' } };
    const wanted = { docker_image, new_setting: 'x' };
    const returned = { docker_image: { url: 'a/b' } };
    assert.deepEqual(lines(wanted, returned), ['+ new_setting: x', '+ docker_image.basic_auth: ***']);
    const { custom_tags } = rememberedSpec<ClusterSettings>(wanted);
    assert.deepEqual(lines(wanted, { ...returned, custom_tags }), []);
    assert.deepEqual(lines({ ...wanted, new_setting: 'y' }, { ...returned, custom_tags }).length, 2);
    assert.deepEqual(lines(returned, { ...returned, custom_tags }), []);
    assert.equal(rememberedSpec(returned), returned);
  });

  for (const [written, returned] of [
    ['DATA_SECURITY_MODE_DEDICATED', 'SINGLE_USER'],
    ['DATA_SECURITY_MODE_STANDARD', 'USER_ISOLATION'],
    ['DATA_SECURITY_MODE_AUTO', 'USER_ISOLATION'],
  ])
    it(`knows ${returned} for ${written}`, () => {
      assert.deepEqual(lines({ data_security_mode: written }, { data_security_mode: returned }), []);
      assert.equal(lines({ data_security_mode: written }, { data_security_mode: 'NONE' }).length, 1);
      assert.equal(lines({ data_security_mode: returned }, { data_security_mode: written }).length, 1);
    });

  it('ignores the size of a single node and the order of SSH keys', () => {
    assert.deepEqual(lines({ is_single_node: true, num_workers: 1 }, { is_single_node: true, num_workers: 0 }), []);
    assert.deepEqual(lines({ is_single_node: false, num_workers: 1 }, { num_workers: 2 }), ['~ num_workers: 2 → 1']);
    assert.deepEqual(lines({ ssh_public_keys: ['b', 'a'] }, { ssh_public_keys: ['a', 'b'] }), []);
    assert.deepEqual(lines({ ssh_public_keys: ['b', 'a'] }, { ssh_public_keys: ['a', 'c'] }).length, 2);
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
