import { task } from '../../tasks/InstallLibraries/task';
import { itSurvivesFaults, itSurvivesKills, type Stage } from '../support/faultMatrix';
import { archive, InstallLibrariesWorkspace } from '../tasks/installLibrariesWorkspace';

interface Beginning {
  readonly uploadFolder: string;
  readonly prepare?: (workspace: InstallLibrariesWorkspace) => Promise<void>;
}

/** What the cluster is like before: one has to be restarted, one started. */
const beginnings: Readonly<Record<string, Beginning>> = {
  'a running cluster with other libraries': { uploadFolder: '/Workspace/Shared/libraries' },
  'a stopped cluster with other libraries': {
    uploadFolder: '/Volumes/main/default/files',
    prepare: (workspace) => workspace.call('2.1/clusters/delete', {}),
  },
};

async function open({ uploadFolder, prepare }: Beginning): Promise<Stage> {
  const workspace = await InstallLibrariesWorkspace.open();
  const { databricks, clock, clusterId, folder } = workspace;
  await workspace.write({ 'dist/demo_model-1.0.0-py3-none-any.whl': archive('1') });
  await workspace.has('pandas==2.2.2', 'numpy', 'scipy');
  await prepare?.(workspace);
  const restartsBefore = restarts();
  function restarts(): number {
    return databricks.clusters.get(clusterId).events.filter(({ type }) => type === 'RESTARTING').length;
  }
  return {
    databricks,
    clock,
    inputs: {
      cluster: 'train',
      libraries: '- pypi: { package: pandas==2.2.3 }\n- pypi: { package: scipy }',
      files: `${folder}/dist/*.whl`,
      uploadFolder,
      removeOthers: 'true',
      timeoutMinutes: '2',
    },
    endState: () => ({
      state: databricks.clusters.get(clusterId).state,
      restarts: restarts() - restartsBefore,
      // Installed again, or restored when the cluster started.
      libraries: Object.entries(workspace.libraries())
        .map(([title, status]) => `${title}: ${status.replace('RESTORED', 'INSTALLED')}`)
        .sort(),
      count: databricks.libraries.list(clusterId).length,
    }),
    close: () => workspace.close(),
  };
}

describe('InstallLibraries with faults', () => {
  for (const [what, beginning] of Object.entries(beginnings)) {
    const scenario = { task, open: () => open(beginning) };
    itSurvivesKills(what, scenario);
    itSurvivesFaults(what, scenario);
  }
});
