import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { LogTail } from '../../../sandbox/databricks/notebooks/logTail';

describe('The log of a run', () => {
  it('contains the whole output up to its limit', () => {
    const log = new LogTail(10);
    for (const text of ['Grü', 'ße', ' 1']) log.write(Buffer.from(text));
    assert.equal(log.text(), 'Grüße 1');
  });

  it('contains the end of an output that exceeds its limit', () => {
    const log = new LogTail(5);
    for (let number = 0; number < 1000; number++) log.write(Buffer.from(String(number)));
    assert.equal(log.text(), '98999');
  });
});
