import assert from 'node:assert/strict';
import {
  accepted,
  finishOperation,
  OperationError,
  type Operation,
} from '../../../../shared/azure/resourceManager/longRunningOperation';
import { CancelledError } from '../../../../shared/errors';
import { createHttpClient } from '../../../../shared/http/createHttpClient';
import { TimedOutError } from '../../../../shared/http/poll';
import { FakeAgent } from '../../../support/fakeAgent';
import { FakeClock } from '../../../support/fakeClock';
import { testContext } from '../../../support/testContext';
import { breakOff, RecordingServer, truncate, type Behaviour, type Reply } from '../../../support/recordingServer';
import { errorOf, TestTokens } from '../../http/clientUnderTest';

const path = '/subscriptions/s/things/one';
/** A signed address as Azure returns it, with characters that a careless client would encode again. */
const signed =
  "/subscriptions/s/operations/42?api-version=2018-06-01&t=6386&c=MII%2bab/c-_~*'(!)+x==&s=%7E~a+b%20c&h=x/y";

describe('A long-running operation', () => {
  let server: RecordingServer;
  let agent: FakeAgent;
  let clock: FakeClock;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());
  beforeEach(() => {
    agent = new FakeAgent();
    clock = new FakeClock();
  });

  /** Sends a request and finishes what it began. */
  async function carryOut(
    method: Operation['method'],
    behaviours: readonly Behaviour[],
    {
      minutes = 30,
      cancel = new AbortController(),
      onRunning,
    }: { minutes?: number; cancel?: AbortController; onRunning?: () => Promise<void> } = {},
  ): Promise<unknown> {
    server.reset(...behaviours);
    const context = testContext({ agent, clock, signal: cancel.signal, deadline: clock.now() + minutes * 60_000 });
    const tokens = new TestTokens(5);
    const options = { service: 'Azure Resource Manager', userAgent: 'tests', baseUrl: server.url };
    const http = createHttpClient({ ...options, ...context, tokens });
    const request = { method, path, query: { 'api-version': '1' }, purpose: 'make the thing' } as const;
    const first = await http.answer({ ...request, repeatable: true }, accepted);
    return finishOperation(http, first, { ...request, ...(onRunning && { onRunning }) }, context);
  }
  const urls = (): readonly string[] => server.requests.map(({ method, url }) => `${method} ${url}`);
  const begun =
    (status: number, headers: Readonly<Record<string, string>>): Behaviour =>
    (_request, response) => {
      const full = Object.entries(headers).map(([name, value]) => [
        name,
        value.startsWith('/') ? server.url + value : value,
      ]);
      response.writeHead(status, Object.fromEntries(full) as Record<string, string>).end('{}');
    };
  const running: Reply = { body: { status: 'Pending' } };
  const succeeded: Reply = { body: { status: 'Succeeded' } };
  const thing: Reply = { body: { name: 'one' } };

  it('of a PUT is followed by its status, and returns the resource', async () => {
    const begin = begun(201, { 'azure-asyncoperation': '/operations/42', location: '/elsewhere' });
    assert.deepEqual(await carryOut('PUT', [begin, running, running, succeeded, thing]), { name: 'one' });
    const looks = Array<string>(3).fill('GET /operations/42');
    assert.deepEqual(urls(), [`PUT ${path}?api-version=1`, ...looks, `GET ${path}?api-version=1`]);
  });

  it('is polled at a signed address, byte for byte, which is never logged', async () => {
    const begin = begun(201, { 'azure-asyncoperation': signed });
    const failed: Reply = { status: 403, body: { error: { code: 'Bad', message: `not ${signed}` } } };
    await assert.rejects(carryOut('PUT', [begin, running, failed]), ({ message }: Error) => !message.includes('MII'));
    assert.equal(server.requests[1]?.url, signed.replace("'", '%27'));
    assert.doesNotMatch(agent.text(), /MII/);
  });

  it('of a POST returns the answer of its Location', async () => {
    const next = begun(202, { location: '/results/2?x=%2b' });
    const begin = begun(202, { location: '/results/1' });
    assert.deepEqual(await carryOut('POST', [begin, next, next, thing]), { name: 'one' });
    assert.deepEqual(urls().slice(1), ['GET /results/1', 'GET /results/2?x=%2b', 'GET /results/2?x=%2b']);
  });

  it('of a POST with a status returns the answer of its Location, once', async () => {
    const begin = begun(202, { 'operation-location': '/operations/42', location: '/results/1' });
    assert.deepEqual(await carryOut('POST', [begin, running, succeeded, thing]), { name: 'one' });
    assert.deepEqual(urls().slice(1), ['GET /operations/42', 'GET /operations/42', 'GET /results/1']);
  });

  it('of a DELETE ends at once without a header, whatever the state of the resource', async () => {
    await carryOut('DELETE', [{ status: 200, body: { properties: { provisioningState: 'Failed' } } }]);
    await carryOut('DELETE', [{ status: 204 }]);
    assert.equal(server.requests.length, 1);
  });

  for (const body of ['{"status":"Failed","error":{"code":"Locked"}}', '{"error":{"code":"Locked"}}'])
    it(`of a DELETE has failed when its Location ends with 200 ${body}`, async () => {
      const end = carryOut('DELETE', [begun(202, { location: '/results/1' }), { body }]);
      await assert.rejects(end, /^OperationError: Could not make the thing: Azure reports Failed: Locked/);
    });

  it('without a header is followed by the state of the resource', async () => {
    const state = (provisioningState: string): Reply => ({ body: { properties: { provisioningState } } });
    await carryOut('PUT', [state('Creating'), state('Updating'), state('Succeeded')]);
    assert.deepEqual(urls().slice(1), Array<string>(2).fill(`GET ${path}?api-version=1`));
    await carryOut('PUT', [thing]);
    assert.equal(server.requests.length, 1);
    await assert.rejects(carryOut('PUT', [state('Creating'), state('Failed')]), OperationError);
  });

  for (const status of [201, 204])
    it(`ends with a ${status} of its Location`, async () => {
      await carryOut('DELETE', [begun(202, { location: '/results/1' }), begun(202, {}), { status }]);
      assert.equal(server.requests.length, 3);
    });

  it('is not ended by a look at the resource that brings no resource', async () => {
    const creating: Reply = { body: { properties: { provisioningState: 'Creating' } } };
    const begunOnly: Reply = { ...thing, status: 202 };
    await assert.rejects(
      carryOut('PUT', [creating, begunOnly], { minutes: 1 }),
      /202 with a status that was not asked/,
    );
    const begin = begun(201, { 'azure-asyncoperation': '/operations/42' });
    await assert.rejects(carryOut('PUT', [begin, succeeded, begunOnly]), /202 with a status that was not asked for/);
  });

  describe('that the identity cannot read', () => {
    const message = "does not have authorization to perform action 'Microsoft.Things/locations/operations/read'";
    const forbidden: Reply = { status: 403, body: { error: { code: 'AuthorizationFailed', message } } };
    const state = (provisioningState: string): Reply => ({ body: { properties: { provisioningState } } });
    const begin = begun(202, { 'azure-asyncoperation': '/operations/42', location: '/results/1' });

    it('is followed by the resource that is put', async () => {
      const end = { name: 'one', ...(state('Succeeded').body as object) };
      assert.deepEqual(await carryOut('PUT', [begin, running, forbidden, state('Updating'), { body: end }]), end);
      const looks = [
        ...Array<string>(2).fill('GET /operations/42'),
        ...Array<string>(2).fill(`GET ${path}?api-version=1`),
      ];
      assert.deepEqual(urls().slice(1), looks);
    });

    it('has failed with the resource, and the error says why there is no reason', async () => {
      await assert.rejects(carryOut('PUT', [begin, forbidden, state('Failed')]), (error: OperationError) => {
        assert.equal(error.name, 'OperationError');
        assert.match(
          error.message,
          /Azure reports Failed: no reason given\. Azure did not say why, because the identity/,
        );
        return error.message.includes('Microsoft.Things/locations/operations/read');
      });
    });

    it('is complete when the resource that is deleted no longer exists', async () => {
      const gone: Reply = { status: 404, body: { error: { code: 'ResourceNotFound' } } };
      await carryOut('DELETE', [begin, forbidden, state('Succeeded'), state('Deleting'), gone]);
      assert.equal(server.requests.length, 5);
      await assert.rejects(carryOut('DELETE', [begin, forbidden, state('Deleting')], { minutes: 1 }), TimedOutError);
    });

    it('is an error for a POST, whose result is nowhere else', async () => {
      await assert.rejects(carryOut('POST', [begin, forbidden]), /403 AuthorizationFailed/);
      assert.equal(server.requests.length, 2);
    });

    it('is an error when the resource cannot be read either', async () => {
      await assert.rejects(carryOut('PUT', [begin, forbidden, forbidden]), /403 AuthorizationFailed/);
    });
  });

  it('that fails reports the innermost error and the correlation id', async () => {
    const details = [{ code: 'InaccessibleImage', message: 'The image is not accessible.' }];
    const failed: Reply = {
      headers: { 'x-ms-correlation-request-id': 'c0ffee-1' },
      body: { status: 'Failed', error: { code: 'Conflict', message: 'See details.', details } },
    };
    const begin = begun(201, { 'azure-asyncoperation': '/operations/42' });
    const error = await errorOf(OperationError, carryOut('PUT', [begin, failed]));
    assert.equal(
      error.message,
      'Could not make the thing: Azure reports Failed: InaccessibleImage: The image is not accessible. Correlation id: c0ffee-1.',
    );
    assert.equal(error.errorCode, 'InaccessibleImage');
  });

  it('is not polled for as long as Azure asks', async () => {
    const slow: Reply = { ...running, headers: { 'retry-after': '20' } };
    const begin = begun(201, { 'azure-asyncoperation': '/operations/42', 'retry-after': '7' });
    const startedAt = clock.now();
    const times: number[] = [];
    const onRunning = async (): Promise<void> => void times.push((clock.now() - startedAt) / 1000);
    await carryOut('PUT', [begin, slow, slow, succeeded, thing], { onRunning });
    assert.deepEqual(times, [7, 27]);
    assert.equal((clock.now() - startedAt) / 1000, 47);
  });

  it('survives faults of single polls, and an expired token', async () => {
    const begin = begun(201, { 'azure-asyncoperation': '/operations/42' });
    const faults = [{ status: 429, body: { error: { code: 'TooManyRequests' } } }, { status: 503 }, breakOff, truncate];
    await carryOut('PUT', [begin, ...faults, { status: 401 }, succeeded, thing]);
    assert.equal(server.requests.at(-1)?.headers.authorization, 'Bearer secret-token-2');
  });

  it('continues when the time is up or the run is cancelled, and the error says so', async () => {
    const begin = begun(201, { 'azure-asyncoperation': '/operations/42?s=secret' });
    const late = await errorOf(TimedOutError, carryOut('PUT', [begin, running], { minutes: 2 }));
    assert.match(
      late.message,
      /^Timed out waiting for Azure to make the thing, after 2 min\. Azure continues .*operation 42/,
    );

    const cancel = new AbortController();
    const onRunning = async (): Promise<void> => cancel.abort(new CancelledError());
    const error = await errorOf(CancelledError, carryOut('PUT', [begin, running], { cancel, onRunning }));
    assert.equal(error.message, 'Cancelled. Azure continues with it (operation 42).');
  });
});
