import { documentPathText, type DocumentPath, type Finding } from '../../finding';
import { isList, isMap, type Json } from '../../json';
import { renderTokens } from '../repository/template/tokens';

export interface RenderedDocument {
  readonly document: Json;
  /** Tokens that are not variables. */
  readonly findings: readonly Finding[];
  /** Where something of the rendered document is in the one before: lists can be longer than they were. */
  readonly sourceOf: (path: DocumentPath) => DocumentPath;
}

const onlyToken = /^\{\{([A-Za-z_][A-Za-z0-9_-]*)\}\}$/;

/**
 * Replaces the tokens in the texts of a document by the values of variables; names of its maps stay as they are. An entry of
 * a list that is only a token stands for one entry for each name in its value, which are separated by commas, semicolons or
 * lines: a variable can hold several people.
 */
export function renderDocument(document: Json, variables: ReadonlyMap<string, string>): RenderedDocument {
  const findings: Finding[] = [];
  /** By the path of a rendered list: the index before, of each of its entries. */
  const indexes = new Map<string, readonly number[]>();

  function render(value: Json, source: DocumentPath, target: DocumentPath): Json {
    if (typeof value === 'string') {
      const { text, unknown } = renderTokens(value, variables);
      for (const name of new Set(unknown.map((token) => token.name)))
        findings.push({
          path: source,
          message: `${documentPathText(source)} uses {{${name}}}, which is not a variable.`,
          severity: 'error',
        });
      return text;
    }
    if (isList(value)) return renderList(value, source, target);
    if (!isMap(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each = null]) => [name, render(each, [...source, name], [...target, name])]),
    );
  }

  function renderList(list: readonly Json[], source: DocumentPath, target: DocumentPath): Json {
    const entries: Json[] = [];
    const before: number[] = [];
    for (const [index, entry] of list.entries()) {
      const [, name = ''] = typeof entry === 'string' ? (onlyToken.exec(entry) ?? []) : [];
      const names = name === '' ? undefined : variables.get(name)?.split(/[,;\n]/);
      const all = names?.map((each) => each.trim()).filter((each) => each !== '');
      const rendered = all ?? [render(entry, [...source, index], [...target, entries.length])];
      entries.push(...rendered);
      before.push(...rendered.map(() => index));
    }
    indexes.set(documentPathText(target), before);
    return entries;
  }

  const rendered = render(document, [], []);
  const sourceOf = (path: DocumentPath): DocumentPath =>
    path.map((step, at) =>
      typeof step === 'number' ? (indexes.get(documentPathText(path.slice(0, at)))?.[step] ?? step) : step,
    );
  return { document: rendered, findings, sourceOf };
}
