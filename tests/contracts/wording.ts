import path from 'node:path';
import ts from 'typescript';

/** Words that must not come back, what to write instead, and a text that contains them. */
export interface WordingRule {
  readonly words: RegExp;
  readonly instead: string;
  readonly example: string;
}

export const wordingRules: readonly WordingRule[] = [
  {
    words:
      /(?<!\b[Tt]here )\b(?:is|are|was|were) no (?!longer\b|more than\b|less than\b|later than\b|such\b|one\b)[a-z]+/,
    instead: 'is not a …, is not valid, does not have a …',
    example: 'The file is no valid YAML.',
  },
  {
    words: /\b[Hh]a(?:s|ve) (?:an?|the|one|its)(?: (?!to|that|which|must|should|can|may|will|not)[\w'-]+){1,6} be\b/,
    instead: 'creates or updates … to match',
    example: 'Has one cluster of a name be as its specification says.',
  },
  { words: /\b[Hh]as (?:an?|the|its) cluster run\b/, instead: 'starts the cluster', example: 'Has a cluster run.' },
  {
    words:
      /\bcounts (?:only|as|when|where|until|at once|too|alone|here)\b|\b(?:not|n't) count\b|\b(?:that|which|value|last|one) counts(?=[.,;:)])|\bwhose [\w' ]{1,40} counts?\b|\bcounts that of\b/,
    instead: 'applies, is used, is applied, defaults to',
    example: "It counts only where 'x' is y.",
  },
  {
    words: /\b(?:takes?|took|taking) on (?:its|the|a) (?:result|verdict|end)\b/,
    instead: 'succeeds or fails with it',
    example: 'Runs a job and takes on its result.',
  },
  { words: /\b[Aa]new\b/, instead: 'again, another, recreate', example: 'Start the pipeline anew.' },
  { words: /\b(?:dis)?honest(?:ly|y)?\b/i, instead: 'the number or the fact', example: 'an honest share' },
  {
    words: /\b(?:tell|tells|told|has|have|say|says) the (?:whole )?truth\b/,
    instead: 'verifies, reports, contains the actual state',
    example: 'tasks that tell the truth',
  },
  {
    words: /\b(?:nobody|anybody|everybody|no one|anyone|everyone) (?:else )?is sent\b/i,
    instead: 'traffic is switched, receives requests',
    example: 'Nobody is sent to the new version.',
  },
  {
    words: /\bend(?:s|ed)? (?:badly|red|well)\b|\bGreen (?:only|means)\b|\bturns? [\w' ]{0,30}\bred\b/,
    instead: 'fails, failed, succeeds',
    example: 'runs that ended badly',
  },
  {
    words: /\b(?:is|are) fine\b/,
    instead: 'the step succeeds, is allowed',
    example: 'A cluster that is gone is fine.',
  },
  {
    words: /\bas good as (?:any|others?)\b|\bgood tidings\b|\bimpatien(?:t|ce)\b|\bastray\b|\bfor a look\b/i,
    instead: 'the fact',
    example: "the agent's impatience",
  },
  {
    words: /\b(?:[Ff]ewest|[Mm]ost) (?:replicas|concurrent runs)\b|\b[Ll]ongest latency\b|\b[Tt]arget of cpu\b/,
    instead: 'Minimum …, Maximum …, Target CPU utilization (%)',
    example: 'Fewest replicas',
  },
  {
    words: /\b[Bb]y which kind\b|\b[Ee]verything can be typed\b/,
    instead: 'The type of …; otherwise type the value',
    example: 'By which kind of service connection the step signs in.',
  },
  { words: /\b[Aa] defect in this task\b/, instead: 'Internal error', example: 'A defect in this task' },
  { words: /\bfor good\b/, instead: 'permanently', example: 'Deletes it for good.' },
  {
    words: /\bin the place of\b|\bin its place\b|\bin their place\b/,
    instead: 'instead of it, old → new',
    example: 'new in the place of old',
  },
  {
    words: /\bif need be\b|\b[Ff]or want of\b|\bby whatever\b|\bwhatever state\b/,
    instead: 'if …, regardless of …',
    example: 'It is made if need be.',
  },
  {
    words:
      /\b[Hh]olds? (?:an?|the|its|it|them|this|each)\b[^.,;:]{0,40} (?:against|to (?:its|the|what)) (?!end\b|side\b)/,
    instead: 'checks … against',
    example: "Holds a model's metrics against rules.",
  },
  {
    words: /\bprove[sd]? (?:itself|that it serves)\b/,
    instead: 'passes the smoke test, runs a smoke test',
    example: 'until the new one has proved itself',
  },
  {
    words: /\b(?:version|one) before (?:serves|goes|is|was|if|keeps|again)\b/,
    instead: 'the previous version',
    example: 'the version before serves on',
  },
  {
    words: /\b(?:is|be|are|was|were) (?:made|put|set up) beside\b/,
    instead: 'is deployed side by side',
    example: 'X is made beside it.',
  },
  {
    words: /\bin (?:the API's|Databricks'|Azure's|its own|their own) (?:own )?words\b|\bin the words of the\b/,
    instead: 'as reported by …, in the format of …',
    example: "The state of the cluster, in Databricks' words.",
  },
  {
    words: /\bknows? no (?!more\b|further\b|longer\b)[a-z]+/,
    instead: 'does not support, does not need',
    example: 'The registry knows no aliases.',
  },
  { words: /\b[Aa]dopt it\b/, instead: 'Set adopt to true', example: 'Adopt it, or give it another name.' },
];

/** A piece of text that people read, and where it begins in its file. */
interface Passage {
  readonly start: number;
  readonly text: string;
}

/** What breaks the rules in one file, each as `file:line 'words': write …`. `file` is its path from the project's root. */
export function wordingViolations(file: string, source: string): readonly string[] {
  // Few files contain the words at all: only these are parsed.
  const whole = oneLine(source);
  const rules = wordingRules.filter(({ words }) => words.test(whole));
  if (rules.length === 0) return [];
  return passagesOf(file, source).flatMap(({ start, text }) => {
    const line = source.slice(0, start).split('\n').length;
    return rules.flatMap(({ words, instead }) => {
      const [found] = words.exec(oneLine(text)) ?? [];
      return found === undefined ? [] : [`${file}:${line} '${found}': write ${instead}`];
    });
  });
}

/** Sentences go on in the next line of a comment. */
function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*(?:\*(?!\/)|\/\/|#(?: MAGIC)?)?\s*/g, ' ');
}

function passagesOf(file: string, source: string): readonly Passage[] {
  switch (path.posix.extname(file)) {
    case '.ts':
    case '.tsx':
    case '.mjs':
      return codePassages(file, source);
    case '.md':
      return markdownPassages(source);
    default:
      return linePassages(source);
  }
}

/** Comments and texts of several words. Of a test, of whose texts most are data, the titles. */
function codePassages(file: string, source: string): readonly Passage[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const isTest = file.startsWith('tests/');
  const passages: Passage[] = [];
  let outsideTexts = source;
  const visit = (node: ts.Node): void => {
    if (isText(node) || ts.isRegularExpressionLiteral(node)) {
      const start = node.getStart(tree);
      outsideTexts = outsideTexts.slice(0, start) + blank(source.slice(start, node.end)) + outsideTexts.slice(node.end);
      if (node.text.includes(' ') && (!isTest || isTitle(node))) passages.push({ start, text: node.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  const comments = outsideTexts.matchAll(/\/\*[^]*?\*\/|\/\/.*(?:\n\s*\/\/.*)*/g);
  return [...passages, ...[...comments].map((match) => ({ start: match.index, text: match[0] }))];
}

function isText(node: ts.Node): node is ts.LiteralLikeNode {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

/** Whether a text is the first argument of `describe` or `it`, or a part of it. */
function isTitle(node: ts.Node): boolean {
  const isArgument = ({ parent }: ts.Node): boolean => ts.isCallExpression(parent) && parent.expression.end < node.pos;
  const argument = ts.findAncestor(node, (found) => ts.isSourceFile(found) || isArgument(found));
  if (!argument || ts.isSourceFile(argument) || !ts.isCallExpression(argument.parent)) return false;
  const { expression, arguments: given } = argument.parent;
  return given[0] === argument && /^(?:describe|it)\b/.test(expression.getText());
}

/** Quotes and blocks of text show what the product says, which is checked where it is written. */
function markdownPassages(source: string): readonly Passage[] {
  return linePassages(source.replaceAll(/^```text\n[^]*?^```$|^>.*$/gm, blank));
}

/** Of the same length, and with the same lines. */
function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}

/** Paragraphs, comments and values: up to the next line that is empty or not a comment that goes on. */
function linePassages(source: string): readonly Passage[] {
  return [...source.matchAll(/(?:^[ \t]*#.*\n)+|^.*\S.*$/gm)].map((match) => ({ start: match.index, text: match[0] }));
}
