import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fail, type Position } from '../pipelineError';
import { readYaml } from '../yaml/readYaml';
import type { MappingNode } from '../yaml/node';

/** https://learn.microsoft.com/azure/devops/pipelines/process/templates#imposed-limits-on-template-updates */
const maxFiles = 100;

/** The YAML files of the one repository that a pipeline is in. Templates of other repositories can't be had here. */
export class TemplateFiles {
  readonly #files = new Map<string, MappingNode>();

  /** `rootFolder` is the repository's root. */
  constructor(readonly rootFolder: string) {}

  /** The file at a path below the root. */
  load(file: string, at?: Position): MappingNode {
    const known = this.#files.get(file);
    if (known) return known;
    if (this.#files.size >= maxFiles) fail(`more than ${maxFiles} YAML files are included`, at);
    const full = path.join(this.rootFolder, file);
    if (!existsSync(full) || !statSync(full).isFile()) fail(`there is no file '${file}' in the repository`, at);
    const root = readYaml(readFileSync(full, 'utf8'), file);
    this.#files.set(file, root);
    return root;
  }

  /** A template as it is named at a place: from that file's folder on, or from the root on when it starts with `/`. */
  loadTemplate(reference: string, at: Position): MappingNode {
    const [name = '', repository] = reference.split('@');
    if (repository !== undefined && repository.toLowerCase() !== 'self') {
      fail(`the template '${reference}' is in another repository, which is not supported here`, at);
    }
    const file = path.posix.normalize(
      name.startsWith('/') ? name.slice(1) : path.posix.join(path.posix.dirname(at.file), name),
    );
    if (file.startsWith('../')) fail(`the template '${reference}' is outside of the repository`, at);
    return this.load(file, at);
  }
}
