import assert from 'node:assert/strict';
import type { HttpClient } from '../../../../../shared/http/httpClient';
import {
  IncompleteAnswerError,
  PushRefusedError,
  readAdvertisement,
  sendPack,
  type GitRemote,
} from '../../../../../shared/devops/repository/git/receivePack';

const [id, other] = ['1'.repeat(40), '2'.repeat(40)];
const update = { ref: 'refs/heads/main', oldId: '0'.repeat(40), newId: id };
const flush = '0000';

function line(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

function bytesOf(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** A remote that gives these answers, one after the other. */
function remote(...answers: readonly Buffer[]): { readonly remote: GitRemote; readonly sent: Buffer[] } {
  const sent: Buffer[] = [];
  const left = [...answers];
  const http: HttpClient = {
    json: () => Promise.reject(new Error('git is not JSON')),
    save: () => Promise.reject(new Error('not expected')),
    bytes: (request) => {
      sent.push(Buffer.from(request.content?.bytes ?? ''));
      return Promise.resolve(left.shift() ?? Buffer.alloc(0));
    },
  };
  return { remote: { http, path: '/models/_git/churn', name: "the repository 'churn'" }, sent };
}

const empty = bytesOf(
  line('# service=git-receive-pack\n'),
  flush,
  line(`${'0'.repeat(40)} capabilities^{}\0report-status side-band-64k\n`),
  flush,
);

describe('readAdvertisement', () => {
  it('reads branches and capabilities, also of an empty repository', async () => {
    const filled = bytesOf(
      line('# service=git-receive-pack\n'),
      flush,
      line(`${id} refs/heads/main\0report-status agent=x\n`),
      line(`${other} refs/tags/v1\n`),
      flush,
    );
    assert.deepEqual(await readAdvertisement(remote(filled).remote), {
      refs: new Map([
        ['refs/heads/main', id],
        ['refs/tags/v1', other],
      ]),
      capabilities: new Set(['report-status', 'agent=x']),
    });
    const { refs, capabilities } = await readAdvertisement(remote(empty).remote);
    assert.deepEqual([refs.size, [...capabilities]], [0, ['report-status', 'side-band-64k']]);
  });

  it('reads an answer that breaks off again, and fails when it always does', async () => {
    const half = empty.subarray(0, empty.length / 2);
    const withoutEnd = empty.subarray(0, -4);
    assert.equal((await readAdvertisement(remote(half, withoutEnd, empty).remote)).refs.size, 0);
    await assert.rejects(readAdvertisement(remote(half, half, half).remote), IncompleteAnswerError);
    await assert.rejects(
      readAdvertisement(remote(...[1, 2, 3].map(() => Buffer.from('{}'))).remote),
      IncompleteAnswerError,
    );
  });
});

describe('sendPack', () => {
  const pack = Buffer.from('PACK');
  const report = (text: string): Buffer => bytesOf(line('unpack ok\n'), line(text), flush);

  it('sends the command and the pack, and reads the report with and without bands', async () => {
    const plain = remote(report('ok refs/heads/main\n'));
    await sendPack(plain.remote, update, pack, new Set(['report-status']));
    const command = `${update.oldId} ${id} refs/heads/main\0 report-status agent=model-pipeline-tasks`;
    assert.equal(plain.sent[0]?.toString(), `${line(command).toString()}${flush}PACK`);

    const whole = report('ok refs/heads/main\n');
    const onBands = bytesOf(
      line(bytesOf('\u0002', 'Analyzing objects')),
      line(bytesOf('\u0001', whole.subarray(0, 10))),
      line(bytesOf('\u0001', whole.subarray(10))),
      flush,
    );
    await sendPack(remote(onBands).remote, update, pack, new Set(['side-band-64k']));
  });

  it('fails with the words of the service when the branch was not updated', async () => {
    const refused = report('ng refs/heads/main TF402455: Pushes to this branch are not permitted\n');
    const push = (answer: Buffer, capabilities: readonly string[] = []): Promise<void> =>
      sendPack(remote(answer).remote, update, pack, new Set(capabilities));
    await assert.rejects(push(refused), (error: unknown) => {
      assert.ok(error instanceof PushRefusedError);
      assert.match(error.message, /refused refs\/heads\/main: TF402455: Pushes to this branch/);
      return true;
    });
    await assert.rejects(push(bytesOf(line('unpack index-pack failed\n'), flush)), /index-pack failed/);
    await assert.rejects(push(report('ok refs/heads/other\n')), /it gave no reason/);
    await assert.rejects(push(bytesOf(line('\u0003disk is full\n')), ['side-band-64k']), /disk is full/);
  });

  it('does not know what happened when the report breaks off', async () => {
    for (const answer of [Buffer.alloc(0), report('ok refs/heads/main\n').subarray(0, 8)])
      await assert.rejects(sendPack(remote(answer).remote, update, pack, new Set()), IncompleteAnswerError);
  });
});
