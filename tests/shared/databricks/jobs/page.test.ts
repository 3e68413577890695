import assert from 'node:assert/strict';
import { jobPage } from '../../../../shared/databricks/jobs/page';

describe('The page of a job', () => {
  it('names the workspace where its host does', () => {
    const url = 'https://adb-123.4.azuredatabricks.net';
    assert.equal(jobPage(url, '9007199254740993'), `${url}/jobs/9007199254740993?o=123`);
    assert.equal(jobPage('https://x.cloud.databricks.com', '1'), 'https://x.cloud.databricks.com/jobs/1');
    assert.equal(jobPage('https://acme.databricks.net', '1', '7'), 'https://acme.databricks.net/jobs/1?o=7');
  });
});
