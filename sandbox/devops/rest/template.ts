/** A part of a path: a word, a parameter, or all that is left of the path. */
type Part =
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly isOptional: boolean }
  | { readonly kind: 'rest'; readonly name: string };

export interface TemplateOptions {
  readonly area?: string;
  readonly resourceName?: string;
  readonly isProjectOptional?: boolean | undefined;
}

/** The path that a `routeTemplate` describes, without regard to case. */
export class PathTemplate {
  readonly #parts: readonly Part[];

  constructor(template: string, options: TemplateOptions = {}) {
    const texts = template
      .replace('{area}', options.area ?? '')
      .replace('{resource}', options.resourceName ?? '')
      .split('/')
      .filter((text) => text !== '');
    const trailing = texts.length - [...texts].reverse().findIndex((text) => !text.startsWith('{'));
    this.#parts = texts.map((text, index) => {
      const name = /^\{(\*?\w+)\}$/.exec(text)?.[1];
      if (name === undefined) return { kind: 'word', word: text.toLowerCase() };
      if (name.startsWith('*')) return { kind: 'rest', name: name.slice(1) };
      const isLeft = name === 'team' || (name === 'project' && options.isProjectOptional === true);
      return { kind: 'parameter', name, isOptional: index >= trailing || isLeft };
    });
  }

  /** The parameters of a path whose segments are still encoded; undefined when it is another path. */
  match(segments: readonly string[]): Record<string, string> | undefined {
    return this.#match(0, segments, 0);
  }

  #match(index: number, segments: readonly string[], at: number): Record<string, string> | undefined {
    const part = this.#parts[index];
    if (!part) return at === segments.length ? {} : undefined;
    if (part.kind === 'rest') {
      const rest = segments.slice(at).map(decoded).join('/');
      return rest === '' ? {} : { [part.name]: rest };
    }
    const segment = segments[at];
    if (part.kind === 'word')
      return segment !== undefined && decoded(segment).toLowerCase() === part.word
        ? this.#match(index + 1, segments, at + 1)
        : undefined;
    const found = segment === undefined ? undefined : this.#match(index + 1, segments, at + 1);
    // A name that starts with an underscore is a part of the product, such as `_apis`.
    if (found && segment !== undefined && !isProductPart(segment)) return { [part.name]: decoded(segment), ...found };
    return part.isOptional ? this.#match(index + 1, segments, at) : undefined;
  }

  /**
   * Words before parameters, these before the rest of a path, and short before long: the better of two templates that
   * match comes first.
   */
  compare(other: PathTemplate): number {
    for (const [index, part] of this.#parts.entries()) {
      const theirs = other.#parts[index];
      if (!theirs) return 1;
      const difference = ranks[part.kind] - ranks[theirs.kind];
      if (difference !== 0) return difference;
    }
    return this.#parts.length - other.#parts.length;
  }
}

const ranks = { word: 0, parameter: 1, rest: 2 };

/** The words of a path are compared with those of hundreds of templates, and hardly one is encoded. */
const decoded = (segment: string) => (segment.includes('%') ? decodeURIComponent(segment) : segment);

const isProductPart = (segment: string) => segment === '_apis' || segment === '_git';
