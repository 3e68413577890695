import assert from 'node:assert/strict';
import {
  answerLost,
  organizationStopped,
  rateDelayed,
  rateLimited,
  signInPageInstead,
} from '../../../../sandbox/devops/faults';
import { useOrganization } from '../../../support/devops/fixture';
import { recordingsIfAny, required } from '../../../support/devops/facts';

describe('The faults of the organisation', () => {
  const { organization, ask } = useOrganization();
  const path = '/sandbox/_apis/projects';

  it('returns 503 with a byte order mark for an organisation that was stopped', async function () {
    organization().faults.add({ ...organizationStopped('stopped-org'), path });
    const { status, headers, text, body } = await ask('_apis/projects');
    assert.deepEqual([status, headers.get('content-type')], [503, 'application/json']);
    assert.ok(text.startsWith('\uFEFF'));
    assert.equal((body as { typeKey: string }).typeKey, 'VssServiceException');
    const recorded = required(this, recordingsIfAny()).facts.find((fact) => fact.status === 503);
    assert.equal(headers.get('x-tfs-serviceerror'), recorded?.headers['x-tfs-serviceerror']);
    assert.equal((await ask('_apis/projects')).status, 200);
  });

  it('returns 429 with the time to wait, and 200 with a delay', async () => {
    organization().faults.add({ ...rateLimited(3), path });
    const limited = await ask('_apis/projects');
    assert.deepEqual(
      [limited.status, limited.headers.get('retry-after'), limited.headers.get('x-ratelimit-remaining')],
      [429, '3', '0'],
    );
    organization().faults.add({ ...rateDelayed(1.5), path });
    const delayed = await ask('_apis/projects');
    assert.deepEqual([delayed.status, delayed.headers.get('x-ratelimit-delay')], [200, '1.500']);
    assert.equal((await ask('_apis/projects')).headers.get('x-ratelimit-delay'), null);
  });

  it('returns the sign-in page instead of an answer', async () => {
    organization().faults.add({ ...signInPageInstead, path });
    const { status, headers } = await ask('_apis/projects');
    assert.deepEqual([status, headers.get('content-type')], [203, 'text/html; charset=utf-8']);
  });

  it('loses the answer to a request that had its effect', async () => {
    organization().faults.add({ ...answerLost, method: 'POST', path });
    await assert.rejects(ask('_apis/projects', { method: 'POST', body: { name: 'made' } }));
    assert.equal((await ask('_apis/projects/made')).status, 200);
  });
});
