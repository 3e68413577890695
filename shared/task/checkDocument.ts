import type { Agent } from '../agent/agent';
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

/** A check that warns about the findings that are warnings, and throws an InvalidInput that lists the errors; each with its line. */
export function checkAgainst(schema: DocumentSchema, report: Pick<Agent, 'warning'>): DocumentReading {
  const check: DocumentReading['check'] = (document, { file, lineOf }, unsure) => {
    const found = schema.check(document);
    const isSent = found.every(({ severity }) => severity !== 'error');
    const findings = isSent ? [...found, ...unsure.map(sentAsValue)] : found;
    if (findings.length === 0) return;
    const located = findings.map((finding) => ({ ...finding, line: lineOf(finding.path) }));
    located.sort((a, b) => a.line - b.line);

    const where = file === undefined ? schema.name : `${schema.name} (${file})`;
    const errors: string[] = [];
    for (const { severity, line, message } of located)
      if (severity === 'error') errors.push(`\n    line ${line}: ${message}`);
      else report.warning(`${where}, line ${line}: ${message}`, file === undefined ? undefined : { file, line });
    if (errors.length > 0) throw new InvalidInput(`is not a valid ${where}:${errors.join('')}`);
  };
  return { textAt: schema.textAt, check };
}

function sentAsValue(path: DocumentPath): Finding {
  const message = `${documentPathText(path)} is sent as a number or boolean, not as the text that is written. Put it in quotes if it is text.`;
  return { path, message, severity: 'warning' };
}
