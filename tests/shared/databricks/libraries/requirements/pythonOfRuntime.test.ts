import assert from 'node:assert/strict';
import { pythonOfRuntime } from '../../../../../shared/databricks/libraries/requirements/pythonOfRuntime';

describe('pythonOfRuntime', () => {
  it('returns the Python version of a runtime of any kind', () => {
    assert.equal(pythonOfRuntime('14.3.x-scala2.12'), '3.10');
    assert.equal(pythonOfRuntime('15.4.x-cpu-ml-scala2.12'), '3.11');
    assert.equal(pythonOfRuntime('16.4.x-photon-scala2.13'), '3.12');
  });

  it('returns nothing for unknown runtimes', () => {
    for (const version of ['99.1.x-scala2.13', 'custom:snapshot', 'next-major-version', ''])
      assert.equal(pythonOfRuntime(version), undefined);
  });
});
