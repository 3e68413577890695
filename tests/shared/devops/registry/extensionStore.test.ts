import assert from 'node:assert/strict';
import { ExtensionStore } from '../../../../shared/devops/registry/extensionStore';
import { StoreError } from '../../../../shared/variables/registry/documentStore';
import { reply, type Behaviour } from '../../../support/recordingServer';
import { OrganizationUnderTest } from '../organizationUnderTest';

const extension = { publisherName: 'contoso', extensionName: 'models' };
const path =
  '/extmgmt/contoso/_apis/ExtensionManagement/InstalledExtensions/contoso/models/Data/Scopes/Default/Current/Collections';

const refusal = (status: number, typeKey: string, message = 'no'): Behaviour => ({
  status,
  body: { message, typeKey },
});

describe('The documents of the extension', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());
  const store = (...behaviours: Behaviour[]): ExtensionStore => {
    organization.answers(...behaviours);
    return new ExtensionStore(organization.connect(), extension);
  };

  it('are listed, read, created and replaced, with all their fields', async () => {
    const stored = { id: 'churn', __etag: 3, text: 'a', nested: { list: [1, null] } };
    assert.deepEqual(await store({ body: { count: 1, value: [stored] } }).list('models'), [stored]);
    assert.deepEqual(await store({ body: stored }).read('models', 'churn'), stored);
    assert.deepEqual(organization.calls, [`GET ${path}/models/Documents/churn`]);
    assert.equal(organization.requests[0]?.headers.accept, 'application/json;api-version=7.1-preview.1');

    assert.deepEqual(await store({ body: stored }).create('models', { id: 'churn', text: 'a' }), stored);
    assert.deepEqual(organization.calls, [`POST ${path}/models/Documents`]);
    await store({ body: stored }).replace('models', { id: 'churn', __etag: 2, text: 'a' });
    assert.deepEqual(organization.calls, [`PUT ${path}/models/Documents`]);
    assert.deepEqual(JSON.parse(String(organization.requests[0].body)), {
      id: 'churn',
      __etag: 2,
      text: 'a',
    });
  });

  it('are none in a collection that does not exist', async () => {
    const missing = refusal(404, 'DocumentCollectionDoesNotExistException');
    assert.deepEqual(await store(missing).list('models'), []);
    assert.equal(await store(missing).read('models', 'churn'), undefined);
    assert.equal(await store(refusal(404, 'DocumentDoesNotExistException')).read('models', 'churn'), undefined);
  });

  const errors: readonly (readonly [Behaviour, StoreError['kind']])[] = [
    [refusal(400, 'DocumentExistsException'), 'exists'],
    [refusal(400, 'InvalidDocumentVersionException'), 'stale'],
    [refusal(404, 'DocumentDoesNotExistException'), 'stale'],
    [refusal(400, 'MaximumDocumentSizeException'), 'tooLarge'],
    [refusal(404, 'InstalledExtensionNotFoundException'), 'notInstalled'],
    [refusal(404, 'Exception', '%error="1660004";%:The extension is not installed'), 'notInstalled'],
    [refusal(403, 'AccessDeniedException'), 'refused'],
    [{ status: 401, body: '' }, 'refused'],
    [{ status: 203, headers: { 'content-type': 'text/html' }, body: '<title>Sign In</title>' }, 'refused'],
    [{ status: 503, body: 'busy' }, 'unreachable'],
    [(_, response) => void response.destroy(), 'unreachable'],
    [refusal(400, 'ArgumentException'), 'unknown'],
  ];
  for (const [behaviour, kind] of errors)
    it(`report what fails as '${kind}'${typeof behaviour === 'function' ? ' without an answer' : ` for ${JSON.stringify(behaviour.body)}`}`, async () => {
      const error = await store(behaviour)
        .replace('models', { id: 'churn', __etag: 2 })
        .catch((thrown: unknown) => thrown);
      assert.ok(error instanceof StoreError);
      assert.equal(error.kind, kind, error.message);
      assert.match(error.message, /replace the document 'churn' of the collection 'models'/);
    });

  it('are not read from an answer that is not a document', async () => {
    await assert.rejects(store({ body: { id: 'churn', text: 'a' } }).read('models', 'churn'), StoreError);
    await assert.rejects(
      store((_request, response) => reply(response, { body: { value: [{ id: '', __etag: 1 }] } })).list('models'),
      StoreError,
    );
  });
});
