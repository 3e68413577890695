import { originText, type Report } from './origin';
import { pathText } from './pathText';
import { secretNameProblem, textProblem } from './refusals';
import { isMarked } from './schema/schemasAlong';
import { isBranch, isSame, leavesOf, mergeTrees, treeAt, type Branch, type Leaf, type Tree } from './tree';
import { overlap, type Section } from './variableFile';
import type { VariableSchema } from './schema/variableSchema';

/** One of the sources that are merged. */
export interface Layer extends Section {
  readonly from: 'base' | 'hubBase' | 'model' | 'hubModel' | 'overrides';
}

const longestShown = 100;

/** What to do instead where a source sets a variable that Azure Pipelines reads from a file. */
const compileTimePlaces = {
  hubBase: 'set it in the base file instead',
  hubModel: 'set it in model_variables.yml instead; the hub can open the pull request',
  overrides: 'only files may set it',
} as const;

/** Reports where a layer sets a variable that it must not set. Setting the value that the layers below it have is allowed. */
export function checkLocks(layers: readonly Layer[], bottom: Branch, schema: VariableSchema, report: Report): void {
  let below = bottom;
  for (const [index, { from, tree }] of layers.entries()) {
    const locks = layers.slice(0, index).flatMap((lower) => (lower.from === from ? [] : lower.locks));
    for (const { path, leaf } of leavesOf(tree)) {
      const was = treeAt(below, path);
      if (was && !isBranch(was) && isSame(was.value, leaf.value)) continue;
      const lock = locks.find((each) => overlap(each.path, path));
      const name = pathText(path);
      const change = changeText(path, was, leaf);
      if (lock) report(leaf.origin, `${name} is locked by ${originText(lock.origin)}: ${change}.`);
      else if (from !== 'base' && isMarked(schema, path, 'locked'))
        report(leaf.origin, `${name} is locked by the schema, only the base file may set it: ${change}.`);
      const place = from === 'base' || from === 'model' ? undefined : compileTimePlaces[from];
      if (place !== undefined && isMarked(schema, path, 'compileTime'))
        report(leaf.origin, `${name} is read at compile time, before the run, so ${place}: ${change}.`);
    }
    below = mergeTrees(below, tree);
  }
}

function changeText(path: readonly string[], was: Tree | undefined, { value, isUnknown }: Leaf): string {
  if (!was) return 'no earlier source sets it';
  const where = originText(was.origin);
  if (isBranch(was)) return `it is a map (${where})`;
  const [old, fresh] = [was.value, value].map((each) => JSON.stringify(each));
  const canBeShown =
    !was.isUnknown &&
    !isUnknown &&
    [old, fresh].every((text = '') => text.length <= longestShown && textProblem(text) === undefined) &&
    path.every((name) => secretNameProblem(name) === undefined);
  return canBeShown ? `it is ${old} (${where}), not ${fresh}` : `it has a different value (${where})`;
}
