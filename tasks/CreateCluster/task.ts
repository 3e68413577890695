import { ClustersApi, type Cluster, type ClusterSettings } from '../../shared/databricks/api/clusters';
import { clusterSummary } from '../../shared/databricks/clusterSummary';
import { connect } from '../../shared/databricks/connect';
import { clusterTitle } from '../../shared/databricks/describeCluster';
import { ensureCluster } from '../../shared/databricks/ensureCluster';
import { planCluster } from '../../shared/databricks/planCluster';
import { clusterSchema } from '../../shared/databricks/specs/specSchemas';
import { startCluster } from '../../shared/databricks/startCluster';
import type { InputProblem } from '../../shared/errors';
import { databricksConnection } from '../../shared/task/databricksConnection';
import { document, documentFile, flag, integer, text } from '../../shared/task/inputs';
import { defineTask, type Values } from '../../shared/task/task';

const inputs = {
  ...databricksConnection,
  spec: document({ schema: clusterSchema }),
  specFile: documentFile({ schema: clusterSchema }),
  clusterName: text(),
  start: flag({ default: false }),
  pinned: flag({ default: false }),
  timeoutMinutes: integer({ default: 30, min: 1, max: 1440 }),
  dryRun: flag({ default: false }),
};

/** Has one cluster of a name be as its specification says. */
export const task = defineTask({
  inputs,
  outputs: ['clusterId', 'clusterName', 'change', 'state'],
  check,

  async run({ inputs, agent, clock, signal, setOutput }) {
    const workspace = connect(inputs, agent, { clock, signal });
    const clusters = new ClustersApi(workspace.http, signal);
    const surroundings = { clock, signal, report: agent };
    const deadline = clock.now() + inputs.timeoutMinutes * 60_000;
    const spec = { ...(inputs.spec ?? inputs.specFile), cluster_name: nameOf(inputs) ?? '' }; // checked below
    const wanted = { spec, pinned: inputs.pinned };

    const show = ({ id, state }: Cluster): void => {
      setOutput('clusterId', id);
      setOutput('state', state);
    };
    setOutput('clusterName', spec.cluster_name);
    if (inputs.dryRun) {
      const plan = await planCluster(clusters, wanted, agent);
      if (plan.cluster) show(plan.cluster);
      setOutput('change', plan.change);
      return `Dry run: ${plan.sentence}`;
    }

    const options = { ...wanted, deadline, onSeen: show };
    const { change, differences, ...ensured } = await ensureCluster(clusters, options, surroundings);
    setOutput('change', change);
    let cluster = ensured.cluster;
    let isStarted = false;
    const onSeen = (seen: Cluster): void => show((cluster = seen));
    try {
      if (inputs.start) ({ isStarted } = await startCluster(clusters, cluster, { deadline, onSeen }, surroundings));
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

/** Fields that would have the same specification mean something else each time. */
const forbidden = ['cluster_id', 'idempotency_token', 'clone_from'];

function check(inputs: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  const { spec, specFile } = inputs;
  if (bad.has('spec') || bad.has('specFile')) return [];
  if ((spec === undefined) === (specFile === undefined))
    return [{ input: 'spec', problem: "or 'specFile' must be given, and not both." }];

  const input = spec ? 'spec' : 'specFile';
  const problems = forbidden
    .filter((field) => field in (spec ?? specFile ?? {}))
    .map((field) => ({ input, problem: `must not hold ${field}: the step finds the cluster by its name.` }));
  if (!nameOf(inputs) && !bad.has('clusterName'))
    problems.push({ input: 'clusterName', problem: `must be given, or else cluster_name in '${input}'.` });
  return problems;
}

function nameOf({ clusterName, spec, specFile }: Partial<Given>): string | undefined {
  const { cluster_name: name }: ClusterSettings = spec ?? specFile ?? {};
  return clusterName ?? (typeof name === 'string' || typeof name === 'number' ? String(name).trim() : undefined);
}
