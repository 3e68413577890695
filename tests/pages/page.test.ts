import assert from 'node:assert/strict';
import sinon from 'sinon';
import { extensionDocuments } from '../../hub/host/extensionDocuments';
import { exactTime, timeAgo } from '../../hub/kit/time/timeText';
import { draftOf, draftStorage } from '../../hub/page/draft';
import { lineDiff } from '../../hub/review/lineDiff';
import { moved } from '../../hub/variables/grid/gridFocus';
import { pagePatterns, repeatsRepetition } from '../../hub/variables/pagePatterns';
import { StoreError, type StoreErrorKind } from '../../shared/variables/registry/documentStore';
import type { RegistryModel } from '../../shared/variables/registry/revision';

describe('the documents through the frame', () => {
  const failing = (rejection: unknown) => {
    const call = sinon.fake(() => Promise.reject(rejection as Error));
    return extensionDocuments({
      getDocuments: call,
      getDocument: call,
      createDocument: call,
      updateDocument: call,
    });
  };
  const fault = (status: number, typeKey?: string, message = 'm') => ({ message, status, serverError: { typeKey } });
  const kinds: readonly [rejection: unknown, kind: StoreErrorKind][] = [
    [fault(400, 'InvalidDocumentVersionException'), 'stale'],
    [fault(404, 'DocumentDoesNotExistException'), 'stale'],
    [fault(400, 'DocumentExistsException'), 'exists'],
    [fault(400, 'MaximumDocumentSizeException'), 'tooLarge'],
    [{ status: 404, message: '%error="1660004";%:The extension is not installed.' }, 'notInstalled'],
    [fault(403), 'refused'],
    [fault(503), 'unreachable'],
    [new TypeError('Failed to fetch'), 'unreachable'],
    [fault(400, 'OtherException'), 'unknown'],
    ['a text', 'unreachable'],
  ];
  for (const [rejection, kind] of kinds)
    it(`report ${JSON.stringify(rejection)} as ${kind}`, async () => {
      const write = failing(rejection).replace('c', { id: 'a', __etag: 1 });
      await assert.rejects(write, (error: unknown) => error instanceof StoreError && error.kind === kind);
    });

  it('are empty where the collection or the document does not exist', async () => {
    for (const typeKey of ['DocumentCollectionDoesNotExistException', 'DocumentDoesNotExistException']) {
      const store = failing(fault(404, typeKey));
      assert.deepEqual([await store.list('c'), await store.read('c', 'a')], [[], undefined]);
    }
  });
});

describe('drafts', () => {
  const stored = new Map<string, string>();
  const storage = draftStorage(
    {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
    'project',
  );
  const base = { id: 'churn', text: 'a: 1\n', rev: 7 } as RegistryModel;

  it('are kept with the revision that they were made on', () => {
    storage.write('churn', draftOf(base, 'a: 2\n'));
    assert.deepEqual(storage.read('churn'), { base, text: 'a: 2\n' });
    assert.equal(storage.read('other'), undefined);
    storage.write('churn', draftOf(base, base.text));
    assert.equal(stored.size, 0);
  });

  it('of another form are left out', () => {
    for (const value of ['{', 'null', '{"text":"a"}', '{"text":"a","base":{"id":"other","text":""}}']) {
      stored.set('model-draft/project/churn', value);
      assert.equal(storage.read('churn'), undefined, value);
    }
  });
});

describe('the lines of a difference', () => {
  it('have three lines around each change, and the number of those between', () => {
    const before = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n');
    const lines = lineDiff(`${before}\r\n`, before.replace('line 10', 'ten'));
    assert.deepEqual(
      lines.map((line) => (line.kind === 'gap' ? line.count : `${line.kind} ${line.text}`)),
      [
        6,
        'same line 7',
        'same line 8',
        'same line 9',
        'removed line 10',
        'added ten',
        'same line 11',
        'same line 12',
        'same line 13',
        7,
      ],
    );
  });

  it('have the numbers of the new text, and those of the old one where they were removed', () => {
    const lines = lineDiff('a\nb\nc\n', 'a\nx\ny\nc\n');
    const numbers = lines.map((line) => (line.kind === 'gap' ? '' : `${line.kind} ${line.number} ${line.text}`));
    assert.deepEqual(numbers, ['same 1 a', 'removed 2 b', 'added 2 x', 'added 3 y', 'same 4 c']);
  });

  it('are none for the same text', () => assert.deepEqual(lineDiff('a\n', 'a'), []));
});

describe('the patterns of a schema in a page', () => {
  it('recognizes those that can take exponential time', () => {
    for (const pattern of ['(a+)+$', '(a|b)*c', '((a)*b)+', '(a{2,})*'])
      assert.equal(repeatsRepetition(pattern), true, pattern);
    for (const pattern of ['^[A-Za-z0-9][\\w-]*$', '\\.(txt|ya?ml)$', '[(+)]+', '\\(a+\\)+', '(ab)+'])
      assert.equal(repeatsRepetition(pattern), false, pattern);
  });

  it('leaves long texts for them to the step, which can stop', () => {
    assert.equal(pagePatterns.matches('^(a+)+$', `${'a'.repeat(60)}!`), 'later');
    assert.equal(pagePatterns.matches('^(a+)+$', 'a!'), false);
    assert.equal(pagePatterns.matches('^a+$', `${'a'.repeat(60)}!`), false);
  });
});

describe('the keys of the grid', () => {
  const at = { row: 2, column: 1 };
  const size = { rows: 5, columns: 4 };
  for (const [key, ctrlKey, to] of [
    ['ArrowUp', false, [1, 1]],
    ['ArrowDown', false, [3, 1]],
    ['ArrowLeft', false, [2, 0]],
    ['ArrowRight', false, [2, 2]],
    ['Home', false, [2, 0]],
    ['End', false, [2, 3]],
    ['Home', true, [0, 0]],
    ['End', true, [4, 3]],
    ['PageUp', false, [0, 1]],
    ['PageDown', false, [4, 1]],
  ] as const)
    it(`move with ${ctrlKey ? 'Ctrl+' : ''}${key}`, () => {
      assert.deepEqual(moved(at, size, { key, ctrlKey }), { row: to[0], column: to[1] });
    });

  it('leave other keys alone', () => assert.equal(moved(at, size, { key: 'a', ctrlKey: false }), undefined));
});

describe('times', () => {
  it('are said as a distance from now', () => {
    const now = new Date('2026-11-30T12:00:00.000Z');
    const said = [
      '2026-11-30T11:59:40.000Z',
      '2026-11-30T09:00:00.000Z',
      '2026-11-29T09:00:00.000Z',
      '2025-11-01T00:00:00.000Z',
      '2027-01-01T00:00:00.000Z',
      'unknown',
    ];
    assert.deepEqual(
      said.map((at) => timeAgo(at, now)),
      ['just now', '3 hours ago', 'yesterday', 'last year', 'just now', 'unknown'],
    );
    assert.equal(exactTime('unknown'), 'unknown');
  });
});
