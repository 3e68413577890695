import assert from 'node:assert/strict';
import type { Revision } from '../../../shared/variables/registry/revision';
import { fileStateOf } from '../../../hub/repository/state/fileState';
import { findSyncPoint, type FileVersion } from '../../../hub/repository/state/syncPoint';

const text = (epochs: number, comment = '') => `variables:${comment}\n  epochs: ${epochs}\n`;

/** What happened on a day: the file was committed, or the model was saved, with these epochs. */
type Day = readonly [kind: 'commit' | 'save', epochs: number | undefined];

function history(...days: readonly Day[]) {
  const versions: FileVersion[] = [];
  const revisions: Revision[] = [];
  days.forEach(([kind, epochs], day) => {
    const at = new Date(Date.UTC(2026, 0, day + 1)).toISOString();
    const commit = { commitId: `c${day + 1}`, date: at, author: 'Ada', comment: '' };
    if (kind === 'commit')
      versions.unshift({ commit, text: epochs === undefined ? undefined : text(epochs, ' # file') });
    else revisions.unshift(revision(revisions.length + 1, text(epochs ?? 0), at));
  });
  return { versions, revisions };
}

function revision(rev: number, of: string, updatedOn: string): Revision {
  return {
    ...{ id: 'churn', rev, text: of, status: 'active', version: undefined, environments: [], repository: undefined },
    ...{ updatedBy: { id: '1', name: 'Ada' }, updatedOn, comment: '', hash: '', previousHash: '' },
    ...{ isIntact: true, problem: undefined },
  };
}

function stateAfter(...days: readonly Day[]) {
  const { versions, revisions } = history(...days);
  const sync = findSyncPoint(versions, revisions);
  const state = fileStateOf(revisions[0]?.text ?? '', versions[0]?.text, sync);
  return [state, sync?.rev, sync?.commit.commitId];
}

describe('The last time at which the hub and the file had the same values', () => {
  it('is found from revisions and commits, whichever was first', () => {
    assert.deepEqual(stateAfter(['commit', 1], ['save', 1]), ['same', 1, 'c1']);
    assert.deepEqual(stateAfter(['save', 1], ['commit', 1], ['save', 2]), ['hubNewer', 1, 'c2']);
    assert.deepEqual(stateAfter(['save', 1], ['commit', 1], ['commit', 2]), ['repositoryNewer', 1, 'c2']);
    assert.deepEqual(stateAfter(['save', 1], ['commit', 1], ['save', 2], ['commit', 3]), ['bothNewer', 1, 'c2']);
  });

  it('is not the time of old values to which only one side returned', () => {
    assert.deepEqual(stateAfter(['save', 1], ['commit', 1], ['save', 2], ['commit', 2], ['commit', 1]), [
      'repositoryNewer',
      2,
      'c4',
    ]);
    assert.deepEqual(stateAfter(['save', 1], ['commit', 1], ['save', 2], ['commit', 2], ['save', 1]), [
      'hubNewer',
      2,
      'c4',
    ]);
  });

  it('is unknown where they were never the same', () => {
    assert.deepEqual(stateAfter(['commit', 1], ['save', 2]), ['unrelated', undefined, undefined]);
    assert.deepEqual(stateAfter(['commit', 1], ['commit', 2], ['save', 1]), ['unrelated', undefined, undefined]);
  });

  it('is found where the file was committed twice in one second, which the dates of commits do not tell', () => {
    const { versions, revisions } = history(['save', 1], ['commit', 1], ['commit', 2]);
    const date = '2026-01-01T00:00:00Z';
    const sameSecond = versions.map((version) => ({ ...version, commit: { ...version.commit, date } }));
    const saved = revisions.map((revision) => ({ ...revision, updatedOn: '2026-01-01T00:00:00.700Z' }));
    assert.equal(findSyncPoint(sameSecond, saved)?.commit.commitId, 'c2');
  });

  it('is the save that was merged with the file, although people chose other values', () => {
    const { versions, revisions } = history(['save', 1], ['commit', 1], ['save', 2], ['commit', 3], ['save', 4]);
    const merged = revisions.map((each) =>
      each.rev === 3 ? { ...each, comment: 'Take the values of /a.yml, commit c4' } : each,
    );
    const sync = findSyncPoint(versions, merged);
    assert.deepEqual([sync?.rev, sync?.commit.commitId], [3, 'c4']);
    assert.equal(fileStateOf(text(4), text(3), sync), 'hubNewer');
  });

  it('passes over commits without the file, and revisions that were changed since they were saved', () => {
    assert.deepEqual(stateAfter(['save', 1], ['commit', 1], ['commit', undefined], ['commit', 2]), [
      'repositoryNewer',
      1,
      'c2',
    ]);
    const { versions, revisions } = history(['save', 1], ['commit', 1]);
    assert.equal(
      findSyncPoint(
        versions,
        revisions.map((each) => ({ ...each, isIntact: false })),
      ),
      undefined,
    );
  });

  it('tells a text that is not a variable file', () => {
    assert.equal(fileStateOf('- a\n', text(1), undefined), 'hubUnreadable');
    assert.equal(fileStateOf(text(1), 'a: [', undefined), 'fileUnreadable');
    assert.equal(fileStateOf(text(1), undefined, undefined), 'fileUnreadable');
  });
});
