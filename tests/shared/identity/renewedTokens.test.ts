import assert from 'node:assert/strict';
import { TaskError } from '../../../shared/errors';
import { HttpError, isTransient } from '../../../shared/http/errors';
import type { IssuedToken } from '../../../shared/identity/issuedToken';
import { RenewedTokens, SignInError } from '../../../shared/identity/renewedTokens';
import { FakeClock } from '../../support/fakeClock';
import { errorOf } from '../http/clientUnderTest';

describe('tokens that are renewed', () => {
  let clock: FakeClock;
  let announced: string[];
  /** Whether each request was called a renewal. */
  let requests: boolean[];
  beforeEach(() => {
    clock = new FakeClock();
    announced = [];
    requests = [];
  });

  /** `token-1`, `token-2`, … */
  const issueFor =
    (lifeSeconds: number) =>
    (isRenewal: boolean): Promise<IssuedToken> => {
      requests.push(isRenewal);
      return Promise.resolve({ token: `token-${requests.length}`, lifeSeconds });
    };
  const tokensOf = (issue: (isRenewal: boolean) => Promise<IssuedToken>): RenewedTokens =>
    new RenewedTokens({ identity: () => 'me', issue, agent: { setSecret: (secret) => announced.push(secret) }, clock });

  for (const [lifeSeconds, goodSeconds] of [
    [3600, 3560],
    [81, 41],
    [80, 40],
    [79, 39.5],
    [20, 10],
    [1, 0.5],
  ] as const) {
    it(`are good for ${goodSeconds} s when they live ${lifeSeconds} s`, async () => {
      const tokens = tokensOf(issueFor(lifeSeconds));
      assert.equal(await tokens.token(), 'token-1');
      clock.advance(goodSeconds * 1000 - 1);
      assert.equal(await tokens.token(), 'token-1');
      clock.advance(1);
      assert.equal(await tokens.token(), 'token-2');
      assert.deepEqual(requests, [false, true]);
    });
  }

  it('count their life from when they were asked for, not from when they came', async () => {
    const issue = issueFor(100);
    const tokens = tokensOf((isRenewal) => {
      clock.advance(59_000);
      return issue(isRenewal);
    });
    await tokens.token();
    clock.advance(999);
    assert.equal(await tokens.token(), 'token-1');
    clock.advance(1);
    assert.equal(await tokens.token(), 'token-2');
  });

  it('are asked for once for all who come meanwhile', async () => {
    const tokens = tokensOf(issueFor(3600));
    const given = await Promise.all(Array.from({ length: 50 }, () => tokens.token()));
    assert.deepEqual(new Set(given), new Set(['token-1']));
    assert.equal(requests.length, 1);
  });

  it('come to the others when one of those who wait gives up', async () => {
    const controller = new AbortController();
    const tokens = tokensOf(issueFor(3600));
    const reason = new Error('cancelled');
    const [given, gaveUp] = [tokens.token(), tokens.token(controller.signal)];
    controller.abort(reason);
    await assert.rejects(gaveUp, reason);
    assert.equal(await given, 'token-1');
    assert.equal(requests.length, 1);
  });

  it('are kept for the next when the only one who waits gives up', async () => {
    const controller = new AbortController();
    const tokens = tokensOf(issueFor(3600));
    const gaveUp = tokens.token(controller.signal);
    controller.abort(new Error('cancelled'));
    await assert.rejects(gaveUp, /cancelled/);
    assert.equal(await tokens.token(), 'token-1');
    assert.equal(requests.length, 1);
  });

  it('are not asked for by somebody who has given up before', async () => {
    const reason = new Error('cancelled');
    await assert.rejects(tokensOf(issueFor(3600)).token(AbortSignal.abort(reason)), reason);
    assert.equal(requests.length, 0);
  });

  it('are replaced as soon as the service refuses one', async () => {
    const tokens = tokensOf(issueFor(3600));
    assert.equal(tokens.refused(await tokens.token()), true);
    assert.equal(await tokens.token(), 'token-2');
    assert.deepEqual(requests, [false, true]);
  });

  it('are not replaced for the refusal of an older one, which many calls may report', async () => {
    const tokens = tokensOf(issueFor(3600));
    const old = await tokens.token();
    tokens.refused(old);
    assert.equal(await tokens.token(), 'token-2');
    assert.equal(tokens.refused(old), true);
    assert.equal(await tokens.token(), 'token-2');
    assert.equal(requests.length, 2);
  });

  it('are announced as secrets before anybody is given one', async () => {
    const tokens = tokensOf(issueFor(3600));
    const seen = tokens.token().then((token) => [token, ...announced]);
    assert.deepEqual(await seen, ['token-1', 'token-1']);
  });

  it('are requested again by the next caller after a failure, which all waiting callers get', async () => {
    const issue = issueFor(3600);
    let isDown = true;
    const tokens = tokensOf((isRenewal) =>
      isDown ? Promise.reject(new TaskError('The service is down.')) : issue(isRenewal),
    );
    const outcomes = await Promise.allSettled([tokens.token(), tokens.token()]);
    for (const outcome of outcomes) assert.equal(outcome.status, 'rejected');
    isDown = false;
    assert.equal(await tokens.token(), 'token-1');
    assert.deepEqual(requests, [false]);
    assert.deepEqual(announced, ['token-1']);
  });

  for (const transient of [true, false]) {
    it(`fail with an error that has no status of its own and is ${transient ? 'passing' : 'lasting'} like its cause`, async () => {
      const facts = { errorCode: 'x', serviceMessage: '', requestId: undefined, retryAfterSeconds: undefined };
      const cause = new HttpError('Could not sign in: 404.', {
        ...facts,
        status: 404,
        attempts: 3,
        isTransient: transient,
      });
      const error = await errorOf(SignInError, tokensOf(() => Promise.reject(cause)).token());
      assert.equal(error.message, cause.message);
      assert.equal(error.attempts, 3);
      assert.equal(isTransient(error), transient);
      assert.equal('status' in error, false);
    });
  }

  it('leave a defect as it is', async () => {
    await assert.rejects(
      tokensOf(() => Promise.reject(new RangeError('a defect'))).token(),
      new RangeError('a defect'),
    );
  });
});
