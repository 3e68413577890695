import assert from 'node:assert/strict';
import { TaskError } from '../../../shared/errors';
import { parseJsonPath, valueAt } from '../../../shared/smokeTest/jsonPath';
import {
  anything,
  runSmokeTest,
  type SmokeExpectation,
  type SmokeOutcome,
} from '../../../shared/smokeTest/runSmokeTest';
import type { SmokeAnswer } from '../../../shared/smokeTest/sendSample';

describe('a smoke test', () => {
  const sent: string[] = [];
  beforeEach(() => (sent.length = 0));

  function run(answer: Partial<SmokeAnswer>, expectation: Partial<SmokeExpectation>): Promise<SmokeOutcome> {
    return runSmokeTest(
      async (body) => {
        sent.push(body);
        return { status: 200, milliseconds: 10, text: '{"predictions":[1.5,{"label":"a"}],"ok":true}', ...answer };
      },
      { payload: '{"data":[1]}', expectation: { status: 200, requests: 1, ...expectation } },
    );
  }

  it('passes when every answer is as expected', async () => {
    const json = {
      '$.predictions[0]': 1.5,
      '$.predictions[-1]': { label: 'a' },
      '$.ok': true,
      predictions: anything,
    };
    const { problem, milliseconds } = await run({}, { json, requests: 3, maxLatencyMilliseconds: 10 });
    assert.equal(problem, undefined);
    assert.deepEqual(milliseconds, [10, 10, 10]);
    assert.deepEqual(sent, ['{"data":[1]}', '{"data":[1]}', '{"data":[1]}']);
  });

  for (const [what, answer, expectation, problem] of [
    [
      'another status',
      { status: 500, text: 'bad\n shape' },
      {},
      'The answer to the sample has status 500, not 200: bad shape',
    ],
    ['no text', { status: 500, text: '' }, {}, 'The answer to the sample has status 500, not 200: (nothing)'],
    [
      'another value',
      {},
      { json: { '$.predictions[0]': 2 } },
      'The answer to the sample has 1.5 at $.predictions[0], not 2: {"predictions":[1.5,{"label":"a"}],"ok":true}',
    ],
    [
      'no value',
      {},
      { json: { '$.scores': anything } },
      'The answer to the sample has nothing at $.scores: {"predictions":[1.5,{"label":"a"}],"ok":true}',
    ],
    [
      'a page of the service',
      { status: 500, text: '<!doctype html>\n<title>500 Internal\nServer Error</title><style>…' },
      {},
      'The answer to the sample has status 500, not 200: 500 Internal Server Error',
    ],
    [
      'a sign-in page',
      { text: '<html><title>Sign in</title>' },
      {},
      'The answer to the sample is a web page, not the answer of a model: Sign in',
    ],
    [
      'text that is not fit to be shown',
      { status: 500, text: '\u001b[31mTrace\u0000back\u202e\r\n  in\tscore' },
      {},
      'The answer to the sample has status 500, not 200: [31mTrace back in score',
    ],
    ['no JSON', { text: 'hello' }, { json: { $: anything } }, 'The answer to the sample is not JSON: hello'],
    [
      'an answer that is late',
      { milliseconds: 120.4 },
      { maxLatencyMilliseconds: 100, requests: 5 },
      'Answer 1 of 5 to the sample took 120 ms; the limit is 100 ms.',
    ],
  ] as const) {
    it(`reports what is wrong with ${what}, and stops`, async () => {
      assert.equal((await run(answer, expectation)).problem, problem);
      assert.equal(sent.length, 1);
    });
  }

  it('shortens long answers', async () => {
    const { problem } = await run({ status: 500, text: 'x'.repeat(10_000) }, {});
    assert.ok((problem?.length ?? 0) < 500);
  });

  it('sends nothing for an invalid path', async () => {
    await assert.rejects(run({}, { json: { 'a[': 1 } }), TaskError);
    assert.deepEqual(sent, []);
  });
});

describe('a JSON path', () => {
  const document = { a: [{ b: 1 }, [2, 3]], 'with space': { 'x.y': null }, length: 7 };
  for (const [path, value] of [
    ['$', document],
    ['', document],
    ['$.a[0].b', 1],
    ['a[1][-1]', 3],
    ['[length]', undefined],
    ['$.length', 7],
    ['$.a.length', undefined],
    ["$['with space']['x.y']", null],
    ['$["with space"]', { 'x.y': null }],
    ['$.a[9]', undefined],
    ['$.toString', undefined],
    ['$.a[0].b.c', undefined],
  ] as const) {
    it(`${path} gives ${JSON.stringify(value)}`, () => {
      const steps = parseJsonPath(path);
      assert.deepEqual(steps && valueAt(document, steps), value);
    });
  }

  for (const path of ['$..a', '$.a[', '$.a]', '$.a[x]', '$[*]', '$.']) {
    it(`is not ${path}`, () => assert.equal(parseJsonPath(path), undefined));
  }
});
