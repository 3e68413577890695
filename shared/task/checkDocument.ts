import type { Agent } from '../agent/agent';
import type { Finding } from '../finding';
import type { Json } from '../json';
import { documentLines } from './documentLines';
import { InvalidInput } from './invalidInput';

/** A kind of document. */
export interface DocumentSchema {
  /** As in `is not a valid cluster specification`. */
  readonly name: string;
  check(document: Json): readonly Finding[];
}

/** Checks a document; `source` is what it was read from. Throws an InvalidInput. */
export type DocumentCheck = (document: Json, source: { readonly text: string; readonly file?: string }) => void;

/** A check that warns about the findings that are warnings, and throws an InvalidInput that lists the errors; each with its line. */
export function checkAgainst(schema: DocumentSchema, report: Pick<Agent, 'warning'>): DocumentCheck {
  return (document, { text, file }) => {
    const findings = schema.check(document);
    if (findings.length === 0) return;
    const lineOf = documentLines(text);
    const located = findings.map((finding) => ({ ...finding, line: lineOf(finding.path) }));
    located.sort((a, b) => a.line - b.line);

    const where = file === undefined ? schema.name : `${schema.name} (${file})`;
    const errors: string[] = [];
    for (const { severity, line, message } of located)
      if (severity === 'error') errors.push(`\n    line ${line}: ${message}`);
      else report.warning(`${where}, line ${line}: ${message}`, file === undefined ? undefined : { file, line });
    if (errors.length > 0) throw new InvalidInput(`is not a valid ${where}:${errors.join('')}`);
  };
}
