import type { DocumentPath } from '../../../finding';
import { WrittenScalar, type Written } from '../../../yaml/written';

/** A part of a document that should be an object. */
export interface Item {
  readonly written: Written;
  /** Where it is in the document. */
  readonly path: DocumentPath;
  /** What an item of a typed list such as `ConfigMapList` need not say itself. */
  readonly implied: { readonly apiVersion?: string; readonly kind?: string };
}

export interface Items {
  readonly items: readonly Item[];
  readonly problems: readonly string[];
}

interface List {
  readonly apiVersion?: unknown;
  readonly kind: string;
  readonly items: unknown;
}

/**
 * The objects of a document: the document itself, or what a list holds, in lists of lists too. An empty item is a problem,
 * because something that was meant to be deployed is missing; an empty list is none.
 */
export function itemsOf(document: Written): Items {
  const items: Item[] = [];
  const problems: string[] = [];
  collect({ written: document, path: [], implied: {} });
  return { items, problems };

  function collect(item: Item): void {
    const { written, path } = item;
    if (!isList(written)) {
      items.push(item);
      return;
    }
    const { kind, apiVersion, items: listed } = written;
    const title = path.length === 0 ? `the ${kind}` : `the ${kind} in item ${placeOf(path)}`;
    if (isNull(listed)) return;
    if (!Array.isArray(listed)) {
      problems.push(`the items of ${title} are not a list.`);
      return;
    }
    const itemKind = kind.slice(0, -'List'.length);
    const implied = {
      ...(typeof apiVersion === 'string' && { apiVersion }),
      ...(itemKind !== '' && { kind: itemKind }),
    };
    for (const [index, one] of (listed as readonly Written[]).entries()) {
      if (isNull(one)) problems.push(`item ${placeOf([...path, 'items', index])} of the ${kind} is empty.`);
      else collect({ written: one, path: [...path, 'items', index], implied: itemKind === '' ? {} : implied });
    }
  }
}

/** Whether a document, or an item, holds nothing. */
export function isNull(written: unknown): boolean {
  return written === undefined || (written instanceof WrittenScalar && written.value === null);
}

/** As kubectl tells lists: by their items (apimachinery, `unstructured.IsList`). */
function isList(written: Written): written is Written & List {
  if (typeof written !== 'object' || written instanceof WrittenScalar || Array.isArray(written)) return false;
  const { kind } = written as Partial<List>;
  return typeof kind === 'string' && kind.endsWith('List') && 'items' in written;
}

/** The number of an item: `1`, or `2.1` in a list in a list. */
export function placeOf(path: DocumentPath): string {
  return path
    .filter((part) => typeof part === 'number')
    .map((index) => index + 1)
    .join('.');
}
