import { readVariableFile } from '../../../shared/variables/variableFile';
import { leavesOf, type Branch } from '../../../shared/variables/tree';

/**
 * What a variable file says, apart from comments, order and notation: two texts with the same values are in step. Undefined
 * where the text cannot be read.
 */
export function valuesOf(text: string): string | undefined {
  const file = readVariableFile(text, '', () => undefined);
  if (!file) return undefined;
  const sections = [[undefined, file.variables] as const, ...file.environments];
  return JSON.stringify(
    sections
      .map(([environment, { tree, locks }]) => ({
        environment: environment ?? null,
        values: valuesIn(tree),
        locks: locks.map(({ path }) => path.join('.')).sort(),
      }))
      .filter(({ environment, values, locks }) => environment === null || values.length > 0 || locks.length > 0)
      .sort((one, other) => ((one.environment ?? '') < (other.environment ?? '') ? -1 : 1)),
  );
}

/** With the text of each value: 1.10 is not the same as 1.1 for a step that reads it as text. */
function valuesIn(tree: Branch): readonly (readonly unknown[])[] {
  return [...leavesOf(tree)]
    .map(({ path, leaf }) => [path.join('\u0000'), typeof leaf.value, leaf.value, leaf.text ?? null] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
