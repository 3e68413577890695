import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDatabricks } from '../sandbox/databricks/databricks';
import { isReading } from '../sandbox/databricks/router';
import { archive } from '../tests/tasks/installLibrariesWorkspace';
import type { Figure } from './figures';
import { writeNotebooks } from './notebooks';
import { runBuiltTask } from './runBuiltTask';

const folder = '/Shared/bench/again';
const cluster = 'bench';

/** (h) The requests of each task when nothing has to change. RunJob starts a new run each time, which ends at once. */
export async function againFigures(): Promise<readonly Figure[]> {
  const source = await mkdtemp(join(tmpdir(), 'bench-'));
  const databricks = await startDatabricks({ timeScale: 100 });
  try {
    await writeNotebooks(source, 10, 2, 2_000);
    const [requirementsFile, wheel] = [join(source, 'requirements.txt'), join(source, 'demo-1.0.0-py3-none-any.whl')];
    await writeFile(requirementsFile, 'scikit-learn==1.5.2\nmlflow>=2.16\n');
    await writeFile(wheel, archive('demo'));
    databricks.scriptRun({ durationSeconds: 0 });

    const figures: Figure[] = [];
    await again('ImportNotebooks', {
      sourceFolder: source,
      include: '**/*.py',
      workspaceFolder: folder,
      mode: 'mirror',
    });
    const spec = { spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 };
    const { clusterId = '' } = await again('CreateCluster', {
      clusterName: cluster,
      spec: JSON.stringify(spec),
      pinned: 'true',
    });
    await again('StartCluster', { cluster });
    await again('InstallLibraries', { cluster, requirementsFile, files: wheel, uploadFolder: `${folder}/libraries` });
    const { jobId = '' } = await again('CreateJob', {
      jobName: 'bench',
      notebookPath: `${folder}/folder0/notebook0`,
      clusterId,
      permissions: JSON.stringify([{ group_name: 'users', permission_level: 'CAN_VIEW' }]),
    });
    await again('RunJob', { job: jobId });
    if (databricks.runs.list().length !== 2) throw new Error('RunJob did not start two runs.');
    await again('StopCluster', { cluster });
    return figures;

    /** Runs the task twice and measures the second run. */
    async function again(name: string, inputs: Readonly<Record<string, string>>) {
      await runBuiltTask(databricks, name, inputs);
      const { requests, outputs } = await runBuiltTask(databricks, name, inputs);
      figures.push({ name: `(h) ${name}, second run`, value: requests.length, unit: 'requests' });
      if (name !== 'RunJob') {
        const writes = requests.filter(({ method }) => !isReading(method));
        figures.push({ name: `(h) ${name}, second run, writes`, value: writes.length, unit: 'requests', limit: 0 });
      }
      return outputs;
    }
  } finally {
    await databricks.close();
    await rm(source, { recursive: true });
  }
}
