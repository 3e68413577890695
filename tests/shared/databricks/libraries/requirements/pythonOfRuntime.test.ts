import assert from 'node:assert/strict';
import {
  machineOfRuntime,
  pythonOfRuntime,
} from '../../../../../shared/databricks/libraries/requirements/pythonOfRuntime';

describe('pythonOfRuntime', () => {
  it('returns the Python version of a runtime of any kind', () => {
    assert.equal(pythonOfRuntime('14.3.x-scala2.12'), '3.10');
    assert.equal(pythonOfRuntime('15.4.x-cpu-ml-scala2.12'), '3.11');
    assert.equal(pythonOfRuntime('16.4.x-photon-scala2.13'), '3.12');
  });

  it('returns it also without a minor version', () => {
    for (const flavor of ['', '-photon', '-cpu-ml', '-gpu-ml', '-aarch64', '-aarch64-photon'])
      assert.equal(pythonOfRuntime(`18.x${flavor}-scala2.13`), '3.12');
    assert.equal(pythonOfRuntime('18.1.x-scala2.13'), '3.12');
    assert.equal(pythonOfRuntime('17.x-photon-scala2.13'), '3.12');
  });

  it('returns nothing for unknown runtimes', () => {
    for (const version of ['99.1.x-scala2.13', '99.x-scala3', 'custom:snapshot', 'next-major-version', ''])
      assert.equal(pythonOfRuntime(version), undefined);
  });
});

describe('machineOfRuntime', () => {
  it('returns the machine as Python names it', () => {
    assert.equal(machineOfRuntime('18.x-aarch64-scala2.13'), 'aarch64');
    assert.equal(machineOfRuntime('15.4.x-aarch64-photon-scala2.12'), 'aarch64');
    assert.equal(machineOfRuntime('18.x-scala2.13'), 'x86_64');
  });
});
