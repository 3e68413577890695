import type { HttpError } from '../../http/errors';

/** What the schema of a kind has against the object in a server-side apply, fault by fault; undefined for another error. */
export function schemaFaults({ serviceMessage }: Pick<HttpError, 'serviceMessage'>): readonly string[] | undefined {
  const [, misfit] =
    /^failed to convert new object .* to proper version: .*, Kind=\w+: (.*)$/s.exec(serviceMessage) ?? [];
  if (misfit !== undefined) return [misfit];
  const [, list] = /^failed to create typed patch object \([^)]*\): (?:errors:\n)?(.*)$/s.exec(serviceMessage) ?? [];
  return list?.split('\n').map((line) => readable(line.trim()));
}

/** The values as they were written, without the words of the Go language around them. */
function readable(fault: string): string {
  return fault
    .replace(/&value\.valueUnstructured\{Value:(.*)\}$/s, '$1')
    .replace(/^(.*: expected string, got )(-?[\d.]+|true|false)$/s, '$1$2. Put it in quotes');
}
