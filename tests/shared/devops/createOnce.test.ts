import assert from 'node:assert/strict';
import { createOnce } from '../../../shared/devops/createOnce';
import { TaskError } from '../../../shared/errors';
import { CallError, HttpError } from '../../../shared/http/errors';
import { FakeClock } from '../../support/fakeClock';
import { breakOff, reply, truncate, type Behaviour, type Reply } from '../../support/recordingServer';
import { errorOf } from '../http/clientUnderTest';
import { OrganizationUnderTest } from './organizationUnderTest';

/** A service that creates repositories of the same name again and again, if it is asked to. */
describe('Creating once', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  let created: string[] = [];
  /** How the service answers to creations, and whether it creates then. */
  let plans: { readonly creates: boolean; readonly answer?: Behaviour }[] = [];
  /** How many reads do not show what exists. */
  let hidden = 0;

  function serve(...given: typeof plans): void {
    [created, plans, hidden] = [[], given, 0];
    organization.answers((request, response) => {
      if (request.method === 'GET') {
        const value = hidden-- > 0 ? [] : created.map(repository);
        reply(response, { body: { count: value.length, value } });
        return;
      }
      const { creates, answer } = plans.shift() ?? { creates: true };
      if (creates) created.push(`r${created.length + 1}`);
      const whole: Reply = { status: 201, body: repository(created.at(-1) ?? '') };
      if (typeof answer === 'function') answer(request, response);
      else reply(response, answer ?? whole);
    });
  }

  async function create(clock = new FakeClock()): Promise<string> {
    const { git } = organization.connect();
    const find = async () => (await git.repositories('ml')).find(({ name }) => name === 'm1');
    const context = { clock, signal: new AbortController().signal };
    return (await createOnce(() => git.createRepository('ml', 'm1'), find, context)).id;
  }

  const posts = () => organization.calls.filter((call) => call.startsWith('POST')).length;

  it('sends one request and no read when it is answered', async () => {
    serve({ creates: true });
    assert.equal(await create(), 'r1');
    assert.equal(organization.requests.length, 1);
  });

  const lost: readonly (readonly [string, Behaviour])[] = [
    ['a broken connection', breakOff],
    ['a truncated body', truncate],
    ['a 500', { status: 500, body: { message: 'x' } }],
    ['a 503 of a gateway', { status: 503, body: '<html><title>Bad gateway</title></html>' }],
  ];
  for (const [what, answer] of lost) {
    it(`finds what was created in spite of ${what}`, async () => {
      serve({ creates: true, answer });
      assert.equal(await create(), 'r1');
      assert.deepEqual([created, posts()], [['r1'], 1]);
    });

    it(`finds what was created in spite of ${what}, and is shown some seconds later`, async () => {
      serve({ creates: true, answer });
      hidden = 2;
      const clock = new FakeClock();
      assert.equal(await create(clock), 'r1');
      assert.deepEqual([created, posts()], [['r1'], 1]);
      assert.ok(clock.now() > 0);
    });

    it(`repeats after ${what} when nothing was created`, async () => {
      serve({ creates: false, answer }, { creates: true });
      assert.equal(await create(), 'r1');
      assert.deepEqual([created, posts()], [['r1'], 2]);
    });
  }

  it('takes what exists already, whatever status says so', async () => {
    for (const status of [400, 404, 409]) {
      serve({ creates: true, answer: { status, body: { message: 'TF400948: …', typeKey: 'AnyException' } } });
      assert.equal(await create(), 'r1');
      assert.equal(posts(), 1);
    }
  });

  it('takes what exists already, and is shown some seconds later', async () => {
    serve({ creates: true, answer: { status: 409, body: { message: 'TF400948: A Git repository …' } } });
    hidden = 2;
    assert.equal(await create(), 'r1');
  });

  it('rejects with a refusal when nothing exists, and does not repeat it', async () => {
    for (const status of [400, 403, 404, 409]) {
      serve({ creates: false, answer: { status, body: { message: 'no', typeKey: 'AnyException' } } });
      assert.equal((await errorOf(HttpError, create())).status, status);
      assert.equal(posts(), 1);
    }
  });

  it('gives up after three attempts', async () => {
    const broken = { creates: false, answer: breakOff };
    serve(broken, broken, broken, broken);
    await errorOf(CallError, create());
    assert.equal(posts(), 3);
  });

  it('says that it is unknown what was created when it cannot be read', async () => {
    serve({ creates: true, answer: breakOff });
    const { git } = organization.connect();
    const context = { clock: new FakeClock(), signal: new AbortController().signal };
    const find = () => Promise.reject(new TaskError('Could not list the repositories.'));
    const error = await errorOf(
      TaskError,
      createOnce(() => git.createRepository('ml', 'm1'), find, context),
    );
    assert.match(
      error.message,
      /^Could not create the repository 'm1' .+ Could not determine whether it was created: Could not list/s,
    );
  });
});

function repository(id: string) {
  return { id, name: 'm1', project: { id: 'p1', name: 'ml' }, size: 0, remoteUrl: '', webUrl: '' };
}
