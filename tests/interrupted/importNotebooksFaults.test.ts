import { task } from '../../tasks/ImportNotebooks/task';
import { header, ImportClock, ImportSandbox, target } from '../shared/databricks/notebooks/importSandbox';
import { itSurvivesFaults, type Stage } from '../support/faultMatrix';

const notebook = { 'train.py': `${header}print(1)` };

/** What has happened to the folder before the step, by what the step then has to do. */
const beginnings: Readonly<Record<string, (sandbox: ImportSandbox) => Promise<void>>> = {
  'a first import': (sandbox) => sandbox.write({ 'lib/tools.py': 'x = 1' }),
  'an import with something to add, change and delete': async (sandbox) => {
    await sandbox.write({ ...notebook, 'data/old.json': '{}' });
    await sandbox.run({ mode: 'mirror' });
    await sandbox.remove('data');
    await sandbox.write({ 'train.py': `${header}print(2)`, 'new.yml': 'a: 1' });
  },
};

async function open(begin: (sandbox: ImportSandbox) => Promise<void>): Promise<Stage> {
  const sandbox = await ImportSandbox.open();
  const { databricks, folder } = sandbox;
  await begin(sandbox);
  return {
    databricks,
    clock: new ImportClock(databricks),
    // One request at a time, so that the n-th is always the same.
    inputs: { sourceFolder: folder, workspaceFolder: target, mode: 'mirror', concurrency: '1' },
    endState: () => {
      const contents = sandbox.contents();
      const isThere = (path: string): boolean => path in contents;
      // Deleted objects are ignored: after a deletion whose answer was lost, the object stays in the manifest until the next change.
      const manifests = Object.values(sandbox.manifests()).map(({ state, pending, items, folders }) => ({
        state,
        pending,
        items: Object.keys(items).filter(isThere).sort(),
        folders: folders.filter(isThere).sort(),
      }));
      return { contents, manifests };
    },
    close: () => sandbox.close(),
  };
}

describe('ImportNotebooks with faults', () => {
  for (const [what, begin] of Object.entries(beginnings)) itSurvivesFaults(what, { task, open: () => open(begin) });
});
