import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startDatabricks } from '../../sandbox/databricks/databricks';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/UploadToVolume/task';
import { ImportClock } from '../shared/databricks/notebooks/importSandbox';
import { FakeAgent } from '../support/fakeAgent';
import { itSurvivesFaults, itSurvivesKills, type Stage } from '../support/faultMatrix';

const target = '/Volumes/main/default/files/model';
const manifestName = /\/\.import-manifest\.\d+\.json$/;
type Files = Readonly<Record<string, string>>;

/** What was uploaded before, and what the folder then has. */
const beginnings: Readonly<Record<string, { readonly before?: Files; readonly now: Files }>> = {
  'a first upload': { now: { 'lib/tools.py': 'x = 1' } },
  'an upload with something to add, change and delete': {
    before: { 'train.py': '1', 'data/old.json': '{}' },
    now: { 'train.py': '2', 'new.yml': 'a: 1' },
  },
};

async function open({ before, now }: { readonly before?: Files; readonly now: Files }): Promise<Stage> {
  const databricks = await startDatabricks({ timeScale: 0, hasLimits: false });
  const folder = await mkdtemp(join(tmpdir(), 'upload-'));
  const clock = new ImportClock(databricks);
  // One request at a time, so that the n-th is always the same.
  const inputs = { sourceFolder: folder, volumeFolder: target, mode: 'mirror', concurrency: '1' };
  const write = async (files: Files): Promise<void> => {
    await rm(folder, { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  };
  if (before) {
    await write(before);
    const agent = new FakeAgent(
      { connection: 'c', ...inputs },
      { c: { url: databricks.url, token: databricks.token } },
    );
    await runTask(task, { agent, clock, signal: new AbortController().signal });
    await databricks.clock.advance(1000);
  }
  await write(now);
  return {
    databricks,
    clock,
    inputs,
    endState: () => {
      const below = (folderPath: string): readonly string[] =>
        databricks.volumes
          .list(folderPath)
          .flatMap(({ path, is_directory: isFolder }) => (isFolder ? [`${path}/`, ...below(path)] : [path]));
      const paths = databricks.volumes.isFolder(target) ? below(target) : [];
      const contentOf = (path: string): string => databricks.volumes.file(path)?.bytes.toString() ?? '';
      const manifests = paths
        .filter((path) => manifestName.test(path))
        .map((path) => {
          const { state, pending, items } = JSON.parse(contentOf(path)) as Record<string, object>;
          // A deletion whose answer was lost leaves the file in the manifest until the next change.
          const isThere = (item: string): boolean => paths.includes(`${target}/${item}`);
          return {
            state,
            pending,
            items: Object.keys(items ?? {})
              .filter(isThere)
              .sort(),
          };
        });
      const files = paths.filter((path) => !manifestName.test(path)).map((path) => [path, contentOf(path)]);
      return { files, manifests };
    },
    close: async () => {
      await databricks.close();
      await rm(folder, { recursive: true });
    },
  };
}

describe('UploadToVolume with faults', () => {
  for (const [what, beginning] of Object.entries(beginnings)) {
    itSurvivesFaults(what, { task, open: () => open(beginning) });
    itSurvivesKills(what, { task, open: () => open(beginning) });
  }
});
