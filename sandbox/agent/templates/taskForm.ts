import { get, scalar, type Entry, type MappingNode, type Node } from '../yaml/node';

/** The task that checks out, which has no other name. */
export const checkoutTask = '6d15af64-176c-496d-b583-fd2ae21d4df4@1';

interface Shortcut {
  readonly task: string;
  /** The input that the value of the shortcut is. */
  readonly input: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Steps that are short for a task. */
const shortcuts: Readonly<Record<string, Shortcut>> = {
  script: { task: 'CmdLine@2', input: 'script' },
  bash: { task: 'Bash@3', input: 'script', inputs: { targetType: 'inline' } },
  powershell: { task: 'PowerShell@2', input: 'script', inputs: { targetType: 'inline' } },
  pwsh: { task: 'PowerShell@2', input: 'script', inputs: { targetType: 'inline', pwsh: 'true' } },
  checkout: { task: checkoutTask, input: 'repository' },
};

/** Keys that every step has; the others of a shortcut are inputs of its task. */
const stepKeys = [
  'condition',
  'continueOnError',
  'displayName',
  'enabled',
  'env',
  'name',
  'retryCountOnTaskFailure',
  'target',
  'timeoutInMinutes',
];

/** Keys of stages, jobs and strategies under which there are steps. */
const structure = [
  'jobs',
  'strategy',
  'runOnce',
  'rolling',
  'canary',
  'preDeploy',
  'deploy',
  'routeTraffic',
  'postRouteTraffic',
  'on',
  'success',
  'failure',
];

/**
 * Steps, jobs and stages as a template sees them in its parameters: `script: x` is `CmdLine@2` with an input there.
 * https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/extends and
 * https://learn.microsoft.com/azure/devops/pipelines/security/templates
 */
export function toTaskForm(node: Node, kind: 'stages' | 'jobs' | 'steps'): Node {
  if (node.kind === 'sequence') return { ...node, items: node.items.map((item) => toTaskForm(item, kind)) };
  if (node.kind === 'scalar') return node;
  return kind === 'steps' ? stepToTask(node) : withTasks(node);
}

function withTasks(node: MappingNode): MappingNode {
  return {
    ...node,
    entries: node.entries.map(({ key, value }) => {
      if (key.text === 'steps') return { key, value: toTaskForm(value, 'steps') };
      return structure.includes(key.text) ? { key, value: toTaskForm(value, 'jobs') } : { key, value };
    }),
  };
}

function stepToTask(node: MappingNode): MappingNode {
  const [first, ...others] = node.entries;
  const shortcut = first && shortcuts[first.key.text];
  if (!first || !shortcut || isNone(first)) return node;
  const { at } = first.key;
  const fixed = Object.entries(shortcut.inputs ?? {}).map(([name, value]) => ({
    key: scalar(name, at),
    value: scalar(value, at),
  }));
  const own = others.filter(({ key }) => !stepKeys.includes(key.text));
  const inputs = [...fixed, { key: scalar(shortcut.input, at), value: first.value }, ...own];
  return {
    ...node,
    entries: [
      { key: scalar('task', at), value: scalar(shortcut.task, at) },
      ...others.filter(({ key }) => stepKeys.includes(key.text)),
      { key: scalar('inputs', at), value: { kind: 'mapping', entries: inputs, at } },
    ],
  };
}

/** `checkout: none` only says that there is nothing to check out. */
function isNone({ key, value }: Entry): boolean {
  return key.text === 'checkout' && value.kind === 'scalar' && value.text === 'none';
}

/** The `checkout` that a step of the checkout task means; other steps as they are. */
export function fromTaskForm(node: MappingNode): MappingNode {
  const task = get(node, 'task');
  if (task?.kind !== 'scalar' || task.text.toLowerCase() !== checkoutTask) return node;
  const given = get(node, 'inputs');
  const inputs = given?.kind === 'mapping' ? given.entries : [];
  const repository = inputs.find(({ key }) => key.text === 'repository')?.value;
  return {
    ...node,
    entries: [
      { key: scalar('checkout', task.at), value: repository ?? scalar('self', task.at) },
      ...inputs.filter(({ key }) => key.text !== 'repository'),
      ...node.entries.filter(({ key }) => key.text !== 'task' && key.text !== 'inputs'),
    ],
  };
}
