import assert from 'node:assert/strict';
import { runPage } from '../../../../shared/databricks/runs/page';

const run = { id: '9007199254740993', jobId: '12', pageUrl: '' };

describe('runPage', () => {
  it('takes the id of the workspace from the address that the API gives', () => {
    const pageUrl = 'https://dbc-1.cloud.databricks.com/?o=77#job/12/run/3';
    assert.equal(
      runPage('https://dbc-1.cloud.databricks.com', { ...run, pageUrl }),
      'https://dbc-1.cloud.databricks.com/jobs/12/runs/9007199254740993?o=77',
    );
  });

  it('takes it from the name of an Azure workspace otherwise, and omits it where there is none', () => {
    assert.equal(
      runPage('https://adb-42.7.azuredatabricks.net', run),
      'https://adb-42.7.azuredatabricks.net/jobs/12/runs/9007199254740993?o=42',
    );
    assert.equal(runPage('https://x.test', run), 'https://x.test/jobs/12/runs/9007199254740993');
  });

  it('needs no job', () => {
    const pageUrl = 'https://x.test/?o=77#run/3';
    assert.equal(runPage('https://x.test', { ...run, jobId: '', pageUrl }), pageUrl);
    assert.equal(runPage('https://x.test', { ...run, jobId: '' }), 'https://x.test/jobs/runs');
    assert.equal(
      runPage('https://adb-42.7.azuredatabricks.net', { ...run, jobId: '' }, '5'),
      'https://adb-42.7.azuredatabricks.net/jobs/runs?o=42',
    );
  });

  it('gives the page of one task of the run', () => {
    assert.equal(runPage('https://x.test', run, '5'), 'https://x.test/jobs/12/runs/5');
  });
});
