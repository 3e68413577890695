import assert from 'node:assert/strict';
import { TaskError } from '../../shared/errors';
import { pathSegment, pathSegments } from '../../shared/pathSegment';

describe('A name in the path of a URL', () => {
  it('is encoded', () => {
    assert.equal(pathSegment('Fraud models/é?#%'), 'Fraud%20models%2F%C3%A9%3F%23%25');
    assert.equal(pathSegment('👩‍🔬'), encodeURIComponent('👩‍🔬'));
    assert.equal(pathSegments('/Volumes/a b//c.whl'), '/Volumes/a%20b//c.whl');
  });

  for (const name of ['', '.', '..', '\ud800', 'a\udc00b'])
    it(`is not ${JSON.stringify(name)}`, () => {
      assert.throws(() => pathSegment(name), TaskError);
      if (name !== '') assert.throws(() => pathSegments(`/a/${name}/b`), TaskError);
    });
});
