import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, visit, type YAMLMap } from 'yaml';
import type { TaskManifest } from '../../tools/manifests';
import { isVisible, parseVisibleRule } from '../../tools/visibleRule';

/** YAML that users copy: a code block of a page, or a file of the template. */
export interface Sample {
  /** `file:line` of its first line. */
  readonly place: string;
  readonly text: string;
}

/** The YAML samples of the read-me, the Marketplace page and the documentation, and the template's files. */
export async function findSamples(root: string): Promise<readonly Sample[]> {
  const pages = ['README.md', 'overview.md', 'CONTRIBUTING.md', ...(await filesUnder(root, 'docs', /\.md$/))];
  const samples = (await Promise.all(pages.map((page) => samplesOfPage(root, page)))).flat();
  for (const file of await filesUnder(root, 'template', /\.ya?ml$/))
    samples.push({ place: `${file}:1`, text: await readFile(path.join(root, file), 'utf8') });
  return samples;
}

async function samplesOfPage(root: string, page: string): Promise<Sample[]> {
  const text = await readFile(path.join(root, page), 'utf8');
  // Those of a list are indented.
  return [...text.matchAll(/^( *)```ya?ml\n([^]*?)^\1```$/gm)].map(({ index, 1: indent = '', 2: lines = '' }) => ({
    place: `${page}:${text.slice(0, index).split('\n').length + 1}`,
    text: lines.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

async function filesUnder(root: string, folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(path.join(root, folder), { recursive: true });
  return names.filter((name) => pattern.test(name)).map((name) => path.join(folder, name));
}

/** Whether a sample uses one of the tasks, which are identified by `Name@Major`. */
export function usesTask(sample: Sample, tasks: ReadonlyMap<string, TaskManifest>): boolean {
  return [...tasks.keys()].some((reference) => sample.text.includes(`task: ${reference}`));
}

/** What is wrong with the steps of a sample that use our tasks, each as `line n: Name@Major: what`. */
export function sampleProblems(text: string, tasks: ReadonlyMap<string, TaskManifest>): readonly string[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors[0]) return [document.errors[0].message];
  const problems: string[] = [];
  visit(document, {
    Map(_, step) {
      const reference = step.get('task');
      if (typeof reference !== 'string') return;
      const task = tasks.get(reference);
      const found = task ? stepProblems(step, task) : isOurs(reference, tasks) ? ['there is no such version'] : [];
      const line = lines.linePos(step.range?.[0] ?? 0).line;
      problems.push(...found.map((problem) => `line ${line}: ${reference}: ${problem}`));
    },
  });
  return problems;
}

function isOurs(reference: string, tasks: ReadonlyMap<string, TaskManifest>): boolean {
  return [...tasks.values()].some(({ name }) => reference.split('@')[0] === name);
}

function stepProblems(step: YAMLMap, task: TaskManifest): readonly string[] {
  const inputs = step.get('inputs');
  const given = new Map(
    isMap(inputs) ? inputs.items.map(({ key, value }) => [scalarText(key), scalarText(value)]) : [],
  );
  const defaults = new Map(task.inputs.map(({ name, defaultValue }) => [name, defaultValue]));
  // `${{ insert }}: ${{ parameters.databricks }}` can provide any input, and so can the inputs below `${{ if … }}:`.
  const inserted = [...given.keys()].find(isExpression);
  const valueOf = (name: string) => given.get(name) ?? inserted ?? defaults.get(name)?.toString();
  const problems = [...given.keys()]
    .filter((name) => !defaults.has(name) && !isExpression(name))
    .map((name) => `unknown input ${name}`);

  for (const { name, type, required, options, visibleRule } of task.inputs) {
    const value = valueOf(name);
    const allowed = options ? Object.keys(options) : type === 'boolean' ? ['true', 'false'] : undefined;
    if (value !== undefined && !isExpression(value) && allowed?.includes(value) === false)
      problems.push(`${name} can't be ${value}`);
    const conditions = visibleRule === undefined ? [] : parseVisibleRule(visibleRule).conditions;
    if (conditions.some(({ input }) => isExpression(valueOf(input) ?? ''))) continue;
    const counts = isVisible(visibleRule, valueOf);
    if (counts && required === true && value === undefined) problems.push(`${name} is required`);
    if (!counts && given.has(name)) problems.push(`${name} does nothing unless ${visibleRule ?? ''}`);
  }
  return problems;
}

/** Whether the value is known only when the pipeline runs. */
function isExpression(value: string): boolean {
  return /\$[({[]/.test(value);
}

function scalarText(node: unknown): string {
  return isScalar(node) ? String(node.value) : '';
}
