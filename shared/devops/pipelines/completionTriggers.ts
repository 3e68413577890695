import { errorAt, type DocumentPath, type Finding } from '../../finding';
import type { DefinitionReference } from '../api/pipelines/build';
import { folderOf, fullBranchName, normalizedPath, pathKey, pipelinePath, type PipelineEntry } from './document';
import type { WantedPipeline, WantedPipelines, WantedTrigger } from './wanted';

interface Source {
  /** `\\models\\train`. */
  readonly source: string;
  /** Undefined for one of the document that does not exist yet. */
  readonly sourceId: number | undefined;
}

/** The triggers of one pipeline, with the ids of their sources. */
export function triggersOf(
  existing: readonly DefinitionReference[],
  { pipelines: all, folder: general }: WantedPipelines,
  entry: PipelineEntry,
  path: DocumentPath,
): { readonly triggers: readonly WantedTrigger[]; readonly problems: readonly Finding[] } {
  const folder = folderOf(entry, general);
  const sources = new Map<string, Source>([
    ...all.map((each) => sourceEntry(folderOf(each, general), each.name, undefined)),
    ...existing.map((each) => sourceEntry(each.path, each.name, each.id)),
  ]);
  const triggers: WantedTrigger[] = [];
  const problems: Finding[] = [];
  for (const [index, { pipeline, branches = [] }] of (entry.completionTriggers ?? []).entries()) {
    const matching = matchingSources(sources, folder, pipeline);
    const [only] = matching;
    const problem = sourceProblem(matching, pathKey(folder, entry.name));
    if (problem !== undefined) problems.push(errorAt([...path, 'completionTriggers', index, 'pipeline'], problem));
    else if (only) triggers.push({ ...only, branches: branches.map(fullBranchName) });
  }
  return { triggers, problems };
}

function sourceEntry(folder: string, name: string, sourceId: number | undefined): readonly [string, Source] {
  return [pathKey(folder, name), { source: pipelinePath(folder, name), sourceId }];
}

/** A path names one pipeline, a name those of all folders; one of the same folder comes first. */
function matchingSources(sources: ReadonlyMap<string, Source>, folder: string, given: string): readonly Source[] {
  const wanted = normalizedPath(given).toLowerCase();
  const exact = sources.get(pathKey(folder, given)) ?? sources.get(wanted);
  if (exact) return [exact];
  if (/[\\/]/.test(given.trim())) return [];
  return [...sources].filter(([key]) => key.endsWith(wanted)).map(([, source]) => source);
}

function sourceProblem(matching: readonly Source[], own: string): string | undefined {
  const [only, ...more] = matching;
  if (!only) return 'is not a pipeline of the project or of this document, or this identity may not see it.';
  if (more.length > 0) {
    const paths = matching.map(({ source }) => source).join(', ');
    return `is the name of ${matching.length} pipelines: ${paths}. Write the path.`;
  }
  return only.source.toLowerCase() === own ? 'is the pipeline itself, which would run for ever.' : undefined;
}

/** Each after those of the document that start it; `loop` is one that starts itself by way of others. */
export function inOrder(pipelines: readonly WantedPipeline[]): {
  readonly ordered: readonly WantedPipeline[];
  readonly loop: WantedPipeline | undefined;
} {
  const keys = new Map(pipelines.map((each) => [pathKey(each.folder, each.entry.name), each]));
  const ordered = new Set<WantedPipeline>();
  const open = new Set<WantedPipeline>();
  let loop: WantedPipeline | undefined;
  const visit = (pipeline: WantedPipeline): void => {
    if (ordered.has(pipeline)) return;
    if (open.has(pipeline)) {
      loop ??= pipeline;
      return;
    }
    open.add(pipeline);
    for (const { source } of pipeline.triggers) {
      const before = keys.get(source.toLowerCase());
      if (before) visit(before);
    }
    ordered.add(pipeline);
  };
  for (const pipeline of pipelines) visit(pipeline);
  return { ordered: [...ordered], loop };
}
