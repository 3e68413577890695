import { inParallel, mapInParallel } from '../../../inParallel';
import { foreseenResources } from './foreseenResources';
import type { FoundResource, ProjectLists } from './projectLists';

/** What the YAML of a pipeline certainly names, before the platform can expand it. */
export interface ForeseenUse {
  /** What the pipeline may not use yet. */
  readonly lacking: readonly FoundResource[];
  /** What is named and not found: `environment 'prod'`. */
  readonly missing: readonly string[];
}

export interface PipelineToForesee {
  /** Undefined for one that does not exist yet. */
  readonly id: number | undefined;
  readonly yamlFile: string;
  readonly repositoryId: string;
  /** Reads a file of its branch; undefined if it is not there. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
}

const atOnce = 4;

/** Reads the YAML of a pipeline with its templates, and looks up what it names. Sends nothing that writes. */
export async function readForeseenUse(
  { id, yamlFile, repositoryId, read }: PipelineToForesee,
  lists: ProjectLists,
): Promise<ForeseenUse> {
  const found = new Map<string, FoundResource>();
  const missing = new Set<string>();
  const resources = await foreseenResources(yamlFile, read);
  const resolutions = await mapInParallel(resources, resources.length, (resource) =>
    lists.resolve(resource, repositoryId),
  );
  for (const resolution of resolutions) {
    if (resolution.kind === 'missing') missing.add(resolution.label);
    if (resolution.kind !== 'found') continue;
    const { type, id: resourceId } = resolution.found.resource;
    found.set(`${type} ${resourceId}`, resolution.found);
  }
  const lacking = new Set<FoundResource>();
  await inParallel(found.values(), atOnce, async (each) => {
    const { areAllAuthorized, authorizedPipelines } = await lists.permissionsOf(each);
    if (!areAllAuthorized && !(id !== undefined && authorizedPipelines.includes(id))) lacking.add(each);
  });
  return { lacking: [...found.values()].filter((each) => lacking.has(each)), missing: [...missing] };
}
