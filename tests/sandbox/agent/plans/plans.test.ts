import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CaseInsensitiveMap } from '../../../../sandbox/agent/caseInsensitiveMap';
import { PipelineError } from '../../../../sandbox/agent/pipelineError';
import { readPlan } from '../../../../sandbox/agent/plan/readPlan';
import { expandPipeline } from '../../../../sandbox/agent/templates/expandPipeline';
import { TemplateFiles } from '../../../../sandbox/agent/templates/templateFiles';
import { nodeOfJson } from '../../../../sandbox/agent/yaml/nodeOfJson';
import { useFixture, type PipelineFixture } from '../pipelineFixture';
import { deployments } from './deployments';
import { directives } from './directives';
import { extending } from './extending';
import { jobs } from './jobs';
import { parameters } from './parameters';
import { planText } from './planText';
import type { PlanSurroundings, PlanTable } from './plans';
import { refusals } from './refusals';
import { resources } from './resources';
import { stages } from './stages';
import { steps } from './steps';
import { templates } from './templates';
import { variables } from './variables';

const tables: readonly PlanTable[] = [
  stages,
  jobs,
  steps,
  variables,
  parameters,
  directives,
  templates,
  extending,
  deployments,
  resources,
  refusals,
];

const file = 'azure-pipelines.yml';

/** The plan of a pipeline, as text. */
function planOf(fixture: PipelineFixture, yaml: string, around: PlanSurroundings): string[] {
  fixture.write({ [file]: `${linesOf(yaml).join('\n')}\n`, ...around.files });
  const folders = Object.entries(around.repositories ?? {}).map(([name, files]) => {
    const folder = path.join(fixture.root, name.replaceAll('/', '_'));
    for (const [each, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, each)), { recursive: true });
      writeFileSync(path.join(folder, each), content);
    }
    return [name, folder] as const;
  });
  const given = Object.entries(around.parameters ?? {}).map(([name, value]) => {
    const node = nodeOfJson(value, { file: 'given parameters', line: 1, column: 1 });
    return [name, { node: () => node }] as const;
  });
  const groups = Object.entries(around.groups ?? {}).map(([name, values]) => {
    const members = Object.entries(values).map(([key, value]) => {
      const [, secret] = /^secret:(.*)$/.exec(value) ?? [];
      return { name: key, value: secret ?? value, isSecret: secret !== undefined };
    });
    return [name, members] as const;
  });
  const root = expandPipeline({
    files: new TemplateFiles(fixture.repository, { repositories: new CaseInsensitiveMap(folders) }),
    file,
    parameters: new CaseInsensitiveMap(given),
    predefined: [
      ['Build.SourceBranch', 'refs/heads/main'],
      ['Build.SourceBranchName', 'main'],
      ['Build.Reason', 'Manual'],
    ],
    startTime: new Date(0),
  });
  return planText(readPlan(root, new CaseInsensitiveMap(groups)));
}

describe('A pipeline of the documented forms', () => {
  const fixture = useFixture();

  for (const { subject, cases } of tables) {
    describe(`about ${subject}`, () => {
      for (const [title, yaml, expected, around = {}] of cases) {
        if (typeof expected === 'string') {
          it(`has the expected plan: ${title}`, () => {
            assert.deepEqual(planOf(fixture(), yaml, around), linesOf(expected));
          });
        } else {
          it(`is refused: ${title}`, () => {
            assert.throws(
              () => planOf(fixture(), yaml, around),
              (error: unknown) => {
                assert.ok(error instanceof PipelineError, String(error));
                assert.deepEqual(
                  error.message.split('\n'),
                  expected.map((each) => each.replace(/^@/, `${file}:`)),
                );
                return true;
              },
            );
          });
        }
      }
    });
  }

  it('comes in at least 200 variations, no two of one title', () => {
    const titles = tables.flatMap(({ subject, cases }) => cases.map(([title]) => `${subject}: ${title}`));
    assert.ok(titles.length >= 200, String(titles.length));
    assert.equal(new Set(titles).size, titles.length);
    assert.ok(tables.every(({ sources }) => sources.length > 0));
  });
});

/** Lines without the indentation that all of them have. */
function linesOf(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(margin).trimEnd());
}
