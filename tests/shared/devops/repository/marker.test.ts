import assert from 'node:assert/strict';
import { readMarker } from '../../../../shared/devops/repository/marker';

describe('the marker of a repository', () => {
  it('leaves out what cannot be read in it', () => {
    const odd = { toString: 'x', valueOf: 1 };
    const template = { repository: 'r', commit: 'c', content: odd };
    const id = 'a'.repeat(40);
    const files = { 'a.txt': `100644 ${id}`, 'b.txt': odd, 'c.txt': null, 'd.txt': '100644 text' };
    const made = {
      createdBy: 'CreateRepository of Model Pipeline Tasks',
      template,
      files,
      originals: { 'a.txt': odd, 'b.txt': '%' },
    };
    const marker = readMarker(Buffer.from(JSON.stringify(made)));
    assert.equal(marker?.content, '');
    assert.deepEqual([...(marker.files ?? [])], [['a.txt', { mode: '100644', id }]]);
    assert.deepEqual([...marker.originals], []);
  });
});
