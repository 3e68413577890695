import { ToolError } from './commandLine';

/** When an input shows in the form: `a = b` conditions, of which all or any must hold. */
export interface VisibleRule {
  readonly joiner: '&&' | '||';
  readonly conditions: readonly { readonly input: string; readonly value: string }[];
}

/** Parses the part of the visibleRule language that the service is known to evaluate: no parentheses, one joiner, plain values. */
export function parseVisibleRule(rule: string): VisibleRule {
  const joiner = rule.includes('||') ? '||' : '&&';
  const conditions = rule.split(joiner).map((part) => {
    const [, input, value] = /^\s*([A-Za-z]\w*) = ([A-Za-z0-9]+)\s*$/.exec(part) ?? [];
    if (input === undefined || value === undefined)
      throw new ToolError(`The visibleRule '${rule}' is not supported at '${part.trim()}'.`);
    return { input, value };
  });
  return { joiner, conditions };
}

/** Whether an input with this rule applies, given the values of the others. */
export function isVisible(rule: string | undefined, valueOf: (input: string) => string | undefined): boolean {
  if (rule === undefined) return true;
  const { joiner, conditions } = parseVisibleRule(rule);
  const holds = conditions.map(({ input, value }) => valueOf(input) === value);
  return joiner === '&&' ? holds.every(Boolean) : holds.some(Boolean);
}
