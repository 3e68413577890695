import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import type { Value } from '../expressions/value';
import { Problems, fail, type Position } from '../pipelineError';
import { mergeResources } from '../resources/mergeResources';
import { readResources } from '../resources/readResources';
import { get, isEmpty, mapping, type Entry, type MappingNode, type Node, type ScalarNode } from '../yaml/node';
import { bindParameters, type GivenParameters, type ListKind } from './bindParameters';
import { checkSyntax } from './checkSyntax';
import { expandEntries, expandNode, flattenEntries, flattenItems, type FlatEntry } from './expandNode';
import type { Scope } from './scope';
import type { TemplateFiles } from './templateFiles';

/** https://learn.microsoft.com/azure/devops/pipelines/process/templates#imposed-limits-on-template-updates */
const maxNesting = 100;

/** They say when a pipeline runs, which here is now. */
const triggers = ['trigger', 'pr', 'schedules'];

export interface ExpansionOptions {
  readonly files: TemplateFiles;
  /** The pipeline's file, relative to the repository's root. */
  readonly file: string;
  readonly parameters: GivenParameters;
  /** Predefined variables that are known before the run. */
  readonly predefined: Iterable<readonly [string, string]>;
  readonly startTime: Date;
}

/**
 * The pipeline with all templates included and every `${{ }}` replaced. Variables are a list of `name`/`value`
 * or `group` mappings wherever they stand.
 */
export function expandPipeline({ files, file, parameters, predefined, startTime }: ExpansionOptions): MappingNode {
  const root = files.load(file);
  const variables = new CaseInsensitiveMap<Value>(predefined);
  const problems = new Problems();
  const scope: Scope = { parameters: new CaseInsensitiveMap(), variables, loops: new Map(), startTime, file, problems };
  return problems.finish(() => new Expansion(files).pipeline(root, parameters, scope, root.at, true));
}

/** An expanded list of variables, and the scope of what stands beside it. */
interface ExpandedVariables {
  readonly items: MappingNode[];
  readonly scope: Scope;
}

class Expansion {
  #nesting = 0;

  constructor(readonly files: TemplateFiles) {}

  /** A pipeline's root, or that of the template it extends. */
  pipeline(root: MappingNode, given: GivenParameters, outer: Scope, at: Position, isPipeline = false): MappingNode {
    const scope = intoFile(outer, root, given, at, isPipeline);
    const rest = root.entries.filter(({ key }) => ![...triggers, 'parameters'].includes(key.text));
    const entries = [...flattenEntries({ ...root, entries: rest }, scope)];
    this.#declareRepositories(entries);
    const base = entries.find(({ key }) => key.text === 'extends');
    return base ? this.#extend(entries, base, scope, root.at) : this.#mapping(entries, scope, root.at);
  }

