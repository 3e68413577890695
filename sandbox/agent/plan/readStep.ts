import { fail, type Problems } from '../pipelineError';
import { fromTaskForm } from '../templates/taskForm';
import type { MappingNode } from '../yaml/node';
import { Fields } from './fields';
import type { Restrictions, Shell, StepCommon, StepPlan } from './plan';
import { readScriptTask } from './readScriptTask';
import { readCondition } from './readVariables';

type StepReader = (fields: Fields, common: StepCommon) => StepPlan;

/** By the first key of a step. `upload` is the older name of `publish`. */
const readers: Readonly<Record<string, StepReader>> = {
  script: (fields, common) => readScript('script', fields, common),
  bash: (fields, common) => readScript('bash', fields, common),
  pwsh: (fields, common) => readScript('pwsh', fields, common),
  powershell: (fields, common) => readScript('powershell', fields, common),
  task: readTask,
  checkout: readCheckout,
  publish: (fields, common) => readPublish('publish', fields, common),
  upload: (fields, common) => readPublish('upload', fields, common),
  download: (fields, common) => readDownload('download', fields, common),
  downloadBuild: (fields, common) => readDownload('downloadBuild', fields, common),
  getPackage: (fields, common) => readServiceStep('getPackage', fields, common),
  reviewApp: (fields, common) => readServiceStep('reviewApp', fields, common),
};

/** Those that people write; the rest are for older pipelines, and for what only the service can do. */
const commonKinds = ['script', 'bash', 'pwsh', 'powershell', 'task', 'checkout', 'publish', 'download'];

/** https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps */
export function readStep(given: MappingNode, problems: Problems): StepPlan | undefined {
  const node = fromTaskForm(given);
  return problems.attempt(() => {
    const kind = Object.keys(readers).find((key) => node.entries.some((entry) => entry.key.text === key));
    const reader = kind === undefined ? undefined : readers[kind];
    if (kind === undefined || !reader) return failUnknown(node);
    const fields = new Fields(node, `a '${kind}' step`, problems);
    fields.requireFirst(kind);
    const step = reader(fields, readCommon(fields, defaultTitle(kind, fields)));
    fields.finish();
    return step;
  });
}

function failUnknown(node: MappingNode): never {
  const keys = node.entries.map((entry) => entry.key.text).join(', ');
  return fail(
    `this is not a step (it has ${keys || 'no keys'}): supported steps are ${commonKinds.join(', ')}`,
    node.at,
  );
}

function readCommon(fields: Fields, title: string): StepCommon {
  const name = fields.text('name');
  if (name !== undefined && !/^\w+$/.test(name)) {
    fields.problems.add(
      `the step name '${name}' must contain only letters, digits and underscores`,
      fields.placeOf('name'),
    );
  }
  return {
    name,
    displayName: fields.text('displayName') ?? title,
    condition: readCondition(fields),
    continueOnError: fields.flag('continueOnError', false),
    isEnabled: fields.flag('enabled', true),
    timeoutMinutes: fields.wholeNumber('timeoutInMinutes', 0),
    retryCount: fields.wholeNumber('retryCountOnTaskFailure', 0, 10),
    environment: fields.pairs('env').map(({ name: key, value }) => [key, value] as const),
    ...readTarget(fields),
    at: fields.at,
  };
}

function defaultTitle(kind: string, fields: Fields): string {
  const value = fields.text(kind) ?? '';
  switch (kind) {
    case 'task':
      return value.replace(/@.*/, '');
    case 'checkout':
    case 'publish':
    case 'upload':
    case 'download':
    case 'downloadBuild':
    case 'getPackage':
    case 'reviewApp':
      return `${kind} ${value}`;
    default:
      return value.trim().split('\n')[0] ?? kind;
  }
}

/** https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/target */
function readTarget(fields: Fields): { container: string | undefined; restrictions: Restrictions } {
  const target = fields.value('target');
  const inner = target?.kind === 'mapping' ? new Fields(target, "a step's target", fields.problems) : undefined;
  const place = (inner ? inner.text('container') : fields.text('target')) ?? 'host';
  const commands = inner?.text('commands') ?? 'any';
  if (!['any', 'restricted'].includes(commands))
    fields.problems.add("'commands' of a target must be 'any' or 'restricted'", target?.at);
  const settable = inner?.texts('settableVariables');
  inner?.finish();
  return {
    container: place === 'host' ? undefined : place,
    restrictions: {
      areCommandsRestricted: commands === 'restricted',
      settableVariables: settable?.length === 1 && settable[0] === 'none' ? [] : settable,
    },
  };
}

function readScript(shell: Shell, fields: Fields, common: StepCommon): StepPlan {
  const isPowerShell = shell === 'pwsh' || shell === 'powershell';
  const preference = (isPowerShell ? fields.text('errorActionPreference') : undefined) ?? 'stop';
  return {
    ...common,
    kind: 'script',
    shell,
    script: fields.text(shell) ?? '',
    workingDirectory: fields.text('workingDirectory'),
    failOnStderr: fields.flag('failOnStderr', false),
    errorActionPreference: preference,
    ignoreLastExitCode: isPowerShell && fields.flag('ignoreLASTEXITCODE', false),
  };
}

function readTask(fields: Fields, common: StepCommon): StepPlan {
  const reference = fields.text('task') ?? '';
  const match = /^([^@]+)@(\d+)(\.\d+){0,2}$/.exec(reference);
  if (!match) fail(`'${reference}' is not of the form 'Name@1'`, fields.placeOf('task'));
  const [task, majorVersion, inputs] = [match[1] ?? '', Number(match[2]), fields.pairs('inputs')];
  return readScriptTask(task, majorVersion, inputs, common) ?? { ...common, kind: 'task', task, majorVersion, inputs };
}

/** What says how to clone has no effect: there is no clone. */
const cloneKeys = ['clean', 'fetchDepth', 'fetchFilter', 'fetchTags', 'lfs', 'persistCredentials', 'submodules'];
const sparseKeys = ['sparseCheckoutDirectories', 'sparseCheckoutPatterns'];

function readCheckout(fields: Fields, common: StepCommon): StepPlan {
  fields.ignore(...cloneKeys, ...sparseKeys);
  const source = fields.text('checkout') ?? '';
  if (source === '') return fail("'checkout' needs 'self', 'none' or a repository", fields.placeOf('checkout'));
  return {
    ...common,
    kind: 'checkout',
    source: ['self', 'none'].find((word) => word === source.toLowerCase()) ?? source,
    path: fields.text('path'),
    isWorkspace: fields.flag('workspaceRepo', false),
    isSparse: sparseKeys.some((key) => fields.has(key)),
  };
}

function readPublish(key: 'publish' | 'upload', fields: Fields, common: StepCommon): StepPlan {
  fields.ignore('sign', 'signingType');
  return { ...common, kind: 'publish', path: fields.text(key) ?? '', artifact: fields.text('artifact') };
}

function readServiceStep(step: 'getPackage' | 'reviewApp', fields: Fields, common: StepCommon): StepPlan {
  fields.ignore('path');
  return { ...common, kind: 'service', step };
}

function readDownload(kind: 'download' | 'downloadBuild', fields: Fields, common: StepCommon): StepPlan {
  const source = fields.text(kind) ?? '';
  if (source === '') return fail(`'${kind}' needs the alias of a resource`, fields.placeOf(kind));
  const patterns = (fields.texts('patterns') ?? [])
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.trim() !== '');
  return {
    ...common,
    kind: 'download',
    source,
    isImplicit: false,
    artifact: fields.text('artifact'),
    patterns,
    path: fields.text('path'),
  };
}
