import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import { fail, type Position } from '../pipelineError';
import type { RepositoryResource } from '../resources/resources';
import { noStandIns, standInFor, whyNoRepository, type StandIns } from '../resources/standIns';
import { readYaml } from '../yaml/readYaml';
import type { MappingNode } from '../yaml/node';

/** https://learn.microsoft.com/azure/devops/pipelines/process/templates#imposed-limits-on-template-updates */
const maxFiles = 100;

/** A file of a repository; of the one that the pipeline is in when there is no alias. */
interface FilePlace {
  readonly path: string;
  readonly alias?: string;
}

/**
 * The YAML files of the repository that a pipeline is in, and of those that its `resources` declare. Files of another
 * repository are named `path@alias`, in messages too.
 */
export class TemplateFiles {
  readonly #files = new Map<string, MappingNode>();
  readonly #repositories = new CaseInsensitiveMap<RepositoryResource>();

  /** `rootFolder` is the repository's root. */
  constructor(
    readonly rootFolder: string,
    readonly standIns: Pick<StandIns, 'repositories'> = noStandIns(),
  ) {}

  /** Makes repositories known to later references. */
  declare(repositories: readonly RepositoryResource[]): void {
    for (const repository of repositories) this.#repositories.set(repository.alias, repository);
  }

  /** The pipeline's file, at a path below the root. */
  load(file: string, at?: Position): MappingNode {
    return this.#load({ path: file }, at);
  }

  /**
   * A template as a file names it: from that file's folder on, or from the root on when it starts with `/` or is in another
   * repository than that file. A backslash is a slash.
   */
  loadTemplate(reference: string, fromFile: string, at: Position): MappingNode {
    const [written = '', alias] = reference.split('@');
    const name = written.replaceAll('\\', '/');
    const from = this.#placeOf(fromFile);
    const wanted = alias === undefined ? from.alias : alias.toLowerCase() === 'self' ? undefined : alias;
    const isSameRepository = wanted?.toLowerCase() === from.alias?.toLowerCase();
    const isRelative = isSameRepository && !name.startsWith('/');
    const file = path.posix.normalize(path.posix.join(isRelative ? path.posix.dirname(from.path) : '', name));
    const place = { path: file.replace(/^\//, ''), ...(wanted === undefined ? {} : { alias: wanted }) };
    if (file.startsWith('../')) fail(`the template '${reference}' is outside of the repository`, at);
    return this.#load(place, at);
  }

  #load({ path: file, alias }: FilePlace, at: Position | undefined): MappingNode {
    const label = alias === undefined ? file : `${file}@${alias}`;
    const known = this.#files.get(label);
    if (known) return known;
    const folder = alias === undefined ? this.rootFolder : this.#folderOf(alias, at);
    if (this.#files.size >= maxFiles) fail(`more than ${maxFiles} YAML files are included`, at);
    const full = path.join(folder, file);
    const where = alias === undefined ? 'the repository' : `the repository '${alias}' (${folder})`;
    if (!existsSync(full) || !statSync(full).isFile()) fail(`there is no file '${file}' in ${where}`, at);
    const root = readYaml(readFileSync(full, 'utf8'), label);
    this.#files.set(label, root);
    return root;
  }

  #folderOf(alias: string, at: Position | undefined): string {
    const repository = this.#repositories.get(alias);
    if (!repository) return fail(`'resources' declares no repository with the alias '${alias}'`, at);
    const why = whyNoRepository(this.standIns, repository);
    if (why !== undefined) fail(why, at);
    return standInFor(this.standIns.repositories, repository.alias, repository.name) ?? '';
  }

  #placeOf(file: string): FilePlace {
    const split = file.lastIndexOf('@');
    const alias = split < 0 ? undefined : this.#repositories.get(file.slice(split + 1))?.alias;
    return alias === undefined ? { path: file } : { path: file.slice(0, split), alias };
  }
}
