import { resolve } from 'node:path';
import * as fc from 'fast-check';
import type { InputManifest } from '../../shared/task/inputs';
import type { Task } from '../../shared/task/task';
import { hostileDocument } from './hostileDocument';
import { changedText, hostileText, textChange, type TextChange } from './hostileText';
import { planted } from './planted';
import { validDocuments, validFiles, validTexts } from './validValues';

/** A text of an input, and the content of the file that it names. */
interface Given {
  readonly text: string;
  readonly content?: string;
}

interface Change {
  readonly input: string;
  readonly given: Given;
}

/** One step with its inputs. */
export interface InputCase {
  readonly inputs: Readonly<Record<string, string>>;
  /** By their paths in the working folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly kubeconfig: string;
  /** How the services answer what they are asked. */
  readonly answers: 'empty' | 'absent' | 'refused';
}

/** Inputs with which a step gets far: some as they are, others made from valid values. */
export interface Base {
  readonly fixed: Readonly<Record<string, string>>;
  readonly made: readonly string[];
}

/** The address of the stand-in in a kubeconfig, which is known only when it runs. */
export const standInUrl = 'http://stand-in';

const kubeconfigs = [
  { token: planted.credential },
  { tokenFile: 'outside' },
  {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'no-such-program',
      args: ['--client-secret', 'x'],
      env: [{ name: 'A', value: 'b' }],
    },
  },
  { exec: { command: 'kubelogin', args: ['get-token', '--server-id', 'x'] } },
  { 'auth-provider': { name: 'azure', config: { 'apiserver-id': 'x' } } },
  { 'client-certificate-data': 'YQ==', 'client-key-data': 'YQ==' },
].map((user) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', namespace: 'models' } }],
  clusters: [{ name: 'k', cluster: { server: standInUrl, 'tls-server-name': 'k' } }],
  users: [{ name: 'u', user }],
}));

const goodKubeconfig = JSON.stringify(kubeconfigs[0]);

