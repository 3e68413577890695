import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { projectRoot } from '../../tools/commandLine';

/**
 * What each part of the project may import of the project, besides itself. Arrows point down only. A part is a folder, or
 * one file. A file belongs to the longest name that it stands under; a part that isn't here may not exist.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  // Loads tasks and shows their errors; signs in on a person's machine.
  cli: [
    'tasks',
    'shared/task',
    'shared/databricks',
    'shared/databricks/api',
    'shared/kubernetes',
    'shared/azure',
    'shared/devops',
    'shared/devops/api',
    'shared/identity',
    'shared/variables',
    'shared/yaml',
    'shared/http',
    'shared/files',
    'shared/agent',
    'shared',
    'local',
  ],
  // Runs pipelines on this machine, for the command line and npm start: it starts the sandbox, which the product does not know.
  local: [
    'sandbox',
    'sandbox/agent',
    'sandbox/azure',
    'sandbox/databricks',
    'sandbox/devops',
    'sandbox/entra',
    'sandbox/kubernetes',
    'sandbox/scoring',
    'sandbox/python',
    'sandbox/http',
    'shared/variables',
  ],
  tasks: [
    'shared/task',
    'shared/databricks',
    'shared/databricks/api',
    'shared/kubernetes',
    'shared/azure',
    'shared/devops',
    'shared/devops/api',
    'shared/identity',
    'shared/smokeTest',
    'shared/variables',
    'shared/evaluation',
    'shared/comparison',
    'shared/http',
    'shared/files',
    'shared/records',
    'shared/agent',
    'shared',
  ],
  'shared/task': [
    'shared/databricks',
    'shared/devops',
    'shared/identity',
    'shared/smokeTest',
    'shared/http',
    'shared/yaml',
    'shared/files',
    'shared/agent',
    'shared',
  ],
  'shared/databricks': [
    'shared/databricks/api',
    'shared/azure',
    'shared/smokeTest',
    'shared/identity',
    'shared/comparison',
    'shared/http',
    'shared/yaml',
    'shared/files',
    'shared/records',
    'shared/agent',
    'shared',
  ],
  'shared/databricks/api': ['shared/http', 'shared'],
  'shared/kubernetes': [
    'shared/causes',
    'shared/comparison',
    'shared/smokeTest',
    'shared/identity',
    'shared/http',
    'shared/yaml',
    'shared/files',
    'shared/agent',
    'shared',
  ],
  'shared/azure': [
    'shared/causes',
    'shared/comparison',
    'shared/smokeTest',
    'shared/identity',
    'shared/http',
    'shared/yaml',
    'shared/files',
    'shared/agent',
    'shared',
  ],
  'shared/devops': [
    'shared/devops/api',
    'shared/identity',
    'shared/variables',
    'shared/comparison',
    'shared/http',
    'shared/yaml',
    'shared/files',
    'shared/agent',
    'shared',
  ],
  'shared/devops/api': ['shared/http', 'shared'],
  'shared/identity': ['shared/http', 'shared/agent', 'shared'],
  'shared/smokeTest': ['shared/identity', 'shared/http', 'shared/agent', 'shared'],
  'shared/evaluation': ['shared/http', 'shared'],
  'shared/causes': ['shared'],
  'shared/comparison': ['shared'],
  /** How each vendor uses HTTP; see `dialect`. */
  dialects: ['shared/http', 'shared'],
  'shared/http': ['shared/files', 'shared/agent', 'shared'],
  'shared/files': ['shared/agent', 'shared'],
  'shared/agent': ['shared/records', 'shared'],
  /** What tasks write and pages read. */
  'shared/records': [],
  'shared/variables': ['shared/yaml'],
  'shared/yaml': ['shared'],
  shared: [],
  hub: ['shared/variables', 'shared/records'],
  // The stand-ins know nothing of each other: only the files beside them put them together.
  sandbox: [
    'sandbox/agent',
    'sandbox/azure',
    'sandbox/databricks',
    'sandbox/devops',
    'sandbox/entra',
    'sandbox/kubernetes',
    'sandbox/scoring',
    'sandbox/python',
    'sandbox/http',
    'sandbox/clock',
  ],
  'sandbox/agent': ['sandbox/clock'],
  'sandbox/azure': ['sandbox/http', 'sandbox/clock'],
  'sandbox/databricks': ['sandbox/python', 'sandbox/http', 'sandbox/clock'],
  'sandbox/devops': ['sandbox/http', 'sandbox/clock'],
  'sandbox/entra': ['sandbox/http', 'sandbox/clock'],
  'sandbox/kubernetes': ['sandbox/http', 'sandbox/clock'],
  'sandbox/scoring': ['sandbox/python', 'sandbox/http', 'sandbox/clock'],
  'sandbox/python': [],
  'sandbox/http': [],
  'sandbox/clock': [],
};

/** A vendor's dialect stands beside its client, and below it: a part of its own, which the sign-in to the vendor needs, too. */
const dialect = /^shared\/\w+\/dialect(\.ts)?$/;

/** The operations, which know nothing of tasks: no input by its name. */
const operations = /^shared\/(?!task\/|agent\/)\w+\//;

/** What speaks of inputs is for shared/task and the tasks. */
const inputWords = new Set(['InputError', 'InvalidInput']);