  /** Templates refer to repositories by alias: those of the pipeline and of the template that it extends are known. */
  #declareRepositories(entries: readonly FlatEntry[]): void {
    const resources = entries.find(({ key }) => key.text === 'resources');
    // What is wrong with resources is said with all else that is wrong with the plan.
    if (resources)
      this.files.declare(readResources(expandNode(resources.value, resources.scope), new Problems()).repositories);
  }

  /** The template's stages, jobs or steps take the place of `extends`; variables of both hold. */
  #extend(entries: readonly FlatEntry[], base: FlatEntry, outer: Scope, at: Position): MappingNode {
    const clash = entries.find(({ key }) => ['stages', 'jobs', 'steps'].includes(key.text));
    if (clash) fail(`'${clash.key.text}' is not allowed next to 'extends'`, clash.key.at);
    if (base.value.kind !== 'mapping') return fail("'extends' needs a 'template'", base.key.at);
    const { items, scope } = this.#variablesOf(entries, outer);
    const inner = this.#template([...flattenEntries(base.value, scope)], scope, base.key.at, (root, given, place) =>
      this.pipeline(root, given, scope, place),
    );
    const own = entries.filter(({ key }) => !['extends', 'variables', 'resources'].includes(key.text));
    const ownKeys = own.map(({ key }) => key.text);
    const theirs = inner.entries.filter(
      ({ key }) => !['variables', 'resources'].includes(key.text) && !ownKeys.includes(key.text),
    );
    const ownResources = entries.find(({ key }) => key.text === 'resources');
    const theirVariables = get(inner, 'variables');
    const variables = [...items, ...(theirVariables?.kind === 'sequence' ? theirVariables.items : [])];
    const merged: Entry = {
      key: { ...base.key, text: 'variables' },
      value: { kind: 'sequence', items: variables, at: base.key.at },
    };
    const ours = ownResources && expandNode(ownResources.value, ownResources.scope);
    const resources = mergeResources([ours, get(inner, 'resources')]);
    return { kind: 'mapping', entries: [...expandEntries(own, at).entries, ...resources, merged, ...theirs], at };
  }

  /** A pipeline, a stage, a job, or a strategy of one: its variables first, because the rest may use them. */
  #mapping(entries: readonly FlatEntry[], outer: Scope, at: Position): MappingNode {
    const variables = this.#variablesOf(entries, outer);
    const expanded = entries.map(({ key, value, scope }) => {
      const inner = { ...scope, variables: variables.scope.variables };
      return {
        key,
        value: key.text === 'variables' ? sequence(variables.items, value.at) : this.#value(key, value, inner),
      };
    });
    return { kind: 'mapping', entries: expanded, at };
  }

  #value(key: ScalarNode, value: Node, scope: Scope): Node {
    switch (key.text) {
      case 'stages':
      case 'jobs':
      case 'steps':
        return sequence(this.#list(key.text, value, scope), value.at);
      case 'strategy':
      case 'runOnce':
      case 'rolling':
      case 'canary':
      case 'preDeploy':
      case 'deploy':
      case 'routeTraffic':
      case 'postRouteTraffic':
      case 'on':
      case 'failure':
      case 'success':
        return value.kind === 'mapping'
          ? this.#mapping([...flattenEntries(value, scope)], scope, value.at)
          : expandNode(value, scope);
      default:
        return expandNode(value, scope);
    }
  }

  /** The stages, jobs or steps of a list, with those of its templates. */
  #list(kind: ListKind, node: Node, scope: Scope): Node[] {
    const value = node.kind === 'scalar' ? expandNode(node, scope) : node;
    if (value.kind !== 'sequence') return fail(`'${kind}' is not a list`, node.at);
    return [...flattenItems(value, scope)].flatMap((item) => {
      const { at } = item.node;
      if (item.node.kind !== 'mapping') return fail(`an item of '${kind}' is not a mapping`, at);
      const entries = [...flattenEntries(item.node, item.scope)];
      if (isTemplate(entries)) {
        return this.#template(entries, item.scope, at, (root, given, place) =>
          this.#list(kind, contentOf(root, kind, place), intoFile(item.scope, root, given, place)),
        );
      }
      return [kind === 'steps' ? expandEntries(entries, at) : this.#mapping(entries, item.scope, at)];
    });
  }

  /** Reads the template that a mapping names and hands it on with the parameters that the mapping gives. */
  #template<T>(
    entries: readonly FlatEntry[],
    scope: Scope,
    at: Position,
    include: (root: MappingNode, given: GivenParameters, at: Position) => T,
  ): T {
    const unknown = entries.find(({ key }) => !['template', 'parameters'].includes(key.text));
    if (unknown) fail(`'${unknown.key.text}' is not allowed next to 'template'`, unknown.key.at);
    const name = entries.find(({ key }) => key.text === 'template');
    if (!name) fail("'template' needs the path of a file", at);
    if (name !== entries[0]) fail("'template' must be the first key, before 'parameters'", name.key.at);
    const reference = expandNode(name.value, name.scope);
    if (reference.kind !== 'scalar' || reference.text === '') return fail("'template' needs the path of a file", at);
    if (this.#nesting >= maxNesting) fail(`templates are nested more than ${maxNesting} deep`, reference.at);
    const root = this.files.loadTemplate(reference.text, scope.file, reference.at);
    const given = this.#given(
      entries.find(({ key }) => key.text === 'parameters'),
      scope,
      root.at.file,
    );
    this.#nesting += 1;
    try {
      return include(root, given, reference.at);
    } finally {
      this.#nesting -= 1;
    }
  }

  /**
   * Templates in steps, jobs and stages that are given to a template are looked for from that template's file on:
   * https://github.com/microsoft/azure-pipelines-yaml/issues/271
   */
  #given(entry: FlatEntry | undefined, scope: Scope, file: string): GivenParameters {
    if (!entry) return new CaseInsensitiveMap();
    const value = entry.value.kind === 'scalar' ? expandNode(entry.value, scope) : entry.value;
    if (isEmpty(value)) return new CaseInsensitiveMap();
    if (value.kind !== 'mapping') return fail("'parameters' of a template is not a mapping", entry.value.at);
    const entries = [...flattenEntries(value, entry.scope)];
    return new CaseInsensitiveMap(
      entries.map((each) => {
        const node = (kind?: ListKind): Node =>
          this.#parameter(each.value, { ...each.scope, variables: scope.variables, file }, kind);
        return [each.key.text, { at: each.key.at, node }];
      }),
    );
  }

  /** Steps, jobs and stages given to a template may themselves come from templates. */
  #parameter(node: Node, scope: Scope, kind: ListKind | undefined): Node {
    const value = node.kind === 'scalar' ? expandNode(node, scope) : node;
    if (!kind || value.kind === 'scalar') return expandNode(value, scope);
    if (value.kind === 'sequence') return sequence(this.#list(kind, value, scope), value.at);
    const [single] = this.#list(kind, sequence([value], value.at), scope);
    return single ?? fail('this parameter is empty after its expressions are evaluated', node.at);
  }

  #variablesOf(entries: readonly FlatEntry[], outer: Scope): ExpandedVariables {
    const scope = { ...outer, variables: new CaseInsensitiveMap(outer.variables) };
    const entry = entries.find(({ key }) => key.text === 'variables');
    return { items: entry ? this.#variables(entry.value, { ...scope, loops: entry.scope.loops }) : [], scope };
  }

  /** Both forms of variables. Each is put into the scope at once, so that the next one sees it. */
  #variables(node: Node, scope: Scope): MappingNode[] {
    const value = node.kind === 'scalar' ? expandNode(node, scope) : node;
    if (isEmpty(value)) return [];
    if (value.kind === 'scalar') return fail("'variables' is neither a list nor a mapping", node.at);
    const items: MappingNode[] = [];
    if (value.kind === 'mapping') {
      for (const entry of flattenEntries(value, scope)) items.push(variableOf(entry));
    } else {
      for (const item of flattenItems(value, scope)) items.push(...this.#variableItem(item.node, item.scope));
    }
    return items;
  }

  #variableItem(node: Node, scope: Scope): MappingNode[] {
    if (node.kind !== 'mapping') return fail("an item of 'variables' is not a mapping", node.at);
    const entries = [...flattenEntries(node, scope)];
    if (isTemplate(entries)) {
      return this.#template(entries, scope, node.at, (root, given, at) =>
        this.#variables(contentOf(root, 'variables', at), intoFile(scope, root, given, at)),
      );
    }
    const item = expandEntries(entries, node.at);
    const [name, value] = [get(item, 'name'), get(item, 'value')];
    if (name?.kind === 'scalar' && value?.kind === 'scalar') scope.variables.set(name.text, value.text);
    return [item];
  }
}

