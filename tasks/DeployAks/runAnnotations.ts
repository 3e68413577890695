import type { TaskAgent } from '../../shared/agent/agent';

/** Says which run of which pipeline made an object, in the words of Microsoft's own tasks, which the environments of Azure DevOps read. */
export function runAnnotations(agent: Pick<TaskAgent, 'variable'>): Readonly<Record<string, string>> {
  const [collection, project, build] = ['System.CollectionUri', 'System.TeamProject', 'Build.BuildId'].map((name) =>
    agent.variable(name),
  );
  const page =
    collection && project && build
      ? `${collection}${encodeURIComponent(project)}/_build/results?buildId=${build}`
      : undefined;
  const found = {
    run: agent.variable('Build.BuildNumber'),
    pipeline: agent.variable('Build.DefinitionName'),
    pipelineId: agent.variable('System.DefinitionId'),
    jobName: agent.variable('Agent.JobName'),
    runuri: page,
    project,
    org: collection,
  };
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => (value ? [[`azure-pipelines/${name}`, value]] : [])),
  );
}
