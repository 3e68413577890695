import type { Context } from '../../agent/context';
import { both, mapInParallel } from '../../inParallel';
import { errorAt, type DocumentPath, type Finding } from '../../finding';
import type { Definition, DefinitionReference } from '../api/pipelines/build';
import { nameOf } from '../callerNames';
import type { Devops } from '../devops';
import { keyOf } from '../variableGroups/document';
import { branchOf, repositoryIdOf } from './compareDefinition';
import { inOrder, triggersOf } from './completionTriggers';
import { folderOf, fullBranchName, pathKey, type PipelineEntry } from './document';
import { missingSecrets, secretFindings, secretsOf } from './secrets';
import type { SourceFiles, SourceRepository } from './sourceFiles';
import { readsAtOnce } from './use/grants';
import { hostedPool } from './use/namedResources';
import type { ProjectLists } from './use/projectLists';
import type { WantedPipeline, WantedPipelines } from './wanted';

export interface Resolving {
  readonly devops: Devops;
  readonly project: { readonly id: string; readonly name: string };
  readonly source: SourceRepository;
  readonly files: SourceFiles;
  /** All pipelines of the project. */
  readonly existing: readonly DefinitionReference[];
  readonly lists: ProjectLists;
}

export interface ResolvedPipelines {
  readonly pipelines: readonly WantedPipeline[];
  /** Those that exist. */
  readonly definitions: ReadonlyMap<WantedPipeline, Definition>;
  readonly findings: readonly Finding[];
}

/**
 * The pipelines of a document with all that they refer to, in an order in which each comes after those that start it; and
 * what is wrong with the document, such as a file that is not on the branch.
 */
export async function resolveWanted(
  work: Resolving,
  given: WantedPipelines,
  context: Context,
): Promise<ResolvedPipelines> {
  const { path: at = ['pipelines'] } = given;
  const findings: Finding[] = [...secretFindings(given, at, context)];
  const branches = new BranchLookUp(work);
  const resolved = await mapInParallel(given.pipelines, readsAtOnce, (entry, index) =>
    resolveOne({ work, branches }, given, entry, [...at, index]),
  );
  findings.push(...resolved.flatMap((each) => each.findings));
  const definitions = new Map(
    resolved.flatMap(({ wanted, definition }) => (definition ? [[wanted, definition] as const] : [])),
  );
  const { ordered, loop } = inOrder(resolved.map(({ wanted }) => wanted));
  if (loop)
    findings.push(
      errorAt([...loop.path, 'completionTriggers'], 'leads back to the same pipeline, which would run for ever.'),
    );
  return { pipelines: ordered, definitions, findings };
}

async function resolveOne(
  { work, branches }: { readonly work: Resolving; readonly branches: BranchLookUp },
  given: WantedPipelines,
  entry: PipelineEntry,
  path: DocumentPath,
): Promise<{
  readonly wanted: WantedPipeline;
  readonly definition: Definition | undefined;
  readonly findings: readonly Finding[];
}> {
  const findings: Finding[] = [];
  const folder = folderOf(entry, given.folder);
  const found = findPipeline(work.existing, folder, entry.name);
  const definition = found && (await work.devops.build.definition(work.project.id, found.id));
  const yamlFile = entry.yamlFile.replace(/^\/+/, '');
  const defaultBranch = branches.branchOf(entry, definition);
  const [ofBranch, pool] = await both(
    readsAtOnce,
    () => branches.findings({ path, entry, yamlFile, branch: defaultBranch }),
    () => poolOf(work, entry, found !== undefined),
  );
  findings.push(...ofBranch);
  if (pool === 'missing' && entry.pool !== undefined)
    findings.push(errorAt([...path, 'pool'], await poolProblem(work)));
  const { triggers, problems } = triggersOf(work.existing, given, entry, path);
  findings.push(...problems);
  const wanted: WantedPipeline = {
    entry,
    path,
    folder,
    yamlFile,
    repository: repositoryOf(work.source),
    defaultBranch: defaultBranch ?? '',
    pool: pool === 'missing' ? undefined : pool,
    triggers,
    secrets: secretsOf(entry, given.secrets),
    updateSecrets: given.updateSecrets ?? false,
    firstRun: entry.firstRun ?? given.firstRun,
  };
  findings.push(...missingSecrets(wanted, definition));
  return { wanted, definition, findings };
}

