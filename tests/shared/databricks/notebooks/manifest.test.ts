import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { readManifest, writeManifest } from '../../../../shared/databricks/notebooks/manifest';
import { normalWorkspaceFolder, workspaceFolderProblem } from '../../../../shared/databricks/notebooks/workspaceFolder';

const kind = fc.constantFrom('notebook', 'file', 'archive');
const recorded = fc.record({ objectId: fc.string(), modifiedAt: fc.nat() }, { requiredKeys: ['objectId'] });
const objects = fc.array(fc.tuple(fc.string(), recorded)).map((entries) => new Map(entries));
const item = fc.record({ kind, sha256: fc.string(), objects });
const pendingItem = fc.record(
  { kind, sha256: fc.string(), canonicalSha256: fc.string() },
  { requiredKeys: ['kind', 'sha256'] },
);
const path = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', ''));
const manifest = fc.record(
  {
    isInProgress: fc.boolean(),
    writer: fc.string(),
    run: fc.string(),
    items: fc.array(fc.tuple(path, item)).map((entries) => new Map(entries)),
    pending: fc.array(fc.tuple(path, pendingItem)).map((entries) => new Map(entries)),
    folders: fc.array(fc.string()).map((folders) => new Set(folders)),
  },
  { requiredKeys: ['isInProgress', 'writer', 'items', 'pending', 'folders'], noNullPrototype: true },
);

describe('the manifest of an import', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(manifest, (written) => {
        const read = readManifest(writeManifest(written, 'ImportNotebooks'), 'x');
        assert.equal(JSON.stringify(plain(read)), JSON.stringify(plain(written)));
      }),
    );
  });

  it('is rejected, without a crash, when it is any other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.equal(readManifest(text, 'x'), undefined);
      }),
    );
  });

  it('is rejected when a part of it is cut off', () => {
    const text = writeManifest(
      {
        isInProgress: false,
        writer: 'w',
        items: new Map([
          ['a', { kind: 'file', sha256: 's', objects: new Map([['', { objectId: '1', modifiedAt: 2 }]]) }],
        ]),
        pending: new Map(),
        folders: new Set(['f']),
      },
      'ImportNotebooks',
    );
    for (let length = 0; length < text.length; length++)
      assert.equal(readManifest(text.slice(0, length), 'x'), undefined);
  });

  it('says what it is', () => {
    const nothing = { items: new Map(), pending: new Map(), folders: new Set<string>() };
    assert.match(
      writeManifest({ ...nothing, isInProgress: true, writer: 'w' }, 'ImportNotebooks'),
      /^\{"about":"[^"]*Do not edit[^"]*","formatVersion":1,"state":"inProgress"/,
    );
  });
});

/** Maps as arrays, so that two manifests can be compared whatever the prototypes of their parts. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return [...(value as Map<string, unknown>)].map(([key, one]) => [key, plain(one)]).sort();
  if (value instanceof Set) return [...(value as Set<unknown>)];
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([key, one]) => [key, plain(one)])
    .sort();
}

describe('normalWorkspaceFolder', () => {
  const cases: readonly [given: string, normal: string | undefined][] = [
    ['/Shared/x', '/Shared/x'],
    ['/Shared/x/', '/Shared/x'],
    ['//Shared//x', '/Shared/x'],
    ['/Workspace/Shared/x', '/Shared/x'],
    ['/Workspace/Workspace//Workspace/Shared', '/Shared'],
    ['/Workspace', '/'],
    ['/Workspaces/x', '/Workspaces/x'],
    ['/', '/'],
    ['Shared/x', undefined],
    ['', undefined],
    ['/Shared/../Users', undefined],
    ['/Shared/./x', undefined],
    ['\\Shared\\x', undefined],
  ];
  for (const [given, normal] of cases)
    it(`reads '${given}' as ${normal ?? 'no workspace folder'}`, () =>
      assert.equal(normalWorkspaceFolder(given), normal));

  it('refuses shared folders and home folders in mirror mode', () => {
    for (const folder of ['/', '/Workspace', '/Users', '/Shared/', '/Repos', '/Users/someone@example.com']) {
      assert.match(workspaceFolderProblem(folder, true) ?? '', /^must be a separate folder in mirror mode/, folder);
      assert.equal(workspaceFolderProblem(folder, false), undefined, folder);
    }
    for (const folder of ['/Shared/x', '/Users/someone@example.com/x', '/Repos/me/x'])
      assert.equal(workspaceFolderProblem(folder, true), undefined, folder);
  });
});
