/** A token that the variables do not have. */
export interface UnknownToken {
  readonly name: string;
  /** From 1. */
  readonly line: number;
}

export interface Rendered {
  readonly text: string;
  readonly unknown: readonly UnknownToken[];
}

/**
 * `{{name}}`, without spaces, so that the languages that templates are full of stay as they are: `${{ }}` of Azure
 * Pipelines, `{{ }}` of Jinja, `{{job.id}}` and `{{secrets/scope/key}}` of Databricks. A backslash before it keeps it.
 */
const token = /(\\|\$)?\{\{([A-Za-z_][A-Za-z0-9_-]*)\}\}/g;

/** Replaces the tokens of a text by the values of variables. Values are not searched for tokens. */
export function renderTokens(text: string, variables: ReadonlyMap<string, string>): Rendered {
  const unknown: UnknownToken[] = [];
  let line = 1;
  let counted = 0;
  const rendered = text.replace(token, (whole: string, before: string | undefined, name: string, at: number) => {
    if (before === '\\') return whole.slice(1);
    if (before !== undefined) return whole;
    const value = variables.get(name);
    if (value !== undefined) return value;
    for (; counted < at; counted++) if (text.charCodeAt(counted) === lineFeed) line++;
    unknown.push({ name, line });
    return whole;
  });
  return { text: rendered, unknown };
}

const lineFeed = 10;
