import { isList, isMap, type Json, type JsonMap } from '../../../json';
import { keyOf } from '../../variableGroups/document';

/** Something outside of its repository that the YAML of a pipeline names. */
export interface NamedResource {
  readonly kind: 'environment' | 'variablegroup' | 'endpoint' | 'queue' | 'repository' | 'pipeline';
  readonly name: string;
  /** Whether it is nothing if there is none of that name: any input of a task can have the name of a service connection. */
  readonly isGuess?: true;
}

export interface NamedResources {
  readonly resources: readonly NamedResource[];
  /** What only a run can be permitted: names with variables of a run (`environment $(target)`), and secure files. */
  readonly undetermined: readonly string[];
}

/**
 * The inputs of tasks that name a service connection in each task that has them: those of the tasks of Microsoft
 * (https://github.com/microsoft/azure-pipelines-tasks, inputs of type connectedService) and of this extension. Other inputs
 * name one where their value is the name or the id of a service connection of the project.
 */
const connectionInputs = new Set([
  'azureresourcemanagerconnection',
  'azuresubscription',
  'azuresubscriptionendpoint',
  'connectedservicename',
  'connectedservicenamearm',
  'dockerregistryendpoint',
  'dockerregistryserviceconnection',
  'kubernetesserviceconnection',
  'kubernetesserviceendpoint',
  'azureconnection',
  'databricksconnection',
  'devopsconnection',
  'importconnection',
  'kubernetesconnection',
]);

/** The name that the queue of the agents of Microsoft has in each project. */
export const hostedPool = 'Azure Pipelines';
/** Jobs without an agent. */
const serverPool = 'server';

/**
 * What an expanded pipeline (`finalYaml` of a preview) names: environments, variable groups, service connections, agent
 * pools, repositories and other pipelines. `variables` are those of the pipeline itself, by the `keyOf` of their names.
 * Source: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema.
 */
export function namedResources(yaml: Json, variables: ReadonlyMap<string, string>): NamedResources {
  const reader = new Reader(variables);
  reader.readVariables(yaml);
  reader.read(yaml);
  return reader;
}

class Reader implements NamedResources {
  readonly #found = new Map<string, NamedResource>();
  readonly #variables: Map<string, string>;
  readonly #undetermined = new Set<string>();

  constructor(variables: ReadonlyMap<string, string>) {
    this.#variables = new Map(variables);
  }

  get resources(): readonly NamedResource[] {
    return [...this.#found.values()];
  }

  get undetermined(): readonly string[] {
    return [...this.#undetermined];
  }

  /** Variables are known in all parts, whatever the order in which those are written. */
  readVariables(value: Json): void {
    if (isList(value)) for (const item of value) this.readVariables(item);
    if (!isMap(value)) return;
    for (const [key, below = null] of Object.entries(value))
      if (key !== 'variables') {
        if (!isOpaque(key)) this.readVariables(below);
      } else if (isMap(below)) for (const [name, text] of Object.entries(below)) this.#setVariable(name, text);
      else if (isList(below))
        for (const item of below) if (isMap(item)) this.#setVariable(textOf(item['name']), item['value']);
  }

  #setVariable(name: string | undefined, value: Json | undefined): void {
    if (name !== undefined && isScalar(value) && !this.#variables.has(keyOf(name)))
      this.#variables.set(keyOf(name), String(value));
  }

  read(value: Json): void {
    if (isList(value)) for (const item of value) this.read(item);
    if (!isMap(value)) return;
    for (const [key, below = null] of Object.entries(value))
      if (key === 'environment' && typeof value['deployment'] === 'string') this.#readEnvironment(below);
      else if (key === 'pool') this.#readPool(below);
      else if (key === 'variables') this.#readGroups(below);
      else if (key === 'resources') this.#readResources(below);
      else if (key === 'task') this.#readInputs(value['inputs']);
      else if (key === 'checkout') this.#readCheckout(below);
      else if (key === 'container') this.#readEndpoint(isMap(below) ? below['endpoint'] : undefined);
      else if (!isOpaque(key)) this.read(below);
  }

  /** `name`, `name.resource`, or a map. */
  #readEnvironment(given: Json): void {
    const text = textOf(isMap(given) ? given['name'] : given);
    this.#add('environment', isMap(given) || text?.includes('$') ? text : text?.split('.')[0]);
  }

  #readPool(given: Json): void {
    const name = textOf(isMap(given) ? given['name'] : given);
    if (name !== undefined && name !== serverPool) this.#add('queue', name);
    else if (isMap(given) && given['vmImage'] !== undefined) this.#add('queue', hostedPool);
  }

