import { checkLocks, type Layer } from './checkLocks';
import { checkTree } from './schema/checkTree';
import type { PatternMatcher } from './schema/patternMatcher';
import { mostVariables } from './limits';
import { originText, type Origin, type Report } from './origin';
import { readOverrides, type Overrides } from './overrides';
import { pathText } from './pathText';
import { readBranch } from './readBranch';
import { resolveReferences } from './references';
import { clashes, isBranch, leavesOf, mergeTrees, plainOf, type Branch, type Leaf, type Plain } from './tree';
import type { Section, VariableFile } from './variableFile';
import type { VariableSchema } from './schema/variableSchema';

/**
 * The sources of variables. A later one wins over an earlier one: base, hubBase, model, hubModel, overrides; within a file,
 * the section of the environment.
 */
export interface VariableSources {
  readonly base?: VariableFile | undefined;
  /** What the hub has for all models. */
  readonly hubBase?: VariableFile | undefined;
  readonly model?: VariableFile | undefined;
  /** What the hub has for this model. */
  readonly hubModel?: VariableFile | undefined;
  /** The environment whose sections apply, and where it was named. */
  readonly environment?: { readonly name: string; readonly origin: Origin } | undefined;
  readonly overrides?: Overrides | undefined;
  readonly schema: VariableSchema;
  /** Matches the patterns of the schema. */
  readonly patterns: PatternMatcher;
}

/** A variable after the merge. */
export interface ResolvedVariable {
  readonly path: readonly string[];
  /** Null if it is unset. */
  readonly value: Leaf['value'];
  /** As in `Leaf`. */
  readonly text?: string | undefined;
  readonly origin: Origin;
  /** The origins of the values that it replaced, the nearest first. */
  readonly overridden: readonly Origin[];
}

export interface Resolution {
  readonly variables: readonly ResolvedVariable[];
  /** All values that are set, as nested maps. */
  readonly values: Plain;
}

/** Merges the sources, replaces references and checks the result; reports all problems. */
export function resolveVariables(sources: VariableSources, report: Report): Resolution {
  const { schema, overrides } = sources;
  const files = layersOf(sources, report);
  const merge = (below: Branch, { tree }: Section): Branch => {
    for (const { path, lower, upper } of clashes(below, tree))
      report(
        upper.origin,
        `${pathText(path)} is a ${isBranch(upper) ? 'map' : 'value'} here, but a ${isBranch(upper) ? 'value' : 'map'} in ${originText(lower.origin)}.`,
      );
    return mergeTrees(below, tree);
  };
  const lower = files.reduce(merge, emptyTree());
  const own = overrides ? readOverrides(overrides, lower, schema, report) : emptyTree();
  const last: Layer = { from: 'overrides', tree: own, locks: [] };
  checkLocks([...files, last], emptyTree(), schema, report);

  const merged = merge(lower, last);
  const count = [...leavesOf(merged)].length;
  if (count > mostVariables) {
    report(
      merged.origin,
      `there are ${count} variables; at most ${mostVariables} fit in the environment of later steps.`,
    );
    return { variables: [], values: {} };
  }
  const tree = resolveReferences(merged, report);
  checkTree(tree, schema, { report, patterns: sources.patterns });
  const variables = [...leavesOf(tree)].map(({ path, leaf: { value, text, origin, overridden } }) => ({
    path,
    value,
    text,
    origin,
    overridden,
  }));
  return { variables, values: plainOf(tree) };
}

function layersOf(sources: VariableSources, report: Report): readonly Layer[] {
  const { environment } = sources;
  const files = (['base', 'hubBase', 'model', 'hubModel'] as const).map((from) => ({ from, file: sources[from] }));
  const names = new Set(files.flatMap(({ file }) => [...(file?.environments.keys() ?? [])]));
  if (environment && !names.has(environment.name)) {
    const known =
      names.size === 0
        ? 'which define no environments'
        : `which define ${[...names].map((name) => pathText([name])).join(', ')}`;
    report(environment.origin, `there is no such environment in the files, ${known}.`);
  }
  return files.flatMap(({ from, file }) => {
    const own = environment && file?.environments.get(environment.name);
    return [...(file ? [{ from, ...file.variables }] : []), ...(own ? [{ from, ...own }] : [])];
  });
}

function emptyTree(): Branch {
  return readBranch({ source: 'the files' }, new Map(), () => undefined);
}
