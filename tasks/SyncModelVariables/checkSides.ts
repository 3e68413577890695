import { createTwoFilesPatch } from 'diff';
import {
  differenceLine,
  differences,
  nameOf,
  valueText,
  valuesOf,
} from '../../shared/devops/registry/sync/differences';
import { readable, type Sides } from '../../shared/devops/registry/sync/sides';
import { plainMarkdown } from '../../shared/markdown';

const mostLines = 300;

/** Whether the hub and the file have the same values, and how they differ. */
export interface Drift {
  readonly isDrift: boolean;
  /** Names of values, with their environments. */
  readonly names: readonly string[];
  /** A line for each, from the hub to the file. */
  readonly lines: readonly string[];
  /** What is missing as a whole, as a sentence. */
  readonly missing: string | undefined;
}

/** Compares both sides; comments, order and layout do not matter. */
export function checkSides({ id, model, file, path, repository }: Sides): Drift {
  const branch = `the branch ${repository.defaultBranch} of '${repository.name}'`;
  const missing = !model
    ? `The hub has no model '${id}'.`
    : file === undefined
      ? `There is no file ${path} on ${branch}.`
      : undefined;
  if (file !== undefined) readable(file, path);
  if (!model || file === undefined) return { isDrift: true, names: [], lines: [], missing };
  const changes = differences(model.text, file);
  return {
    isDrift: valuesOf(model.text) !== valuesOf(file),
    names: changes.map(nameOf),
    lines: changes.map(differenceLine),
    missing,
  };
}

/** The values that differ, and the difference of the texts, as Markdown. */
export function driftSummary({ model, file, path }: Sides, { missing, isDrift }: Drift): string {
  if (missing !== undefined) return plainMarkdown(missing);
  if (!isDrift || !model || file === undefined) return 'The hub and the repository have the same values.';
  const rows = differences(model.text, file).map((change) =>
    [nameOf(change), valueText(change.before), valueText(change.after)].map(plainMarkdown).join(' | '),
  );
  const table = [`| Variable | Hub r${model.rev} | ${plainMarkdown(path)} |`, '| --- | --- | --- |'];
  const patch = createTwoFilesPatch(`hub r${model.rev}`, path, model.text, file, undefined, undefined, { context: 2 });
  return [[...table, ...rows.map((row) => `| ${row} |`)].join('\n'), fenced(patch)].join('\n\n');
}

function fenced(patch: string): string {
  const lines = patch.split('\n');
  const shown = lines.length > mostLines ? [...lines.slice(0, mostLines), '…'] : lines;
  const longest = Math.max(2, ...[...patch.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}diff`, ...shown, fence].join('\n');
}