function variableOf({ key, value, scope }: FlatEntry): MappingNode {
  const expanded = expandNode(value, scope);
  if (expanded.kind !== 'scalar') return fail(`the variable '${key.text}' is not a text`, value.at);
  scope.variables.set(key.text, expanded.text);
  return mapping({ name: { ...key, style: 'result' }, value: expanded }, key.at);
}

/** The scope inside a file: its own parameters, and the variables known where it is included. */
function intoFile(outer: Scope, root: MappingNode, given: GivenParameters, at: Position, isPipeline = false): Scope {
  checkSyntax(root, outer.problems);
  const parameters = bindParameters(get(root, 'parameters'), given, at, isPipeline);
  return { ...outer, loops: new Map(), parameters, file: root.at.file };
}

function isTemplate(entries: readonly FlatEntry[]): boolean {
  return entries.some(({ key }) => key.text === 'template');
}

/** What a template is included for. */
function contentOf(root: MappingNode, kind: ListKind | 'variables', at: Position): Node {
  const unknown = root.entries.find(({ key }) => ![kind, 'parameters'].includes(key.text));
  if (unknown)
    fail(`'${unknown.key.text}' is not allowed in a template that is included for its ${kind}`, unknown.key.at);
  return get(root, kind) ?? fail(`the template '${root.at.file}' has no '${kind}'`, at);
}

function sequence(items: readonly Node[], at: Position): Node {
  return { kind: 'sequence', items, at };
}
