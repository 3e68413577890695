import { readFileSync } from 'node:fs';
import { parseRule, RuleProblem, type Rule } from '../../shared/evaluation/parseRule';
import type { Json } from '../../shared/json';
import { readDocumentFile } from '../../shared/task/document';
import { documentLines } from '../../shared/task/documentLines';
import { InvalidInput } from '../../shared/task/invalidInput';
import { valueAt } from './valueAt';

interface RuleText {
  readonly text: string;
  readonly line: number;
}

/** Rules, one a line; blank lines and lines that begin with `#` don't count. Throws an InvalidInput that lists all problems. */
export function readRules(text: string): readonly Rule[] {
  const lines = text.split(/\r\n|\r|\n/).map((line, index) => ({ text: line, line: index + 1 }));
  const rules = lines.filter((line) => !/^\s*(#|$)/.test(line.text));
  if (rules.length === 0) throw new InvalidInput('holds no rule.');
  return parseAll(rules, '');
}

/** The rules of a YAML or JSON file, a list of texts under a key such as `evaluation.rules`. Throws an InvalidInput. */
export function readRulesFile(file: string, key: string): readonly Rule[] {
  const value = valueAt(readDocumentFile(file), key);
  if (!Array.isArray(value) || value.length === 0)
    throw new InvalidInput(`holds no list of rules under '${key}': ${file}`);
  const lineOf = documentLines(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  const entries = (value as readonly Json[]).map((rule, index) => ({ rule, line: lineOf([...key.split('.'), index]) }));
  const texts = entries.map(({ rule, line }) => {
    if (typeof rule !== 'string') throw new InvalidInput(`has at line ${line} a rule that is no text: ${file}`);
    return { text: rule, line };
  });
  return parseAll(texts, ` (${file})`);
}

function parseAll(texts: readonly RuleText[], where: string): readonly Rule[] {
  const problems: string[] = [];
  const rules = texts.flatMap(({ text, line }) => {
    try {
      return [parseRule(text)];
    } catch (error) {
      if (!(error instanceof RuleProblem)) throw error;
      problems.push(`\n    line ${line}, column ${error.column}: ${error.message}`);
      return [];
    }
  });
  if (problems.length > 0) throw new InvalidInput(`has rules that can't be read${where}:${problems.join('')}`);
  return rules;
}
