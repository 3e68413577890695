import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import environments from '../../../../shared/devops/environments/environments.schema.json';
import { onboardingSchema } from '../../../../shared/devops/onboarding/document';
import { composeSchema } from '../../../../shared/devops/onboarding/composeSchema';
import { renderDocument } from '../../../../shared/devops/onboarding/renderDocument';
import pipelines from '../../../../shared/devops/pipelines/pipelines.schema.json';
import branchPolicies from '../../../../shared/devops/policies/branch_policies.schema.json';
import team from '../../../../shared/devops/team/team.schema.json';
import variableGroups from '../../../../shared/devops/variableGroups/variable_groups.schema.json';
import type { Json } from '../../../../shared/json';
import { readYamlValue } from '../../../../shared/yaml/values';
import { projectRoot } from '../../../../tools/commandLine';

interface PartSchema {
  readonly $schema: string;
  readonly title: string;
  readonly definitions?: Readonly<Record<string, object>>;
}

const parts: Readonly<Record<string, PartSchema>> = { team, pipelines, variableGroups, environments, branchPolicies };
const base = { model: 'churn', repository: { template: { folder: 'template' } } };

const problems = (document: Json): readonly string[] => onboardingSchema.check(document).map(({ message }) => message);

describe('onboardingSchema', () => {
  const onboarding = composeSchema();
  const { properties = {}, definitions = {} } = onboarding;

  for (const [name, part] of Object.entries(parts))
    it(`has the schema of its part: ${name}`, () => {
      const { definitions: own = {} } = part;
      const head = { $schema: part.$schema, title: part.title, ...(part.definitions && { definitions: own }) };
      assert.deepEqual({ ...head, ...properties[name] }, part);
      for (const [definition, value] of Object.entries(own)) assert.deepEqual(definitions[definition], value);
    });

  it('is the schema that the template has for editors', async () => {
    const file = resolve(projectRoot, 'template/onboarding/onboarding.schema.json');
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), onboarding);
  });

  it('accepts the example of the documentation', async () => {
    const page = await readFile(resolve(projectRoot, 'docs/onboarding.md'), 'utf8');
    const [, example = ''] = /```yaml\n(# yaml-language-server[^]*?)```/.exec(page) ?? [];
    assert.deepEqual(problems(readYamlValue(example)), []);
  });

  it('accepts a model with a repository only', () => {
    assert.deepEqual(problems(base), []);
    assert.deepEqual(problems({ model: 'churn', repository: { import: { url: 'https://example.com/a' } } }), []);
  });

  it('reports the rules of each part also where another part does not match its schema', () => {
    const found = problems({
      ...base,
      team: { name: 'bad/name' },
      pipelines: 'none',
      environments: [{ name: 'a' }, { name: 'A' }],
      branchPolicies: {
        statusChecks: [{ statusName: 'a' }, { statusName: 'A' }],
      },
    });
    assert.deepEqual(
      found.map((message) => message.split(' ')[0]),
      ['pipelines', 'team.name', 'environments[1].name', 'branchPolicies.statusChecks[1]'],
    );
  });

  const refused: readonly (readonly [what: string, repository: Json, problem: RegExp])[] = [
    ['neither a template nor an import', {}, /^repository must have either a template or an import\.$/],
    ['both', { template: { folder: 'a' }, import: { url: 'https://a.b/c' } }, /either a template or an import/],
    ['a name that Azure Repos refuses', { ...base.repository, name: 'a/b' }, /^repository\.name must have 1 to 64/],
    ['a branch that git refuses', { ...base.repository, defaultBranch: 'a b' }, /^repository\.defaultBranch must be/],
    ['a password in a URL', { import: { url: 'https://a:b@c.d/e' } }, /^repository\.import\.url must be an https URL/],
  ];
  for (const [what, repository, problem] of refused)
    it(`refuses ${what}`, () => {
      const [first = '', ...more] = problems({ model: 'churn', repository });
      assert.match(first, problem);
      assert.deepEqual(more, []);
    });
});

describe('renderDocument', () => {
  const variables = new Map([
    ['model', 'churn'],
    ['owners', 'a@b.c, d@e.f;\n g@h.i'],
    ['none', ''],
  ]);

  it('replaces tokens in texts, and leaves names and other values', () => {
    const { document, findings } = renderDocument(
      { '{{model}}': '{{model}}-ci', list: [1, true, null, { a: '\\{{model}} ${{ x }}' }] },
      variables,
    );
    assert.deepEqual(document, { '{{model}}': 'churn-ci', list: [1, true, null, { a: '{{model}} ${{ x }}' }] });
    assert.deepEqual(findings, []);
  });

  it('makes an entry of each name in a variable, and knows where they come from', () => {
    const { document, sourceOf } = renderDocument({ people: ['x', '{{owners}}', '{{none}}', '{{model}}!'] }, variables);
    assert.deepEqual(document, { people: ['x', 'a@b.c', 'd@e.f', 'g@h.i', 'churn!'] });
    assert.deepEqual(
      [0, 1, 3, 4].map((index) => sourceOf(['people', index])),
      [0, 1, 1, 3].map((index) => ['people', index]),
    );
  });

  it('reports each token once that is not a variable', () => {
    const { findings } = renderDocument({ a: ['{{x}} {{x}}', '{{y}}'] }, variables);
    assert.deepEqual(
      findings.map(({ message }) => message),
      ['a[0] uses {{x}}, which is not a variable.', 'a[1] uses {{y}}, which is not a variable.'],
    );
  });
});
