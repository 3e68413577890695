import { withTimeout } from '../../shared/agent/context';
import { ClustersApi, type Cluster, type ClusterSettings } from '../../shared/databricks/api/clusters';
import { clusterSummary } from '../../shared/databricks/clusters/summary';
import { clusterTitle } from '../../shared/databricks/clusters/describeCluster';
import { differenceLine, differences as differencesOf } from '../../shared/comparison/difference';
import { onlyWritten } from '../../shared/comparison/knownBehavior';
import { ensureCluster } from '../../shared/databricks/clusters/ensureCluster';
import { planCluster } from '../../shared/databricks/clusters/planCluster';
import { newClusterSchema } from '../../shared/databricks/specs/specSchemas';
import { startCluster } from '../../shared/databricks/clusters/startCluster';
import type { InputProblem } from '../../shared/errors';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { document, documentFile, flag, integer, text } from '../../shared/task/inputs';
import { atMostOneOf } from '../../shared/task/relations';
import { defineTask, type Values } from '../../shared/task/task';

const inputs = {
  ...databricksConnection,
  // Not the schema of `clusters/create`, which wants a runtime in the document.
  spec: document({ schema: newClusterSchema }),
  specFile: documentFile({ schema: newClusterSchema }),
  clusterName: text(),
  sparkVersion: text({ picker: true }),
  nodeTypeId: text({ picker: true }),
  policyId: text({ picker: true }),
  workers: integer({ min: 0, max: 100_000 }),
  start: flag({ default: false }),
  pinned: flag({ default: false }),
  timeoutMinutes: integer({ default: 30, min: 1, max: 1440 }),
  dryRun: flag({ default: false }),
};

/** Creates or updates a cluster by name to match a specification. */
export const task = defineTask({
  inputs,
  relations: [atMostOneOf('spec', 'specFile')],
  outputs: ['clusterId', 'clusterName', 'change', 'state'],
  check,

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const workspace = await openWorkspace(inputs, context);
    const clusters = new ClustersApi(workspace.http);
    const settings = settingsOf(inputs);
    const spec = { ...settings, cluster_name: nameOf(settings) ?? '' }; // checked below
    const wanted = { spec, pinned: inputs.pinned };
    for (const difference of differencesOf(settings, inputs.spec ?? inputs.specFile ?? {}, onlyWritten))
      if (difference.found !== undefined)
        agent.log(`An input replaces a setting of the specification: ${differenceLine(difference)}`);

    const show = ({ id, state }: Cluster): void => {
      setOutput('clusterId', id);
      setOutput('state', state);
    };
    setOutput('clusterName', spec.cluster_name);
    if (inputs.dryRun) {
      const plan = await planCluster(clusters, wanted, context);
      if (plan.cluster) show(plan.cluster);
      setOutput('change', plan.change);
      return `Dry run: ${plan.sentence}`;
    }

    const options = { ...wanted, onSeen: show };
    const { change, differences, ...ensured } = await ensureCluster(clusters, options, context);
    setOutput('change', change);
    let cluster = ensured.cluster;
    let isStarted = false;
    const onSeen = (seen: Cluster): void => show((cluster = seen));
    try {
      if (inputs.start) ({ isStarted } = await startCluster(clusters, cluster, { onSeen }, context));
    } finally {
      const words = [change, ...(isStarted ? ['started'] : [])].join(', ');
      if (change !== 'unchanged' || isStarted)
        await agent.summary(
          'Databricks cluster',
          clusterSummary(workspace.url, { cluster, change: words, differences }),
        );
    }
    return `${clusterTitle(cluster)} ${change === 'unchanged' ? 'is' : 'was'} ${change}. It is ${cluster.state}.`;
  },
});

type Given = Values<typeof inputs>;

/** Fields with which the same specification would mean something else each time. */
const forbidden = ['cluster_id', 'idempotency_token', 'clone_from'];

function check(inputs: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  const { spec, specFile } = inputs;
  if (bad.has('spec') || bad.has('specFile')) return [];

  const [document, input] = spec ? [spec, 'spec'] : [specFile, 'specFile'];
  const settings = settingsOf(inputs);
  // A specification or a policy can choose machines in many ways: the service reports what is missing there.
  const isBare = !document && settings['policy_id'] === undefined;
  const needed = {
    clusterName: 'cluster_name',
    sparkVersion: 'spark_version',
    ...(isBare && { nodeTypeId: 'node_type_id', workers: 'num_workers' }),
  };
  const missing = Object.entries(needed).filter(([, field]) => (settings[field] ?? '') === '');
  const place = document ? `'${input}'` : "'spec' or 'specFile'";
  return [
    ...forbidden
      .filter((field) => field in (document ?? {}))
      .map((field) => ({ input, problem: `must not contain ${field}: the cluster is found by its name.` })),
    ...missing.map(([input, field]) => ({ input, problem: `is required, unless ${place} contains ${field}.` })),
  ];
}

/** The specification, some fields of which other inputs replace. */
function settingsOf({ spec, specFile, workers, ...inputs }: Partial<Given>): ClusterSettings {
  const { autoscale, ...written }: ClusterSettings = spec ?? specFile ?? {};
  const settings = {
    ...written,
    cluster_name: inputs.clusterName ?? nameOf(written),
    spark_version: inputs.sparkVersion ?? written['spark_version'],
    node_type_id: inputs.nodeTypeId ?? written['node_type_id'],
    policy_id: inputs.policyId ?? written['policy_id'],
    ...(workers === undefined ? { autoscale } : { num_workers: workers }),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function nameOf({ cluster_name: name }: ClusterSettings): string | undefined {
  return typeof name === 'string' ? name.trim() : undefined;
}
