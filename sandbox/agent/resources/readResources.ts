import { fold } from '../caseInsensitiveMap';
import type { Problems } from '../pipelineError';
import { Fields } from '../plan/fields';
import { isEmpty, type MappingNode, type Node } from '../yaml/node';
import {
  noResources,
  type ContainerResource,
  type RepositoryResource,
  type Resources,
  type RunResource,
} from './resources';

const repositoryTypes = ['git', 'github', 'githubenterprise', 'bitbucket', 'tfsgit'];

/** Reads an expanded `resources`: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources */
export function readResources(node: Node | undefined, problems: Problems): Resources {
  if (!node || isEmpty(node)) return noResources;
  // The form of the first pipelines, of which `repo: self` is still written by older templates of the service.
  if (node.kind === 'sequence') {
    for (const item of node.items) readLegacyItem(item, problems);
    return noResources;
  }
  if (node.kind === 'scalar') {
    problems.add("'resources' must be a mapping", node.at);
    return noResources;
  }
  const fields = new Fields(node, "'resources'", problems);
  const read = <T>(key: string, what: string, item: (fields: Fields, alias: string) => T): T[] => {
    const seen = new Set<string>();
    return itemsOf(key, fields).map((each) => {
      const inner = new Fields(each, what, problems);
      const kind = what.replace(/^a /, '').replace(/ resource$/, '');
      inner.requireFirst(kind);
      const alias = inner.text(kind) ?? '';
      if (alias === '') problems.add(`${what} needs an alias`, each.at);
      if (seen.has(fold(alias))) problems.add(`there are two ${key} with the alias '${alias}'`, each.at);
      seen.add(fold(alias));
      return item(inner, alias);
    });
  };
  const resources: Resources = {
    repositories: read('repositories', 'a repository resource', readRepository).flatMap((each) => each ?? []),
    runs: [...read('pipelines', 'a pipeline resource', readPipeline), ...read('builds', 'a build resource', readBuild)],
    containers: read('containers', 'a container resource', readContainer),
    withoutEffect: [
      ...read('packages', 'a package resource', readPackage),
      ...read('webhooks', 'a webhook resource', readWebhook),
    ],
  };
  fields.finish();
  return resources;
}

function itemsOf(key: string, fields: Fields): MappingNode[] {
  const node = fields.value(key);
  if (!node || isEmpty(node)) return [];
  if (node.kind !== 'sequence') {
    fields.problems.add(`'${key}' must be a list`, node.at);
    return [];
  }
  return node.items.flatMap((item) => {
    if (item.kind === 'mapping') return [item];
    fields.problems.add(`an item of '${key}' must be a mapping`, item.at);
    return [];
  });
}

function readLegacyItem(item: Node, problems: Problems): void {
  const repo = item.kind === 'mapping' ? item.entries.find(({ key }) => key.text === 'repo')?.value : undefined;
  if (repo?.kind !== 'scalar' || repo.text !== 'self')
    problems.add("'resources' as a list can only contain 'repo: self'", item.at);
}

/** The schema lets a repository have further properties. */
function readRepository(fields: Fields, alias: string): RepositoryResource | undefined {
  // The pipeline's own repository needs no description.
  if (fold(alias) === 'SELF') return undefined;
  const type = fields.text('type') ?? 'git';
  if (!repositoryTypes.includes(type.toLowerCase()))
    fields.problems.add(`a repository can't be of type '${type}'`, fields.placeOf('type'));
  const name = fields.text('name');
  if (name === undefined) fields.problems.add(`the repository resource '${alias}' needs a 'name'`, fields.at);
  if (type !== 'git' && type.toLowerCase() !== 'tfsgit' && fields.text('endpoint') === undefined)
    fields.problems.add(`the repository resource '${alias}' of type '${type}' needs an 'endpoint'`, fields.at);
  return { alias, type, name: name ?? alias, ref: fields.text('ref') ?? 'refs/heads/main', at: fields.at };
}

function readPipeline(fields: Fields, alias: string): RunResource {
  fields.ignore('version', 'branch', 'tags', 'trigger');
  const source = fields.text('source');
  if (source === undefined) fields.problems.add(`the pipeline resource '${alias}' needs a 'source'`, fields.at);
  const project = fields.text('project');
  fields.finish();
  return { kind: 'pipeline', alias, source: source ?? '', project, at: fields.at };
}

function readBuild(fields: Fields, alias: string): RunResource {
  fields.ignore('version', 'branch', 'trigger');
  const { source } = required(fields, `the build resource '${alias}'`, ['type', 'connection', 'source']);
  // An extension that brings a kind of build system can have properties of its own.
  return { kind: 'build', alias, source: source ?? '', project: undefined, at: fields.at };
}

function readContainer(fields: Fields, alias: string): ContainerResource {
  fields.ignore('trigger', 'endpoint', 'env', 'mapDockerSocket', 'options', 'ports', 'volumes', 'mountReadOnly');
  fields.ignore('localImage', 'azureSubscription', 'resourceGroup');
  const isRegistry = fields.text('type') !== undefined;
  const [registry, repository] = [fields.text('registry'), fields.text('repository')];
  const image = fields.text('image') ?? (isRegistry ? [registry, repository].filter(Boolean).join('/') : undefined);
  if (!image) fields.problems.add(`the container resource '${alias}' needs an 'image'`, fields.at);
  fields.finish();
  return { alias, image: image ?? '', at: fields.at };
}

function readPackage(fields: Fields, alias: string): string {
  fields.ignore('version', 'tag', 'trigger');
  required(fields, `the package resource '${alias}'`, ['type', 'connection', 'name']);
  fields.finish();
  return `the package '${alias}'`;
}

function readWebhook(fields: Fields, alias: string): string {
  fields.ignore('type', 'filters');
  required(fields, `the webhook resource '${alias}'`, ['connection']);
  fields.finish();
  return `the webhook '${alias}'`;
}

function required(fields: Fields, what: string, keys: readonly string[]): Partial<Record<string, string>> {
  return Object.fromEntries(
    keys.map((key) => {
      const text = fields.text(key);
      if (text === undefined) fields.problems.add(`${what} needs a '${key}'`, fields.at);
      return [key, text ?? ''];
    }),
  );
}