/** Steps of a task with valid, almost valid and hostile inputs. */
export function inputCases(name: string, task: Task, bases: readonly Base[]): fc.Arbitrary<InputCase> {
  const any = Object.fromEntries(
    Object.entries(task.inputs).map(([input, { manifest }]) => [input, givenTo(name, input, manifest)]),
  );
  const change: fc.Arbitrary<Change> = fc.oneof(
    ...Object.entries(any).map(([input, given]) => fc.record({ input: fc.constant(input), given })),
  );
  return fc
    .record({
      base: fc.oneof(...bases.map((base) => ofBase(base, name, task))),
      changes: fc.oneof(
        { weight: 3, arbitrary: fc.constant<Change[]>([]) },
        { weight: 2, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
      ),
      kubeconfig: fc.oneof(
        { weight: 2, arbitrary: fc.constant(goodKubeconfig) },
        { weight: 1, arbitrary: hostileDocument(kubeconfigs) },
      ),
      answers: fc.constantFrom('empty', 'absent', 'refused'),
    })
    .map(({ base, changes, kubeconfig, answers }) => {
      const all = { ...base, ...Object.fromEntries(changes.map(({ input, given }) => [input, given])) };
      const entries = Object.entries(all);
      return {
        inputs: Object.fromEntries(entries.map(([input, { text }]) => [input, isSafe(input, text) ? text : 'out'])),
        files: Object.fromEntries(
          entries.flatMap(([input, { content }]) => (content === undefined ? [] : [[pathOf(input), content]])),
        ),
        kubeconfig,
        answers,
      };
    });
}

/** A base, with values for its inputs that are made which are good more often than not. */
function ofBase({ fixed, made }: Base, name: string, task: Task): fc.Arbitrary<Readonly<Record<string, Given>>> {
  const constants = Object.entries(fixed).map(([input, text]) => [input, fc.constant<Given>({ text })] as const);
  const others = made.map((input) => [input, wellGiven(name, input, task.inputs[input]?.manifest)] as const);
  return fc.record(Object.fromEntries([...constants, ...others]));
}

/** A value that is good, or was. */
function wellGiven(task: string, input: string, manifest?: InputManifest): fc.Arbitrary<Given> {
  if (isSecret(input)) return secretText(input).map((text) => ({ text }));
  const documents = documentsOf(task, input);
  const texts = validTexts[input];
  if (manifest?.type === 'filePath' || input === 'manifests') {
    const file = (content: string): Given => ({ text: pathOf(input), content });
    const files = validFiles[input];
    if (documents) return hostileDocument(documents).map(file);
    return mutated(fc.constantFrom(...(files ?? ['a: 1\n']))).map(file);
  }
  if (documents) return hostileDocument(documents).map((text) => ({ text }));
  return mutated(fc.constantFrom(...(texts ?? ['x']))).map((text) => ({ text }));
}

/** Any value: of the kind of the input, almost, or not at all. */
function givenTo(task: string, input: string, manifest: InputManifest): fc.Arbitrary<Given> {
  const hostile = hostileText.map((text): Given => ({ text }));
  return fc.oneof({ weight: 3, arbitrary: ofKind(task, input, manifest) }, { weight: 2, arbitrary: hostile });
}

function ofKind(task: string, input: string, manifest: InputManifest): fc.Arbitrary<Given> {
  const { type, options, defaultValue } = manifest;
  const oneOf = (...texts: readonly string[]): fc.Arbitrary<Given> =>
    fc.constantFrom(...texts).map((text) => ({ text }));
  if (isSecret(input)) return secretText(input).map((text) => ({ text }));
  if (type === 'boolean') return oneOf('true', 'false', 'TRUE', 'yes', '1');
  if (options) return oneOf(...options, ...options.map((option) => option.toUpperCase()), 'other');
  if (type.startsWith('connectedService:')) return oneOf('databricks', 'azure', 'kubernetes', 'devops', 'nobody');
  const isKnown = documentsOf(task, input) ?? validFiles[input] ?? validTexts[input];
  if (isKnown || type === 'filePath') return wellGiven(task, input, manifest);
  return oneOf(
    ...(defaultValue === undefined ? [] : [defaultValue]),
    '0',
    '1',
    '2',
    '7',
    '100',
    '1440',
    '3600000',
    '-1',
  );
}

function documentsOf(task: string, input: string) {
  const known = new Map<string, Parameters<typeof hostileDocument>[0]>(Object.entries(validDocuments));
  const bare = input.replace(/File$/, '');
  return [`${task}.${input}`, `${task}.${bare}`, input, bare].map((key) => known.get(key)).find(Boolean);
}

function mutated(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const changes = fc.oneof(
    { weight: 2, arbitrary: fc.constant<TextChange[]>([]) },
    { weight: 1, arbitrary: fc.array(textChange, { minLength: 1, maxLength: 2 }) },
  );
  return fc.tuple(text, changes).map(([whole, each]) => each.reduce(changedText, whole));
}

function isSecret(input: string): boolean {
  return input === 'secrets' || input === 'registryPassword';
}

/** What is written before and after the secret is hostile; the secret itself stays whole and instead of it. */
function secretText(input: string): fc.Arbitrary<string> {
  if (input === 'registryPassword') return fc.constant(planted.input);
  const value = planted.input;
  const texts = [
    `A=${value}`,
    `A=${value}\nA=${value}`,
    `{"A": "${value}"}`,
    `{"A": "${value}"`,
    `{"A": ["${value}"]}`,
  ];
  const more = [
    `{"A": {"b": "${value}"}, "A": 1}`,
    `{A: *${value}}`,
    `{A: !${value} 1}`,
    `B=\nA= ${value} `,
    `{"A": ${value}`,
  ];
  return fc.oneof(
    fc.constantFrom(...texts, ...more),
    hostileText.map((text) => `A=${value}\n${text}`),
  );
}

/** A step may write wherever its pipeline says: not on the machine that runs these tests. */
function isSafe(input: string, text: string): boolean {
  return input !== 'outputFolder' || resolve('/root/work', text.trim()).startsWith('/root/');
}

function pathOf(input: string): string {
  return `case/${input}.yml`;
}
