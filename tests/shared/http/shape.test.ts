import assert from 'node:assert/strict';
import { ForeignAnswerError, HttpError } from '../../../shared/http/errors';
import { RecordingServer } from '../../support/recordingServer';
import { clientFor, create, errorOf, get, replace } from './clientUnderTest';
import * as shape from '../../../shared/http/shape';

const things = shape.object({ things: shape.listOf(shape.object({ id: shape.id, name: shape.shown })) });

describe('The shape of an answer', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  for (const [title, reply, what] of [
    ['an empty body', { body: '' }, '200 with an empty body'],
    ['blanks', { body: ' \n' }, '200 with an empty body'],
    ['null', { body: 'null' }, 'it is null, not an object (null)'],
    ['a word', { body: 'true' }, 'it is true or false, not an object (true)'],
    ['a text', { body: '"text"' }, 'it is text, not an object ("text")'],
    ['a number', { body: '5' }, 'it is a number, not an object (5)'],
    ['a list', { body: '[]' }, 'it is a list, not an object ([])'],
    ['a list that is null', { body: '{"things":null}' }, `'things' is null, not a list ({"things":null})`],
    ['a list that is text', { body: '{"things":"x"}' }, `'things' is text, not a list ({"things":"x"})`],
    ['a list that is an object', { body: '{"things":{}}' }, `'things' is an object, not a list ({"things":{}})`],
    ['an item that is null', { body: '{"things":[null]}' }, `'things.0' is null, not an object`],
    ['an item without its id', { body: '{"things":[{}]}' }, `'things.0.id' is missing`],
    ['an item with an empty id', { body: '{"things":[{"id":""}]}' }, `'things.0.id' is empty`],
    ['a part of the answer', { status: 206, body: '{}' }, '206 with a status that was not asked for'],
    ['a creation', { status: 201, body: '{}' }, '201 with a status that was not asked for'],
    ['work that has begun', { status: 202, body: '{}' }, '202 with a status that was not asked for'],
    ['no content', { status: 204 }, '204 with a status that was not asked for'],
    ['a reset', { status: 205 }, '205 with a status that was not asked for'],
  ] as const)
    it(`is not ${title}, which is a failure after three attempts`, async () => {
      server.reset(reply);
      const error = await errorOf(ForeignAnswerError, clientFor(server.url).client.json(get, things));
      assert.ok(error.message.includes(what), error.message);
      assert.equal(server.requests.length, 3);
    });

  it('may come after an answer of another shape', async () => {
    server.reset({ body: 'null' }, { body: { things: [{ id: 12 }] } });
    assert.deepEqual(await clientFor(server.url).client.json(get, things), { things: [{ id: '12', name: '' }] });
  });

  it('leaves other fields in it, and has an empty list where there is none', async () => {
    server.reset({ body: { more: 1 } });
    assert.deepEqual(await clientFor(server.url).client.json(get, things), { more: 1, things: [] });
  });

  for (const body of [
    { error_code: 'PERMISSION_DENIED', message: 'no' },
    { error: { code: 'PERMISSION_DENIED', message: 'no' } },
    { error: 'no' },
  ])
    it(`is not an error that comes with success: ${JSON.stringify(body)}`, async () => {
      server.reset({ body });
      const error = await errorOf(HttpError, clientFor(server.url).client.json(get, shape.done));
      assert.match(error.message, /^Could not read the thing: Databricks answered 200.*no\./);
      assert.equal(server.requests.length, 1);
    });

  it('may have an error as data', async () => {
    server.reset({ body: { error: 'the task failed' } });
    const withError = shape.object({ error: shape.optionalText });
    assert.deepEqual(await clientFor(server.url).client.json(get, withError), { error: 'the task failed' });
  });

  it('hides the answer where it holds secrets', async () => {
    server.reset({ body: { token: 'only-here' } });
    const call = clientFor(server.url).client.json(
      { ...get, hasSecretAnswer: true },
      shape.object({ value: shape.text }),
    );
    const { message } = await errorOf(ForeignAnswerError, call);
    assert.match(message, /'value' is missing\./);
    assert.doesNotMatch(message, /only-here/);
  });

  it('shows the beginning of a long answer in one line, without the token of the call', async () => {
    server.reset({ body: `["secret-token-1",\n"${'x'.repeat(500)}"]` });
    const { message } = await errorOf(ForeignAnswerError, clientFor(server.url).client.json(get, things));
    assert.match(message, /\(\["\*\*\*", "x{150,200}…\)/);
  });

  it('has no body where the service sends none', async () => {
    server.reset({ status: 204 });
    assert.equal(await clientFor(server.url).client.json(create, shape.noContent), undefined);
  });

  it('is not missing where the service sends no content, which is a failure after three attempts', async () => {
    server.reset({ status: 204 });
    const error = await errorOf(ForeignAnswerError, clientFor(server.url).client.json(replace, things));
    assert.match(error.message, /204 with an empty body/);
    assert.equal(server.requests.length, 3);
  });

  for (const status of [201, 202, 204]) {
    it(`may come with ${status} where the call may change something`, async () => {
      server.reset({ status });
      const answer = await clientFor(server.url).client.answer(create, shape.noContent);
      assert.equal(answer.status, status);
    });

    it(`may come with ${status} where a call that reads names it, and with no other one`, async () => {
      const { client } = clientFor(server.url);
      server.reset({ status });
      const answer = await client.answer({ ...get, statuses: [status] }, shape.noContent);
      assert.equal(answer.status, status);
      await errorOf(ForeignAnswerError, client.answer({ ...get, statuses: [status + 5] }, shape.noContent));
    });
  }

  it('may come with 203 from a proxy that changed it', async () => {
    server.reset({ status: 203, body: { things: [] } });
    assert.deepEqual(await clientFor(server.url).client.json(get, things), { things: [] });
  });

  it('takes null for a field that may be missing, and keeps the whole object as it came', async () => {
    const nullable = shape.withWhole(
      shape.object({ a: shape.maybe(shape.number), b: shape.shown, whole: shape.jsonMap }),
    );
    server.reset({ body: { a: null, b: 5 } });
    const { a, b, whole } = await clientFor(server.url).client.json(get, nullable);
    assert.deepEqual([a, b, whole], [undefined, '', { a: null, b: 5 }]);
  });

  it('has ids that are integers of 64 bits, as numbers or in digits', () => {
    for (const [value, id] of [
      [12, '12'],
      ['9007199254740993', '9007199254740993'],
    ] as const)
      assert.deepEqual(shape.readShape(shape.integerId, value), { value: id });
    for (const other of ['text', '', '-1', -1, 1.5, 1e300, '1e3', '0x10', '1'.repeat(20), null, [1]])
      assert.match(problemOf(shape.integerId, other), /^it is (empty|missing|.+, not an integer)$/);
  });

  it('has dates, and leaves out what may be empty', () => {
    const dates = shape.object({ at: shape.date, until: shape.blankable(shape.date) });
    const at = '2026-11-30T19:52:20Z';
    for (const until of [undefined, null, ''])
      assert.deepEqual(shape.readShape(dates, { at, until }), { value: { at } });
    assert.equal(problemOf(dates, { at, until: '2026-13-45' }), "'until' is text, not a date");
    assert.equal(problemOf(dates, { at: 5 }), "'at' is a number, not a date");
  });
});

function problemOf(of: shape.Shape<unknown>, value: unknown): string {
  const reading = shape.readShape(of, value);
  return 'problem' in reading ? reading.problem : '';
}
