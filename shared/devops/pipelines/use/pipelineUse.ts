import { TaskError } from '../../../errors';
import { HttpError } from '../../../http/errors';
import { mapInParallel } from '../../../inParallel';
import type { JsonMap } from '../../../json';
import { InvalidYaml } from '../../../yaml/invalidYaml';
import { readYamlValue } from '../../../yaml/values';
import type { Devops } from '../../devops';
import { plainVariablesOf } from '../compareDefinition';
import { namedResources, type NamedResource } from './namedResources';
import type { FoundResource, ProjectLists } from './projectLists';

/** What the YAML of a pipeline names, as the platform expands it. */
export interface PipelineUse {
  /** What the pipeline must be permitted to use. */
  readonly needs: readonly FoundResource[];
  /** What is named and not found: `environment 'prod'`. */
  readonly missing: readonly string[];
  /** What is named and only a run can be permitted: `environment $(target)`. */
  readonly undetermined: readonly string[];
  /** Why the platform does not expand the YAML; empty when it did. */
  readonly problems: readonly string[];
}

export interface ExpandedPipeline {
  readonly id: number;
  readonly whole: JsonMap;
  /** `refs/heads/main`. */
  readonly refName: string;
  /** The agent pool of jobs without one, where the document names it. */
  readonly pool: string | undefined;
  readonly repositoryId: string;
}

/** Expands the YAML of a pipeline without running it, and looks up what it names. */
export async function readPipelineUse(
  devops: Devops,
  project: { readonly id: string },
  { id, whole, refName, pool, repositoryId }: ExpandedPipeline,
  lists: ProjectLists,
): Promise<PipelineUse> {
  const expanded = await expand(devops, project.id, id, refName);
  const refused = 'problems' in expanded ? expanded.problems : [];
  const { resources, undetermined } =
    'yaml' in expanded
      ? namedResources(expanded.yaml, plainVariablesOf(whole))
      : { resources: refused.flatMap(namedInRefusal), undetermined: [] };
  const all: readonly NamedResource[] = pool === undefined ? resources : [...resources, { kind: 'queue', name: pool }];
  const needs = new Map<string, FoundResource>();
  const missing = new Set<string>();
  const planned = new Set<string>();
  const resolutions = await mapInParallel(all, all.length, async (resource) => ({
    resource,
    resolution: await lists.resolve(resource, repositoryId),
  }));
  for (const { resource, resolution } of resolutions) {
    if (resolution.kind === 'planned') planned.add(resource.name);
    if (resolution.kind === 'missing') missing.add(resolution.label);
    if (resolution.kind !== 'found') continue;
    const { type, id: resourceId } = resolution.found.resource;
    needs.set(`${type} ${resourceId}`, resolution.found);
  }
  // What is going to be created, the platform does not find yet.
  const problems = refused.filter((line) => !namedInRefusal(line).some(({ name }) => planned.has(name)));
  return { needs: [...needs.values()], missing: [...missing], undetermined, problems };
}

async function expand(devops: Devops, project: string, id: number, refName: string) {
  try {
    const finalYaml = await devops.build.preview(project, id, refName);
    return { yaml: readYamlValue(finalYaml, { textAt: () => 'ifOther' }) };
  } catch (error) {
    if (error instanceof InvalidYaml)
      throw new TaskError(`The expanded YAML of the pipeline ${id} ${error.message}, so that it cannot be read.`, {
        cause: error,
      });
    if (!(error instanceof HttpError) || error.status !== 400) throw error;
    return { problems: error.serviceMessage.split(/\r?\n/).filter((line) => line.trim() !== '') };
  }
}

/**
 * What a refusal does not find, or does not let the pipeline use: the service does not say which of the two. Sources: the
 * texts quoted in https://github.com/MicrosoftDocs/azure-devops-docs/issues/2867 and
 * https://learn.microsoft.com/azure/devops/pipelines/process/resources#troubleshooting-authorization-for-a-yaml-pipeline.
 */
const refusals: readonly (readonly [NamedResource['kind'], RegExp])[] = [
  ['variablegroup', /variable group (.+?) (?:could not be|was not) found/gi],
  ['environment', /environment (.+?) (?:could not be|was not) found/gi],
  ['endpoint', /service (?:connection|endpoint) (.+?) (?:could not be|was not|which could not be) found/gi],
  ['queue', /pool with (?:name|identifier) (.+?)\. The pool/gi],
];

function namedInRefusal(text: string): readonly NamedResource[] {
  return refusals.flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)].map(([, name = '']) => ({ kind, name: name.trim() })),
  );
}
