import assert from 'node:assert/strict';
import { resolveTexts } from './resolveTexts';

const variables = (yaml: string): string => `variables:\n  ${yaml.split('\n').join('\n  ')}\n`;

describe('references between variables', () => {
  const right: readonly [what: string, yaml: string, name: string, value: unknown][] = [
    ['stand for a value within a text', 'a: demo\nb: /Shared/{{a}}/{{ a }}', 'b', '/Shared/demo/demo'],
    ['keep the type where they are all', 'a: 5\nb: "{{a}}"', 'b', 5],
    ['are text within a text, whatever the type', 'a: 0.5\nb: true\nc: x{{a}}{{b}}', 'c', 'x0.5true'],
    ['can be a list where they are all', 'a: [1, x]\nb: "{{a}}"', 'b', [1, 'x']],
    ['reach into maps', 'm: {x: {y: 1}}\nb: "{{m.x.y}}"', 'b', 1],
    ['go on from one to the next', 'a: "{{b}}"\nb: "{{c}}!"\nc: 1', 'a', '1!'],
    ['work in lists and in the maps of lists', 'a: 1\nb: ["{{a}}", "v{{a}}", {x: "{{a}}"}]', 'b', [1, 'v1', { x: 1 }]],
    ['leave single braces alone', 'a: 1\nb: "{a} }} $a {{{a}}{"', 'b', '{a} }} $a {1{'],
  ];
  for (const [what, yaml, name, value] of right)
    it(what, () => {
      const { values, problems } = resolveTexts({ model: variables(yaml) });
      assert.deepEqual(problems, []);
      assert.deepEqual((values as Record<string, unknown>)[name], value);
    });

  it('stand for the merged value, and keep the origin of the text that refers', () => {
    const { values, origins } = resolveTexts({
      base: 'variables: {folder: "/Shared/{{env}}", env: none}\nenvironments: {prod: {env: prod}}',
      environment: 'prod',
      overrides: { 'out.path': '{{folder}}/out' },
    });
    assert.deepEqual(values, { folder: '/Shared/prod', env: 'prod', out: { path: '/Shared/prod/out' } });
    assert.deepEqual(origins['folder'], ['base.yml:1']);
  });

  const wrong: readonly [what: string, yaml: string, ...problems: RegExp[]][] = [
    ['nothing', 'a: "{{nobody}}"', /^model\.yml:2: a refers to nobody, which is not set\.$/],
    ['what was unset', 'b: ~\na: "{{b}}"', /^model\.yml:3: a refers to b, which is not set\.$/],
    ['a map', 'm: {x: 1}\na: "{{m}}"', /^model\.yml:3: a refers to m, which is a map\.$/],
    ['what is in no map', 'x: 1\na: "{{x.y}}"', /a refers to x\.y, which is not set/],
    ['what every object has', 'a: "{{constructor}}"', /a refers to constructor, which is not set/],
    ['a list within a text', 'l: [1]\na: "x{{l}}"', /a refers to l, a list, inside a text/],
    ['a list within a list', 'l: [1]\na: ["{{l}}"]', /a refers to l, a list, where a single value is expected/],
    [
      'nothing that could be a name',
      'a: "{{ b-c }}"',
      /^model\.yml:2: a has \{\{ that is not followed by a name and \}\}\.$/,
    ],
    ['without an end', 'a: "{{a"', /a has \{\{ that is not followed by a name/],
    ['itself', 'a: "{{a}}"', /^model\.yml:2: a refers to itself: a → a\.$/],
    [
      'itself in a circle',
      'a: "{{m.b}}"\nm: {b: "x{{c}}"}\nc: ["{{a}}"]',
      /^model\.yml:4: c refers to itself: a → m\.b → c → a\.$/,
    ],
    [
      'a circle that it is no part of',
      'x: "{{a}}"\na: "{{b}}"\nb: "{{a}}"',
      /^model\.yml:4: b refers to itself: a → b → a\.$/,
    ],
  ];
  for (const [what, yaml, ...problems] of wrong)
    it(`are refused when they refer to ${what}: once, with the line`, () => {
      const outcome = resolveTexts({ model: variables(yaml) });
      assert.equal(outcome.problems.length, problems.length, outcome.problems.join('\n'));
      for (const [index, problem] of problems.entries()) assert.match(outcome.problems[index] ?? '', problem);
    });

  it('are checked by the type of their value, and not at all where it is unknown', () => {
    const schema = { properties: { b: { type: 'integer', mandatory: true } } };
    assert.deepEqual(resolveTexts({ model: variables('a: 5\nb: "{{a}}"'), schema }).problems, []);
    assert.match(
      resolveTexts({ model: variables('a: x\nb: "{{a}}"'), schema }).problems.join('\n'),
      /^model\.yml:3: b must be a whole number/,
    );
    assert.deepEqual(resolveTexts({ model: variables('b: "{{a}}"'), schema }).problems, [
      'model.yml:2: b refers to a, which is not set.',
    ]);
  });

  it('cannot build commands or secrets from harmless parts', () => {
    const { problems } = resolveTexts({
      model: variables('a: "##vso"\nb: "[task.complete]"\nc: "{{a}}{{b}}"\nd: Account\ne: "{{d}}Key=x"'),
    });
    assert.match(
      problems.join('\n'),
      /^model\.yml:4: c contains a logging command.*\nmodel\.yml:6: e looks like a secret.*$/,
    );
  });

  it('cannot exceed the maximum length of a variable', () => {
    const steps = Array.from({ length: 60 }, (_, n) => `a${n + 1}: "${`{{a${n}}}`.repeat(10)}"`).join('\n');
    for (const yaml of [
      `a0: [${'1234567,'.repeat(5000)}]`,
      `a0: xxxxxxxxxx\n${steps}`,
      `a0: ${'x'.repeat(30_000)}\na1: [${'"{{a0}}",'.repeat(20_000)}]`,
    ]) {
      const { problems } = resolveTexts({ model: variables(yaml) });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /^model\.yml:\d+: a\d+ is longer than 32000 characters\.$/);
    }
  });

  it('may form a chain of a thousand; more variables are refused', () => {
    const chain = (count: number): string =>
      variables(Array.from({ length: count }, (_, n) => `a${n}: "{{a${n + 1}}}"`).join('\n'));
    assert.deepEqual(resolveTexts({ model: chain(999), overrides: { a999: 'x' } }).problems, []);
    assert.match(resolveTexts({ model: chain(1001) }).problems.join(), /there are 1001 variables; at most 1000 fit/);
  });
});
