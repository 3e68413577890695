import assert from 'node:assert/strict';
import {
  fieldSetOf,
  holds,
  pathsBeyond,
  pathText,
  unionOf,
  valueAt,
} from '../../../../shared/kubernetes/ownership/fieldSet';

const containers = 'k:{"name":"a"}';
const port = 'k:{"containerPort":80,"protocol":"TCP"}';

describe('a set of managed fields', () => {
  it('is joined with others, members and what is below them', () => {
    const sets = [
      {},
      { 'f:spec': { 'f:a': {} } },
      { 'f:spec': { 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {} } },
      { 'f:metadata': { 'f:labels': { 'f:x': {} } } },
    ];
    assert.deepEqual(unionOf(sets), {
      'f:spec': { 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {} },
      'f:metadata': { 'f:labels': { 'f:x': {} } },
    });
    assert.deepEqual(unionOf([{}, {}]), {});
    assert.deepEqual(unionOf([{ 'f:a': {} }, { 'f:a': { 'f:b': {} } }]), { 'f:a': { '.': {}, 'f:b': {} } });
    assert.deepEqual(unionOf([{ 'f:a': { 'f:b': {} } }, { 'f:a': { 'f:c': {} } }]), {
      'f:a': { 'f:b': {}, 'f:c': {} },
    });
  });

  it('is compared with another by its members', () => {
    const all = { 'f:spec': { 'f:containers': { [containers]: { '.': {}, 'f:image': {}, 'f:env': { 'v:1': {} } } } } };
    const texts = (known: object) => pathsBeyond(all, fieldSetOf(known)).map(pathText);
    assert.deepEqual(texts(all), []);
    assert.deepEqual(texts({ 'f:spec': { 'f:containers': { [containers]: { 'f:image': {} } } } }), [
      '.spec.containers[name="a"].env[=1]',
    ]);
    assert.deepEqual(texts({}), [
      '.spec.containers[name="a"]',
      '.spec.containers[name="a"].image',
      '.spec.containers[name="a"].env[=1]',
    ]);
  });

  it('names its fields as the API server does, and finds their values', () => {
    const path = ['f:spec', 'f:containers', containers, 'f:ports', port, 'f:containerPort'];
    assert.equal(pathText(path), '.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].containerPort');
    const ports = [
      { containerPort: 80, protocol: 'UDP' },
      { containerPort: 80, protocol: 'TCP' },
    ];
    const object = { spec: { containers: [{ name: 'b' }, { name: 'a', ports }] }, finalizers: ['x', 'y'] };
    assert.equal(valueAt(object, path), 80);
    assert.equal(valueAt(object, path.slice(0, 5)), ports[1]);
    assert.equal(valueAt(object, ['f:finalizers', 'v:"y"']), 'y');
    assert.equal(valueAt(object, ['f:spec', 'f:replicas', 'f:x']), undefined);
    assert.equal(valueAt(object, ['f:spec', containers]), undefined);
  });

  it('holds members only', () => {
    const fields = { 'f:spec': { 'f:replicas': {}, 'f:template': { '.': {}, 'f:a': {} } } };
    assert.equal(holds(fields, 'f:spec', 'f:replicas'), true);
    assert.equal(holds(fields, 'f:spec', 'f:template'), true);
    assert.equal(holds(fields, 'f:spec'), false);
    assert.equal(holds(fields, 'f:spec', 'f:replicas', 'f:x'), false);
    assert.deepEqual(fieldSetOf(undefined), {});
  });
});
