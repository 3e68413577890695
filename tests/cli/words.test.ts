import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { inTerminalWords, terminalWords } from '../../cli/agent/terminalWords';
import { projectRoot } from '../../tools/commandLine';

/** What only a pipeline has. */
const words =
  /\b(?:[Tt]h(?:is|e) step|(?:the|an) agent(?! pools?\b)|System\.[A-Z]|pipeline run|(?:the|this|a) service connection|until the job ends|(?:secret|folders) of the job|this job|[Tt]his task|the task [A-Z]\w+|(?:checkout|later|several|own|a) steps?(?! (?:of|function)))\b/;

/** Texts for the token and the settings of a job, which a terminal does not have. */
const ofJobs = [
  'shared/agent/pipelineFacts.ts',
  'shared/agent/proxySettings.ts',
  'shared/identity/devopsIdentity.ts',
  'shared/identity/jobToken.ts',
  'shared/devops/explainRefusal.ts',
];

async function textsOf(folder: string): Promise<readonly (readonly [file: string, text: string])[]> {
  const files = await readdir(path.join(projectRoot, folder), { recursive: true });
  const texts: (readonly [string, string])[] = [];
  for (const name of files.filter((each) => each.endsWith('.ts')).sort()) {
    const file = path.posix.join(folder, ...name.split(path.sep));
    const source = await readFile(path.join(projectRoot, file), 'utf8');
    const visit = (node: ts.Node): void => {
      const text = ts.isStringLiteralLike(node) ? node.text : ts.isTemplateExpression(node) ? wholeText(node) : '';
      if (text.includes(' ')) texts.push([file, text]);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest));
  }
  return texts;
}

/** A text with an ellipsis for each value in it. */
function wholeText({ head, templateSpans }: ts.TemplateExpression): string {
  return head.text + templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}

describe('The messages of the tasks in a terminal', () => {
  it('do not speak of steps, agents and service connections', async () => {
    const texts = [...(await textsOf('shared')), ...(await textsOf('tasks'))];
    const spoken = texts.filter(([file, text]) => words.test(text) && !ofJobs.includes(file));
    assert.ok(spoken.length > 30, 'The texts are not found any more.');
    assert.deepEqual(
      spoken.map(([file, text]) => [file, inTerminalWords(text)]).filter(([, text = '']) => words.test(text)),
      [],
    );
  });

  it('are those of the terminal where the agent has words of its own', () => {
    const { missing, ...others } = terminalWords;
    for (const text of [...Object.values(missing), ...Object.values(others)]) assert.equal(inTerminalWords(text), text);
    assert.doesNotMatch(JSON.stringify(terminalWords), words);
  });

  it('name the option that a variable comes from', () => {
    assert.equal(inTerminalWords("epochs = 5 (input 'overrides')"), 'epochs = 5 (--overrides)');
  });

  it('keep what is not about a pipeline', () => {
    for (const text of ["The job 'step' does not exist.", 'the agent pool Default', 'Task train: step 1 of 3'])
      assert.equal(inTerminalWords(text), text);
  });
});
