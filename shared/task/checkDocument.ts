import type { Agent } from '../agent/agent';
import type { InputProblem } from '../errors';
import { documentPathText, type DocumentPath, type Finding } from '../finding';
import type { Json } from '../json';
import type { TextAt } from '../yaml/written';
import { InvalidInput } from './invalidInput';

/** A kind of document. */
export interface DocumentSchema {
  /** As in `is not a valid cluster specification`. */
  readonly name: string;
  readonly textAt: TextAt;
  check(document: Json): readonly Finding[];
}

/** How a document is read. */
export interface DocumentReading {
  readonly textAt?: TextAt;
  /** Checks the document. `unsure`: where it is not known whether a number or a boolean is meant as text. Throws an InvalidInput. */
  check?(document: Json, source: DocumentSource, unsure: readonly DocumentPath[]): void;
}

/** What a document was read from. */
export interface DocumentSource {
  readonly file?: string | undefined;
  /** As in `documentLines`. */
  readonly lineOf: (path: DocumentPath) => number;
}

/** Of one document; thousands say no more, and take seconds in which no cancellation is heard. */
const mostWarnings = 100;

/** A check that warns about the findings that are warnings, and throws an InvalidInput that lists the errors; each with its line. */
export function checkAgainst(schema: DocumentSchema, report: Pick<Agent, 'warning'>): DocumentReading {
  const check: DocumentReading['check'] = (document, { file, lineOf }, unsure) => {
    const found = schema.check(document);
    const isSent = found.every(({ severity }) => severity !== 'error');
    const findings = isSent ? [...found, ...unsure.map(sentAsValue)] : found;
    if (findings.length === 0) return;
    const where = file === undefined ? schema.name : `${schema.name} (${file})`;
    const ordered = located(findings, lineOf);
    const warnings = ordered.filter(({ severity }) => severity !== 'error');
    for (const { line, message } of warnings.slice(0, mostWarnings))
      report.warning(`${where}, line ${line}: ${message}`, file === undefined ? undefined : { file, line });
    if (warnings.length > mostWarnings)
      report.warning(`${where}: ${warnings.length - mostWarnings} more warnings, which are not shown.`);
    const errors = ordered.filter(({ severity }) => severity === 'error');
    const lines = errors.map(({ line, message }) => lineText(line, message)).join('');
    if (lines !== '') throw new InvalidInput(`is not a valid ${where}:${lines}`);
  };
  return { textAt: schema.textAt, check };
}

/** What is found wrong with a document after it was read, as the words that follow the name of its input. */
export function documentProblem(
  name: string,
  findings: readonly Finding[],
  source: DocumentSource | undefined,
): string {
  const where = source?.file === undefined ? name : `${name} (${source.file})`;
  const lines = source
    ? located(findings, source.lineOf).map(({ line, message }) => lineText(line, message))
    : findings.map(({ message }) => `\n    ${message}`);
  return `is not a valid ${where}:${lines.join('')}`;
}

/**
 * What is wrong with a document whose fields are inputs, by the names of the inputs. Entries of lists are named by their
 * position, from 1.
 */
export function inputProblems(
  findings: readonly Finding[],
  /** The inputs whose names are not those of their fields, by field. */
  inputs: Readonly<Record<string, string>>,
): readonly InputProblem[] {
  const problems = new Map<string, { readonly line: string; readonly isEntry: boolean }[]>();
  for (const { path, message } of findings) {
    const [field = '', entry] = path;
    const input = inputs[field] ?? String(field);
    const problem = message.slice(documentPathText(path).length + 1);
    const isEntry = typeof entry === 'number';
    const found = { line: isEntry ? `entry ${entry + 1} ${problem}` : problem, isEntry };
    problems.set(input, [...(problems.get(input) ?? []), found]);
  }
  return [...problems].map(([input, found]) => {
    const lines = found.map(({ line }) => line);
    const isList = found.some(({ isEntry }) => isEntry);
    return { input, problem: isList ? `cannot be used:\n    ${lines.join('\n    ')}` : lines.join(' ') };
  });
}

/** In the order of their lines. */
function located(findings: readonly Finding[], lineOf: DocumentSource['lineOf']) {
  return findings.map((finding) => ({ ...finding, line: lineOf(finding.path) })).sort((a, b) => a.line - b.line);
}

function lineText(line: number, message: string): string {
  return `\n    line ${line}: ${message}`;
}

function sentAsValue(path: DocumentPath): Finding {
  const message = `${documentPathText(path)} is sent as a number or boolean, not as the text that is written. Put it in quotes if it is text.`;
  return { path, message, severity: 'warning' };
}