/** Modules that only some files may import; without `only`, none of the product's. */
const reservedImports: readonly { readonly module: RegExp; readonly only?: RegExp }[] = [
  { module: /^azure-pipelines-task-lib\b/, only: /^shared\/agent\/taskLibAgent\.ts$/ },
  // The entry that the build makes for each task passes it to startTask.
  { module: /^shared\/agent\/taskLibAgent$/ },
  { module: /^axios\b/, only: /^shared\/http\// },
  { module: /^azure-devops-node-api\b/, only: /^shared\/devops\// },
  // The file system has one door, which refuses what may not be read. The files of the agent are in new folders of its own.
  { module: /^(node:)?fs\b/, only: /^(shared\/files\/|shared\/agent\/taskLibAgent\.ts$|sandbox\/|local\/|cli\/)/ },
  // The pages know the host by hub/host only.
  { module: /^azure-devops-extension-sdk\b/, only: /^hub\/host\// },
  // These run in a browser too.
  { module: /^node:/, only: /^(?!shared\/(variables|yaml|records)\/)/ },
];

/** Things of the process, and the result of a task, that are one part's business. */
const reservedUses: readonly { readonly use: RegExp; readonly only: RegExp }[] = [
  {
    use: /^console$|^process\.(env|exit|stdout|stderr)$/,
    only: /^(shared\/agent\/|shared\/task\/startTask\.ts$|cli\/|local\/|sandbox\/)/,
  },
  { use: /\.complete$/, only: /^(shared\/(task|agent)|sandbox)\// },
];

/** The parts whose files the rules are about. */
export const partRoots = ['cli', 'local', 'tasks', 'shared', 'hub', 'sandbox'];

/** What breaks the rules in one file, each as `file:line what`. `file` is its path from the project's root. */
export function architectureViolations(file: string, source: string): readonly string[] {
  const violations: string[] = [];
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const part = partOf(file);
  const report = (node: ts.Node, what: string) => {
    violations.push(`${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${what}`);
  };
  if (part === undefined) return [`${file}:1 is in no part of the table in tests/contracts/architecture.ts`];

  const visit = (node: ts.Node): void => {
    const specifier = importedModule(node);
    if (specifier !== undefined) {
      const target = specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier;
      if (specifier.startsWith('.') && !isAllowedImport(file, part, target)) report(node, `imports ${target}`);
      if (reservedImports.some(({ module, only }) => module.test(target) && !only?.test(file)))
        report(node, `imports ${target}`);
    }
    const use = usedName(node);
    if (use !== undefined && reservedUses.some((rule) => rule.use.test(use) && !rule.only.test(file)))
      report(node, `uses ${use}`);
    const input = operations.test(file) ? namedInput(node) : undefined;
    if (input !== undefined) report(node, `names the input ${input}`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return violations;
}

function isAllowedImport(file: string, part: string, target: string): boolean {
  if (target === 'package.json' || target === 'vss-extension.json') return true; // the version, and the extension's name
  const targetPart = partOf(target);
  if (targetPart === undefined) return false;
  if (part === 'tasks' && targetPart === 'tasks') return taskOf(file) === taskOf(target);
  if (targetPart === 'dialects')
    return ['dialects', 'shared/identity', 'cli'].includes(part) || file.startsWith(`${path.posix.dirname(target)}/`);
  return targetPart === part || (mayImport[part] ?? []).includes(targetPart);
}

function partOf(file: string): string | undefined {
  const module = file.replace(/\.(tsx?|mjs)$/, '');
  if (module in mayImport) return module;
  if (dialect.test(file)) return 'dialects';
  const folders = path.posix.dirname(file).split('/');
  while (folders.length > 0) {
    const part = folders.join('/');
    // `shared` and `sandbox` hold parts; only their own few files are the part of that name.
    const isHolder = part === 'shared' || part === 'sandbox';
    if (part in mayImport && (!isHolder || path.posix.dirname(file) === part)) return part;
    folders.pop();
  }
  return undefined;
}

function taskOf(file: string): string | undefined {
  return file.split('/')[1];
}

/** The module that an import, export, import() or require() names. */
function importedModule(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
    return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (!ts.isCallExpression(node)) return undefined;
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require';
  return isImport && node.arguments[0] ? textOf(node.arguments[0]) : undefined;
}

function textOf(node: ts.Node): string | undefined {
  return ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** `console`, `process.env`, or `anything.complete` where it is called. */
function usedName(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node) && node.text === 'console') return node.text;
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const isCalled = ts.isCallExpression(node.parent) && node.parent.expression === node;
  return node.expression.getText() === 'process' || isCalled ? node.getText() : undefined;
}

/** An input that a text names in quotes, that a problem is about, or what stands for all of them. */
function namedInput(node: ts.Node): string | undefined {
  if (ts.isImportSpecifier(node)) {
    const imported = (node.propertyName ?? node.name).text;
    return inputWords.has(imported) ? `in ${imported}` : undefined;
  }
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'input' && ts.isStringLiteralLike(node.initializer))
    return node.initializer.text;
  if (
    !ts.isStringLiteralLike(node) &&
    !ts.isTemplateHead(node) &&
    !ts.isTemplateMiddle(node) &&
    !ts.isTemplateTail(node)
  )
    return undefined;
  return [...node.text.matchAll(/'(\w+)'/g)].map(([, name = '']) => name).find((name) => namesOfInputs().has(name));
}

let knownNames: ReadonlySet<string> | undefined;

/** The names that can't be words of a sentence: with a capital inside. */
function namesOfInputs(): ReadonlySet<string> {
  return (knownNames ??= new Set(
    readdirSync(path.join(projectRoot, 'tasks')).flatMap((task) => {
      const manifest = readFileSync(path.join(projectRoot, 'tasks', task, 'task.json'), 'utf8');
      const { inputs } = JSON.parse(manifest) as { readonly inputs: readonly { readonly name: string }[] };
      return inputs.map(({ name }) => name).filter((name) => /^[a-z]+[A-Z]/.test(name));
    }),
  ));
}
