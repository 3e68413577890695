import { fold } from '../caseInsensitiveMap';
import { findTask, type TaskDefinition } from '../tasks/taskDefinitions';
import { findInput, isConnection } from '../tasks/taskInputs';
import { expandMacros } from '../variables/expandMacros';
import { get, isEmpty, type MappingNode, type Node } from '../yaml/node';

/** Something protected that a pipeline names in its YAML; the kinds are those of pipeline permissions. */
export interface NamedResource {
  readonly type: 'environment' | 'variablegroup' | 'endpoint' | 'queue' | 'repository';
  readonly name: string;
}

/** The queue that Microsoft's agents are behind. */
const hostedQueue = 'Azure Pipelines';

/**
 * What the parts of an expanded pipeline name: environments, variable groups, service connections in inputs of tasks, pools
 * and repositories. A name may contain `$(variables)` that are known before the run.
 */
export class ResourceNames {
  readonly #found = new Map<string, NamedResource>();
  readonly #variables = new Map<string, string>();

  constructor(private readonly tasks: readonly TaskDefinition[]) {}

  get all(): readonly NamedResource[] {
    return [...this.#found.values()];
  }

  /** Reads a part of the pipeline with all that is in it; `leaveOut` are keys that another part is read for. */
  read(node: Node, leaveOut: readonly string[] = []): this {
    if (node.kind === 'sequence') for (const item of node.items) this.read(item);
    if (node.kind !== 'mapping') return this;
    const variables = get(node, 'variables');
    if (variables?.kind === 'sequence') this.#readVariables(variables.items);
    for (const { key, value } of node.entries) {
      if (leaveOut.includes(key.text)) continue;
      if (key.text === 'environment') this.#add('environment', environmentName(value));
      else if (key.text === 'pool') this.#add('queue', queueName(value));
      else if (key.text === 'repositories') this.#readRepositories(value);
      else if (key.text === 'task') this.#readTask(node);
      else if (!['variables', 'inputs', 'env'].includes(key.text)) this.read(value);
    }
    return this;
  }

  #readVariables(items: readonly Node[]): void {
    for (const item of items) {
      if (item.kind !== 'mapping') continue;
      const [group, name, value] = ['group', 'name', 'value'].map((key) => textOf(get(item, key)));
      if (group !== undefined) this.#add('variablegroup', group);
      if (name !== undefined && value !== undefined) this.#variables.set(fold(name), value);
    }
  }

  #readTask(step: MappingNode): void {
    const [name = '', version = ''] = (textOf(get(step, 'task')) ?? '').split('@');
    const task = findTask(this.tasks, name, Number(version.split('.')[0]));
    const inputs = get(step, 'inputs');
    if (!task || inputs?.kind !== 'mapping') return;
    for (const { key, value } of inputs.entries) {
      const input = findInput(task, key.text);
      if (!input || !isConnection(input)) continue;
      for (const reference of (textOf(value) ?? '').split(',')) this.#add('endpoint', reference.trim());
    }
  }

  #readRepositories(list: Node): void {
    if (list.kind !== 'sequence') return;
    for (const item of list.items) {
      if (item.kind !== 'mapping') continue;
      const type = textOf(get(item, 'type')) ?? 'git';
      if (/^(git|tfsgit)$/i.test(type)) this.#add('repository', textOf(get(item, 'name')));
      else this.#add('endpoint', textOf(get(item, 'endpoint')));
    }
  }

  #add(type: NamedResource['type'], written: string | undefined): void {
    if (written === undefined || written === '') return;
    const name = expandMacros(written, (variable) => this.#variables.get(fold(variable)));
    this.#found.set(`${type} ${fold(name)}`, { type, name });
  }
}

function environmentName(node: Node): string | undefined {
  const text = textOf(node.kind === 'mapping' ? get(node, 'name') : node);
  // `environment: name.resource`
  return node.kind === 'mapping' || text === undefined || text.includes('$(') ? text : text.split('.')[0];
}

function queueName(node: Node): string | undefined {
  if (node.kind !== 'mapping') return textOf(node);
  return textOf(get(node, 'name')) ?? (get(node, 'vmImage') ? hostedQueue : undefined);
}

function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && !isEmpty(node) ? node.text : undefined;
}
