import type { RunFacts } from '../../shared/agent/agent';
import { runAnnotationPrefix } from '../../shared/kubernetes/manifest/labels';

/** Annotations that name the run that deployed an object, as Microsoft's own tasks set them: the environments of Azure DevOps read them. */
export function runAnnotations(run: RunFacts): Readonly<Record<string, string>> {
  const found = {
    run: run.number,
    pipeline: run.pipeline,
    pipelineId: run.pipelineId,
    jobName: run.job,
    runuri: run.url,
    project: run.project,
    org: run.organizationUrl,
  };
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => (value ? [[`${runAnnotationPrefix}${name}`, value]] : [])),
  );
}
