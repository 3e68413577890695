import { parseRule, RuleProblem, type Rule } from '../../shared/evaluation/parseRule';
import type { NamedFile } from '../../shared/files/namedFile';
import { isList } from '../../shared/json';
import type { DocumentSource } from '../../shared/task/checkDocument';
import { readDocumentFile } from '../../shared/task/document';
import { InvalidInput } from '../../shared/task/invalidInput';
import { valueAt } from './metricsAt';

interface RuleText {
  readonly text: string;
  readonly line: number;
}

/** Rules, one per line; blank lines and lines that begin with `#` are ignored. Throws an InvalidInput that lists all problems. */
export function readRules(text: string): readonly Rule[] {
  const lines = text.split(/\r\n|\r|\n/).map((line, index) => ({ text: line, line: index + 1 }));
  const rules = lines.filter((line) => !/^\s*(#|$)/.test(line.text));
  if (rules.length === 0) throw new InvalidInput('contains no rule.');
  return parseAll(rules, '');
}

/** The rules of a YAML or JSON file, a list of texts under a key such as `evaluation.rules`. Throws an InvalidInput. */
export function readRulesFile(file: NamedFile, key: string): readonly Rule[] {
  let source: DocumentSource | undefined;
  const document = readDocumentFile(file, { check: (_, from) => void (source = from) });
  const lineOf = (index: number): number => source?.lineOf([...key.split('.'), index]) ?? 1;
  const value = valueAt(document, key);
  if (!isList(value) || value.length === 0) throw new InvalidInput(`has no list of rules under '${key}': ${file.path}`);
  const texts = value.map((rule, index) => {
    const line = lineOf(index);
    if (typeof rule !== 'string') throw new InvalidInput(`has a rule that is not text at line ${line}: ${file.path}`);
    return { text: rule, line };
  });
  return parseAll(texts, ` (${file.path})`);
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
  if (problems.length > 0) throw new InvalidInput(`has invalid rules${where}:${problems.join('')}`);
  return rules;
}
