import { checkLocks, type Layer } from './checkLocks';
import { checkTree } from './schema/checkTree';
import { mostVariables } from './limits';
import { originText, type Origin, type Report } from './origin';
import { readOverrides } from './overrides';
import { pathText } from './pathText';
import { readBranch } from './readBranch';
import { resolveReferences } from './references';
import { clashes, isBranch, leavesOf, mergeTrees, plainOf, type Branch, type Leaf, type Plain } from './tree';
import type { Section, VariableFile } from './variableFile';
import type { VariableSchema } from './schema/variableSchema';

/** What variables come from. A later one wins over an earlier: base, model, overrides; in a file its environment's section. */
export interface VariableSources {
  readonly base?: VariableFile | undefined;
  readonly model?: VariableFile | undefined;
  /** The name of the environment whose sections count. */
  readonly environment?: string | undefined;
  /** By names as in `training.epochs`. */
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
  readonly schema: VariableSchema;
}

/** A variable, as it came out. */
export interface ResolvedVariable {
  readonly path: readonly string[];
  /** Null where it was unset. */
  readonly value: Leaf['value'];
  readonly origin: Origin;
  /** Where the values were written that it replaced, the nearest first. */
  readonly overridden: readonly Origin[];
}

export interface Resolution {
  readonly variables: readonly ResolvedVariable[];
  /** All that is set, as a map of maps. */
  readonly values: Plain;
}

/** Merges, replaces references and checks; reports all that is wrong. */
export function resolveVariables(sources: VariableSources, report: Report): Resolution {
  const { schema, overrides = {} } = sources;
  const files = layersOf(sources, report);
  const merge = (below: Branch, { tree }: Section): Branch => {
    for (const { path, lower, upper } of clashes(below, tree))
      report(
        upper.origin,
        `${pathText(path)} is a ${isBranch(upper) ? 'map' : 'value'} here, and a ${isBranch(upper) ? 'value' : 'map'} in ${originText(lower.origin)}.`,
      );
    return mergeTrees(below, tree);
  };
  const lower = files.reduce(merge, emptyTree());
  const last: Layer = { from: 'overrides', tree: readOverrides(overrides, lower, schema, report), locks: [] };
  checkLocks([...files, last], emptyTree(), schema, report);

  const merged = merge(lower, last);
  const count = [...leavesOf(merged)].length;
  if (count > mostVariables) {
    report(
      merged.origin,
      `there are ${count} variables; more than ${mostVariables} would not fit in the environment of later steps.`,
    );
    return { variables: [], values: {} };
  }
  const tree = resolveReferences(merged, report);
  checkTree(tree, schema, report);
  const variables = [...leavesOf(tree)].map(({ path, leaf: { value, origin, overridden } }) => ({
    path,
    value,
    origin,
    overridden,
  }));
  return { variables, values: plainOf(tree) };
}

function layersOf({ base, model, environment }: VariableSources, report: Report): readonly Layer[] {
  const files = [
    { from: 'base', file: base },
    { from: 'model', file: model },
  ] as const;
  const names = new Set(files.flatMap(({ file }) => [...(file?.environments.keys() ?? [])]));
  if (environment !== undefined && !names.has(environment)) {
    const known =
      names.size === 0
        ? 'which have no environments at all'
        : `which have ${[...names].map((name) => pathText([name])).join(', ')}`;
    report({ source: "input 'environment'" }, `there is no such environment in the files, ${known}.`);
  }
  return files.flatMap(({ from, file }) => {
    const own = environment === undefined ? undefined : file?.environments.get(environment);
    return [...(file ? [{ from, ...file.variables }] : []), ...(own ? [{ from, ...own }] : [])];
  });
}

function emptyTree(): Branch {
  return readBranch({ source: 'the files' }, new Map(), () => undefined);
}