function repositoryOf(source: SourceRepository): WantedPipeline['repository'] {
  if (source.kind === 'planned') return { id: '', name: source.planned.name };
  const { id, name } = source.repository;
  return { id, name };
}

/** The pipeline of a folder and a name; those of the same name in other folders are others. */
export function findPipeline(
  existing: readonly DefinitionReference[],
  folder: string,
  name: string,
): DefinitionReference | undefined {
  return existing.find((each) => pathKey(each.path, each.name) === pathKey(folder, name));
}

interface Source {
  readonly path: DocumentPath;
  readonly entry: PipelineEntry;
  readonly yamlFile: string;
  readonly branch: string | undefined;
}

/** Looks for YAML files before anything is created: a pipeline without its file only says that a controller was not found. */
class BranchLookUp {
  readonly #branches = new Map<string, Promise<boolean>>();

  constructor(private readonly work: Resolving) {}

  /** The branch that the document names, that the pipeline has, or that a new one gets; undefined for an empty repository. */
  branchOf({ defaultBranch }: PipelineEntry, definition: Definition | undefined): string | undefined {
    if (defaultBranch !== undefined) return fullBranchName(defaultBranch);
    const { source } = this.work;
    if (source.kind === 'planned') return source.planned.defaultBranch;
    const { id, defaultBranch: ofRepository } = source.repository;
    const isOwn = definition !== undefined && repositoryIdOf(definition.whole)?.toLowerCase() === id.toLowerCase();
    return (isOwn ? branchOf(definition.whole) : undefined) ?? ofRepository;
  }

  async findings({ path, entry, yamlFile, branch }: Source): Promise<readonly Finding[]> {
    const { name } = repositoryOf(this.work.source);
    const at = [...path, entry.defaultBranch === undefined ? 'yamlFile' : 'defaultBranch'];
    if (branch === undefined)
      return [errorAt(at, `is not there: the repository '${name}' is empty. Push to it first.`)];
    const [hasBranch, hasFile] = await this.#look(branch, yamlFile);
    if (!hasBranch)
      return [
        errorAt(
          at,
          `is not a branch of the repository '${name}': it has no ${branch}. Names of branches are case-sensitive.`,
        ),
      ];
    if (hasFile) return [];
    const problem = `is not a file on the branch ${branch} of the repository '${name}': it has no ${yamlFile}. Push the file first, or correct the path, which is case-sensitive.`;
    return [errorAt([...path, 'yamlFile'], problem)];
  }

  async #look(branch: string, file: string): Promise<readonly [hasBranch: boolean, hasFile: boolean]> {
    const { source, files } = this.work;
    const hasFile = async (): Promise<boolean> => (await files.read(branch, file)) !== undefined;
    // The service knows the name of a default branch: the file is looked for at the same time.
    if (source.kind === 'found' && source.repository.defaultBranch === branch)
      return both(readsAtOnce, () => this.#hasBranch(branch), hasFile);
    const hasBranch = await this.#hasBranch(branch);
    return [hasBranch, hasBranch && (await hasFile())];
  }

  #hasBranch(branch: string): Promise<boolean> {
    const known = this.#branches.get(branch) ?? this.#lookForBranch(branch);
    this.#branches.set(branch, known);
    return known;
  }

  async #lookForBranch(branch: string): Promise<boolean> {
    const { devops, project, source } = this.work;
    if (source.kind === 'planned') return source.planned.defaultBranch === branch;
    return (await devops.git.branch(project.id, source.repository.id, branch)) !== undefined;
  }
}

/** The pool that the document names, or that a new pipeline needs: without one, nothing can be queued. */
async function poolOf({ lists }: Resolving, { pool }: PipelineEntry, isThere: boolean) {
  if (pool === undefined && isThere) return undefined;
  const name = pool ?? hostedPool;
  const found = (await lists.queues()).find((queue) => keyOf(queue.name) === keyOf(name));
  return found ? { id: found.id, name: found.name } : 'missing';
}

/** A pool that is not listed may exist: https://github.com/microsoft/terraform-provider-azuredevops/issues/647. */
export async function poolProblem({ devops, project }: Pick<Resolving, 'devops' | 'project'>): Promise<string> {
  const who = nameOf(await devops.caller());
  return `is not an agent pool of the project '${project.name}', or the identity ${who} may not see it. Add the pool to the project, or grant the identity the role Reader on it (Project settings, Agent pools, Security).`;
}
