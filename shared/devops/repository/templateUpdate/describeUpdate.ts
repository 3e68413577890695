import { plainMarkdown } from '../../../markdown';
import type { TemplateOrigin } from '../wanted';
import type { FileOutcome } from './mergeTrees';

/** Azure DevOps accepts 4000 characters: https://learn.microsoft.com/rest/api/azure/devops/git/pull-requests/create. */
const mostCharacters = 3900;

/** How the state of a template is named: the first digits of the id of its content. */
export function shortId(content: string): string {
  return content.slice(0, 10);
}

/** The title of the pull request for a state of the template. */
export function titleOf(content: string): string {
  return `Update from the template (${shortId(content)})`;
}

/** The state of the template that a title names, as long as people have not changed the title. */
export function contentInTitle(title: string): string | undefined {
  return /^Update from the template \(([\da-f]{10})\)$/.exec(title)?.[1];
}

const headings: readonly (readonly [FileOutcome['kind'], string])[] = [
  ['conflict', 'Conflicts: resolve the conflict markers in these files before the pull request is completed'],
  ['kept', 'Not changed: decide about these files by hand'],
  ['merged', 'Merged with changes of this repository'],
  ['updated', 'Updated'],
  ['added', 'Added'],
  ['moved', 'Renamed'],
  ['deleted', 'Deleted'],
];

/** The description of the pull request, in Markdown: what came from where, and what became of each file. */
export function descriptionOf({ repository, commit }: TemplateOrigin, outcomes: readonly FileOutcome[]): string {
  const source = repository === undefined ? '' : ` of ${plainMarkdown(repository)}`;
  const state = commit === undefined ? '' : ` at ${commit}`;
  const lines = [`The template${source}${state} has changed since this repository last received it.`];
  let length = lines.join('\n').length;
  let left = 0;
  for (const [kind, heading] of headings) {
    const files = outcomes.filter((outcome) => outcome.kind === kind).map(outcomeLine);
    if (files.length === 0) continue;
    for (const line of [`\n### ${heading}\n`, ...files]) {
      if (length + line.length + 1 > mostCharacters) {
        left += line.startsWith('\n') ? 0 : 1;
        continue;
      }
      lines.push(line);
      length += line.length + 1;
    }
  }
  return [...lines, ...(left > 0 ? [`\n… and ${left} more files.`] : [])].join('\n');
}

function outcomeLine({ kind, path, note = '' }: FileOutcome): string {
  const name = plainMarkdown(path);
  if (kind === 'moved') return `- ${plainMarkdown(note)} → ${name}`;
  if (kind === 'conflict') return `- ${name}: ${note === '1' ? '1 conflict' : `${note} conflicts`}`;
  return kind === 'kept' ? `- ${name} ${note}` : `- ${name}`;
}

/** The same as the lines of a plan. */
export function outcomeLines(outcomes: readonly FileOutcome[]): readonly string[] {
  const signs: Readonly<Record<FileOutcome['kind'], string>> = {
    added: '+',
    updated: '~',
    merged: '~',
    moved: '~',
    conflict: '~',
    deleted: '-',
    kept: '=',
  };
  return outcomes.map(({ kind, path, note = '' }) => {
    if (kind === 'moved') return `${signs[kind]} ${note} → ${path}`;
    if (kind === 'conflict') return `${signs[kind]} ${path}: conflicts: ${note}`;
    if (kind === 'kept') return `${signs[kind]} ${path} ${note}`;
    return `${signs[kind]} ${path}${kind === 'merged' ? ': merged' : ''}`;
  });
}
