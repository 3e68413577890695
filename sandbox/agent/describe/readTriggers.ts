import { get, type MappingNode, type Node } from '../yaml/node';

/** Patterns of branches or paths; a pattern may end with `*`, and contain it. */
export interface Filter {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** For which pushes the file of a pipeline asks for a run. */
export interface PushTrigger {
  readonly branches: Filter;
  readonly paths: Filter;
}

/** A pipeline whose runs start this one. */
export interface CompletionTrigger {
  /** The name of the pipeline; its folder may stand before it. */
  readonly source: string;
  readonly project: string | undefined;
  readonly branches: Filter;
}

export interface Triggers {
  /** Undefined for `trigger: none`. */
  readonly push: PushTrigger | undefined;
  readonly completions: readonly CompletionTrigger[];
}

const everything: Filter = { include: [], exclude: [] };

/**
 * The triggers of a pipeline's file, which templates and expressions have no part in. Without `trigger` every push to any
 * branch starts a run: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/trigger
 */
export function readTriggers(file: MappingNode): Triggers {
  return { push: readPush(get(file, 'trigger')), completions: readCompletions(get(file, 'resources')) };
}

function readPush(node: Node | undefined): PushTrigger | undefined {
  if (!node) return { branches: everything, paths: everything };
  if (node.kind === 'scalar' && node.text.toLowerCase() === 'none') return undefined;
  if (node.kind !== 'mapping') return { branches: readFilter(node), paths: everything };
  return { branches: readFilter(get(node, 'branches')), paths: readFilter(get(node, 'paths')) };
}

function readCompletions(resources: Node | undefined): CompletionTrigger[] {
  const list = resources?.kind === 'mapping' ? get(resources, 'pipelines') : undefined;
  const items = list?.kind === 'sequence' ? list.items : [];
  return items.flatMap((item) => {
    const trigger = item.kind === 'mapping' ? get(item, 'trigger') : undefined;
    if (item.kind !== 'mapping' || !trigger || (trigger.kind === 'scalar' && /^(none|false)$/i.test(trigger.text)))
      return [];
    const [source, project] = [get(item, 'source'), get(item, 'project')].map((node) =>
      node?.kind === 'scalar' ? node.text : undefined,
    );
    const branches = trigger.kind === 'mapping' ? readFilter(get(trigger, 'branches')) : everything;
    return source === undefined ? [] : [{ source, project, branches }];
  });
}

/** A list is what to include; so is one pattern. */
function readFilter(node: Node | undefined): Filter {
  if (node?.kind !== 'mapping') return { include: textsOf(node), exclude: [] };
  return { include: textsOf(get(node, 'include')), exclude: textsOf(get(node, 'exclude')) };
}

function textsOf(node: Node | undefined): string[] {
  if (node?.kind === 'sequence') return node.items.flatMap(textsOf);
  return node?.kind === 'scalar' && node.text !== '' ? [node.text] : [];
}
