import { HttpError } from '../../http/errors';
import { parsedJson } from '../../json';

/** A field that another manager owns, as server-side apply reports it. */
export interface ApplyConflict {
  readonly manager: string;
  /** `.spec.replicas` */
  readonly field: string;
}

/**
 * The conflicts that made server-side apply fail; undefined when it failed for another reason. They are parsed from its
 * message (apimachinery, `managedfields/internal/conflict.go`).
 */
export function applyConflicts(error: unknown): readonly ApplyConflict[] | undefined {
  if (!(error instanceof HttpError) || error.status !== 409) return undefined;
  const { serviceMessage } = error;
  if (!serviceMessage.startsWith('Apply failed with ')) return undefined;
  const found: ApplyConflict[] = [];
  let manager = '';
  for (const line of serviceMessage.split('\n')) {
    const [, name, only] = /\bconflicts? with ("(?:[^"\\]|\\.)*").*?:(?: (\..*))?$/.exec(line) ?? [];
    if (name !== undefined) manager = unquoted(name);
    const field = only ?? /^- (.*)$/.exec(line)?.[1];
    if (field !== undefined) found.push({ manager, field });
  }
  return found;
}

/** Go's quotation marks (`%q`) are those of JSON, except around characters that cannot be printed. */
function unquoted(name: string): string {
  const text = parsedJson(name);
  return typeof text === 'string' ? text : name;
}