  #readGroups(given: Json): void {
    if (isList(given)) for (const item of given) if (isMap(item)) this.#add('variablegroup', textOf(item['group']));
  }

  #readResources(given: Json): void {
    if (!isMap(given)) return;
    for (const [kind, list] of Object.entries(given))
      for (const item of isList(list) ? list.filter(isMap) : []) {
        if (kind === 'repositories' && /^(git|tfsgit)$/i.test(textOf(item['type']) ?? 'git'))
          this.#add('repository', textOf(item['name']));
        else if (kind === 'pipelines') this.#readPipeline(item);
        // Containers and repositories elsewhere have an endpoint; builds, packages and webhooks have a connection.
        this.#readEndpoint(item['endpoint']);
        this.#readEndpoint(item['connection']);
      }
  }

  /** Of another project, nothing can be said. */
  #readPipeline({ source, project }: JsonMap): void {
    if (textOf(project) === undefined) this.#add('pipeline', textOf(source));
  }

  #readInputs(inputs: Json | undefined): void {
    if (!isMap(inputs)) return;
    for (const [name, value] of Object.entries(inputs)) {
      const text = textOf(value);
      if (text === undefined) continue;
      // The task that a checkout is in expanded YAML has the same value.
      if (name === 'repository') this.#readCheckout(text);
      if (name.toLowerCase() === 'securefile') this.#undetermined.add(`secure file ${text}`);
      else if (connectionInputs.has(name.toLowerCase()))
        for (const each of text.split(',')) this.#add('endpoint', each.trim());
      else if (!text.includes('\n')) this.#add('endpoint', text, true);
    }
  }

  /** `git://project/repository@ref`; others are `self`, `none`, or an alias of `resources`. */
  #readCheckout(given: Json): void {
    const [, name] = /^git:\/\/([^@]+)/.exec(textOf(given) ?? '') ?? [];
    this.#add('repository', name);
  }

  #readEndpoint(given: Json | undefined): void {
    this.#add('endpoint', textOf(given));
  }

  #add(kind: NamedResource['kind'], written: string | undefined, isGuess = false): void {
    if (written === undefined || written === '') return;
    const name = this.#expanded(written);
    if (/\$[([{]/.test(name)) {
      if (!isGuess) this.#undetermined.add(`${kindWords[kind]} ${written}`);
      return;
    }
    const key = `${kind} ${keyOf(name)}`;
    if (!isGuess || !this.#found.has(key)) this.#found.set(key, { kind, name, ...(isGuess && { isGuess }) });
  }

  /** A variable may have others in its value. */
  #expanded(text: string): string {
    let result = text;
    for (let round = 0; round < mostRounds && result.includes('$('); round++)
      result = result.replaceAll(/\$\(([^()]+)\)/g, (macro, name: string) => this.#variables.get(keyOf(name)) ?? macro);
    return result;
  }
}

const mostRounds = 10;

/** As in a sentence. */
export const kindWords: Readonly<Record<NamedResource['kind'], string>> = {
  environment: 'environment',
  variablegroup: 'variable group',
  endpoint: 'service connection',
  queue: 'agent pool',
  repository: 'repository',
  pipeline: 'pipeline',
};

/** Parts whose names are those of people, not of the schema. */
function isOpaque(key: string): boolean {
  return key === 'inputs' || key === 'env' || key === 'parameters';
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function textOf(value: Json | undefined): string | undefined {
  return isScalar(value) && value !== '' ? String(value) : undefined;
}
