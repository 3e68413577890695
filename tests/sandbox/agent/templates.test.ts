import assert from 'node:assert/strict';
import { expandPipelineOf } from './expandPipelineOf';
import { useFixture } from './pipelineFixture';

/** A `script` in steps that are given to a template as parameters of such a type. */
const command = (script: string) => ({ task: 'CmdLine@2', inputs: { script } });

describe('Template expansion', () => {
  const fixture = useFixture();

  const expand = expandPipelineOf(fixture);

  describe('of values', () => {
    it('evaluates expressions in values and keys', () => {
      const yaml = `
parameters:
- { name: who, type: string, default: World }
- { name: flag, type: boolean, default: true }
- { name: count, type: number, default: 1.50 }
steps:
- script: echo "Hello \${{ parameters.who }}, \${{ parameters.flag }} \${{parameters.count}}"
  env:
    \${{ upper(parameters.who) }}_NAME: \${{ parameters.who }}
`;
      assert.deepEqual(expand(yaml), {
        steps: [{ script: 'echo "Hello World, True 1.5"', env: { WORLD_NAME: 'World' } }],
      });
    });

    it('ends an expression at the first }} outside of quotes, and does not expand its result again', () => {
      const yaml =
        "steps:\n- script: ${{ 'my${{value' }} ${{ '}}' }} ${{ format('{{0}}') }}\n- script: ${{ 'a${{ b }}' }}\n";
      assert.deepEqual(expand(yaml), { steps: [{ script: 'my${{value }} {0}' }, { script: 'a${{ b }}' }] });
    });

    it('keeps the format of numbers and inserts an empty text for missing values', () => {
      const yaml = `
parameters: [{ name: o, type: object, default: { version: 1.10, on: true, zero: 007, text: 'true' } }]
steps:
- script: \${{ parameters.o.version }} \${{ parameters.o.zero }} \${{ parameters.o.on }} \${{ variables.none }}|\${{ parameters.o.none }}
- script: \${{ convertToJson(parameters.o) }}
`;
      const json = '{\n  "version": "1.10",\n  "on": true,\n  "zero": "007",\n  "text": "true"\n}';
      assert.deepEqual(expand(yaml), { steps: [{ script: '1.10 007 True |' }, { script: json }] });
    });

    it('converts the results of expressions to text, also inside an object', () => {
      const yaml = `
parameters: [{ name: flag, type: boolean, default: true }]
steps:
- template: t.yml
  parameters:
    configuration:
      a: \${{ parameters.flag }}
      b: true
`;
      const template =
        'parameters: [{ name: configuration, type: object }]\nsteps:\n- script: ${{ convertToJson(parameters.configuration) }}\n';
      assert.deepEqual(expand(yaml, { 'pipelines/t.yml': template }), {
        steps: [{ script: '{\n  "a": "True",\n  "b": true\n}' }],
      });
    });
  });

  describe('of structure', () => {
    it('inserts by if, elseif and else in lists', () => {
      const yaml = (tool: string): string => `
parameters: [{ name: tool, default: ${tool} }]
steps:
- script: first
- \${{ if eq(parameters.tool, 'a') }}:
  - script: a
- \${{ elseif eq(parameters.tool, 'b') }}:
  - script: b1
  - script: b2
- \${{ else }}:
  - script: other
- script: last
`;
      const scripts = (tool: string): unknown =>
        (expand(yaml(tool)) as { steps: { script: string }[] }).steps.map(({ script }) => script);
      assert.deepEqual(scripts('a'), ['first', 'a', 'last']);
      assert.deepEqual(scripts('b'), ['first', 'b1', 'b2', 'last']);
      assert.deepEqual(scripts('c'), ['first', 'other', 'last']);
    });

    it('inserts by if, elseif and else in mappings, more than once', () => {
      const yaml = `
parameters: [{ name: debug, type: boolean, default: false }]
steps:
- script: x
  env:
    \${{ if parameters.debug }}:
      A: 1
    \${{ else }}:
      A: 2
    B: 3
    \${{ if not(parameters.debug) }}:
      C: 4
    \${{ else }}:
      C: 5
`;
      assert.deepEqual(expand(yaml), { steps: [{ script: 'x', env: { A: '2', B: '3', C: '4' } }] });
    });

    it('repeats by each over lists and mappings, nested', () => {
      const yaml = `
parameters:
- name: fruits
  type: object
  default:
  - { name: apple, colors: [red, green] }
  - { name: lemon, colors: [yellow] }
- { name: none, type: object, default: [] }
steps:
- \${{ each fruit in parameters.fruits }}:
  - \${{ each color in fruit.colors }}:
    - script: \${{ color }} \${{ fruit.name }}
- \${{ each nothing in parameters.none }}:
  - script: never
- script: map
  env:
    \${{ each pair in parameters.fruits[0] }}:
      \${{ if ne(pair.key, 'colors') }}:
        X_\${{ pair.key }}: \${{ pair.value }}
`;
      assert.deepEqual(expand(yaml), {
        steps: [
          { script: 'red apple' },
          { script: 'green apple' },
          { script: 'yellow lemon' },
          { script: 'map', env: { X_name: 'apple' } },
        ],
      });
    });

    it('flattens lists into lists and inserts mappings into mappings', () => {
      const yaml = `
parameters:
- { name: extra, type: stepList, default: [{ script: e1 }, { script: e2 }] }
- { name: more, type: object, default: { B: 2 } }
- { name: needs, type: object, default: [X, Y] }
jobs:
- job: J
  dependsOn:
  - Z
  - \${{ parameters.needs }}
  variables:
    A: 1
    \${{ insert }}: \${{ parameters.more }}
  steps:
  - script: s
  - \${{ parameters.extra }}
`;
      assert.deepEqual(expand(yaml), {
        jobs: [
          {
            job: 'J',
            dependsOn: ['Z', 'X', 'Y'],
            variables: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
            steps: [{ script: 's' }, command('e1'), command('e2')],
          },
        ],
      });
    });

    it('inserts lists and mappings that an expression returns', () => {
      const yaml = `
parameters: [{ name: o, type: object, default: { a: 1, b: 2 } }]
jobs:
- job: J
  dependsOn: [ "\${{ split('X,Y', ',') }}" ]
  steps:
  - \${{ each pair in parameters.o }}:
    - script: \${{ pair.value }}
      env: \${{ pair }}
`;
      assert.deepEqual(expand(yaml), {
        jobs: [
          {
            job: 'J',
            dependsOn: ['X', 'Y'],
            steps: [
              { script: '1', env: { key: 'a', value: '1' } },
              { script: '2', env: { key: 'b', value: '2' } },
            ],
          },
        ],
      });
    });

    it('inserts steps around the steps of the jobs in a parameter', () => {
      const yaml = `
jobs:
- template: wrap.yml
  parameters:
    jobs:
    - job: A
      continueOnError: true
      steps: [{ script: a }]
    - job: B
      dependsOn: [A]
      steps: [{ script: b }]
`;
      const wrap = `
parameters: [{ name: jobs, type: jobList }]
jobs:
- job: Tool
  steps: [{ script: tool }]
- \${{ each job in parameters.jobs }}:
  - \${{ each pair in job }}:
      \${{ if not(in(pair.key, 'steps', 'dependsOn')) }}:
        \${{ pair.key }}: \${{ pair.value }}
    dependsOn:
    - Tool
    - \${{ if job.dependsOn }}:
      - \${{ job.dependsOn }}
    steps:
    - script: before
    - \${{ job.steps }}
`;
      assert.deepEqual(expand(yaml, { 'pipelines/wrap.yml': wrap }), {
        jobs: [
          { job: 'Tool', steps: [{ script: 'tool' }] },
          { job: 'A', continueOnError: 'True', dependsOn: ['Tool'], steps: [{ script: 'before' }, command('a')] },
          { job: 'B', dependsOn: ['Tool', 'A'], steps: [{ script: 'before' }, command('b')] },
        ],
      });
    });
  });

  describe('of variables', () => {
    it('makes variables visible to later variables and to the stages and jobs below', () => {
      const yaml = `
variables:
- name: one
  value: 1
- name: two
  \${{ if eq(variables.one, 1) }}:
    value: \${{ variables.one }}+1
  \${{ else }}:
    value: no
- \${{ if eq(variables.two, '1+1') }}:
  - name: three
    value: 3
- \${{ else }}:
  - name: four
    value: 4
stages:
- stage: S
  variables:
    level: stage
    own: \${{ variables.three }}
  jobs:
  - job: J
    variables: { level: job }
    steps: [{ script: "\${{ variables.level }} \${{ variables.own }} \${{ variables['Build.SourceBranchName'] }}" }]
  - job: K
    steps: [{ script: "\${{ variables.level }}\${{ variables.four }}" }]
`;
      const { stages } = expand(yaml) as { stages: { jobs: { steps: unknown }[] }[] };
      assert.deepEqual(
        stages[0]?.jobs.map((job) => job.steps),
        [[{ script: 'job 3 main' }], [{ script: 'stage' }]],
      );
    });

    it('reads them from templates with parameters', () => {
      const yaml =
        'variables:\n- template: /vars/base.yml@self\n  parameters: { region: west }\n- name: z\n  value: ${{ variables.name }}\nsteps: [{ script: x }]\n';
      const base =
        'parameters: [{ name: region }]\nvariables:\n- name: name\n  value: model-${{ parameters.region }}\n- template: more.yml\n';
      const more = 'variables: { more: "${{ variables.name }}!" }\n';
      const { variables } = expand(yaml, { 'vars/base.yml': base, 'vars/more.yml': more }) as { variables: unknown };
      assert.deepEqual(variables, [
        { name: 'name', value: 'model-west' },
        { name: 'more', value: 'model-west!' },
        { name: 'z', value: 'model-west' },
      ]);
    });
  });

  describe('of files', () => {
    it('resolves paths of templates relative to the file that contains them, or to the root', () => {
      const files = {
        'pipelines/stages/s.yml':
          'parameters: { name: S }\nstages:\n- stage: ${{ parameters.name }}\n  jobs:\n  - template: ../jobs/j.yml\n',
        'pipelines/jobs/j.yml':
          'jobs:\n- job: J\n  steps:\n  - template: /shared/steps.yml\n    parameters: { text: hi }\n',
        'shared/steps.yml':
          "parameters: { text: '', extra: [] }\nsteps:\n- script: ${{ parameters.text }}\n- ${{ each s in parameters.extra }}:\n  - ${{ s }}\n",
      };
      const yaml = 'stages:\n- template: stages/s.yml\n- template: stages/s.yml\n  parameters: { name: T }\n';
      const jobs = [{ job: 'J', steps: [{ script: 'hi' }] }];
      assert.deepEqual(expand(yaml, files), {
        stages: [
          { stage: 'S', jobs },
          { stage: 'T', jobs },
        ],
      });
    });

    it('resolves templates in steps of a parameter relative to the template that is given the steps', () => {
      const files = {
        'other/t.yml':
          'parameters: [{ name: steps, type: stepList }]\nsteps:\n- script: before\n- ${{ parameters.steps }}\n',
        'other/own.yml': 'steps: [{ script: own }]\n',
      };
      const yaml =
        'steps:\n- template: /other/t.yml\n  parameters:\n    steps:\n    - template: own.yml\n    - script: x\n';
      assert.deepEqual(expand(yaml, files), { steps: [{ script: 'before' }, command('own'), command('x')] });
    });

    it('extends a template and combines the variables of both files', () => {
      const base = `
parameters: [{ name: steps, type: stepList, default: [] }]
variables: { theirs: 2 }
stages:
- stage: S
  jobs:
  - job: J
    steps:
    - script: \${{ variables.ours }} \${{ variables.theirs }}
    - \${{ parameters.steps }}
`;
      const yaml =
        'name: n\ntrigger: none\nvariables: { ours: 1 }\nextends:\n  template: base.yml\n  parameters:\n    steps: [{ script: x }]\n';
      assert.deepEqual(expand(yaml, { 'pipelines/base.yml': base }), {
        name: 'n',
        variables: [
          { name: 'ours', value: '1' },
          { name: 'theirs', value: '2' },
        ],
        stages: [{ stage: 'S', jobs: [{ job: 'J', steps: [{ script: '1 2' }, command('x')] }] }],
      });
    });
  });

  describe('of parameters', () => {
    it('accepts values of every type', () => {
      const yaml = `
parameters:
- { name: s, type: string }
- { name: n, type: number }
- { name: b, type: boolean }
- { name: o, type: object }
- { name: l, type: stringList, values: [x, y], default: [x] }
- { name: st, type: step }
steps:
- script: \${{ parameters.s }} \${{ parameters.n }} \${{ parameters.b }} \${{ parameters.o.deep[1] }} \${{ join('+', parameters.l) }}
- \${{ parameters.st }}
`;
      const given = { s: '1.0', n: '5', B: 'yes', o: { deep: [1, 2] }, l: ['x', 'y'], st: { bash: 'b' } };
      assert.deepEqual(expand(yaml, {}, given), {
        steps: [{ script: '1.0 5 True 2 x+y' }, { task: 'Bash@3', inputs: { targetType: 'inline', script: 'b' } }],
      });
    });

    it('are strings by default, so that false is true as a condition', () => {
      const template =
        'parameters: { flag: true }\nsteps:\n- ${{ if parameters.flag }}:\n  - script: yes\n- ${{ if eq(parameters.flag, true) }}:\n  - script: never\n';
      assert.deepEqual(
        expand('steps:\n- template: t.yml\n  parameters: { flag: false }\n', { 'pipelines/t.yml': template }),
        {
          steps: [{ script: 'yes' }],
        },
      );
    });

    describe('declared by the older mapping', () => {
      const steps = (template: string, given = ''): unknown =>
        (
          expand(`steps:\n- template: t.yml\n${given === '' ? '' : `  parameters: ${given}\n`}`, {
            'pipelines/t.yml': template,
          }) as { steps: unknown }
        ).steps;

      it('are texts at any depth, so that a nested false is true as a condition', () => {
        const template =
          'parameters: { conf: { enabled: false } }\nsteps:\n- ${{ if parameters.conf.enabled }}:\n  - script: taken\n';
        assert.deepEqual(steps(template), [{ script: 'taken' }]);
        assert.deepEqual(steps(template, '{ conf: { enabled: false } }'), [{ script: 'taken' }]);
        assert.deepEqual(steps(template, "{ conf: { enabled: '' } }"), []);
        assert.deepEqual(steps(template, '{ conf: { enabled: } }'), []);
      });

      it('are texts in JSON, numbers and nulls too', () => {
        const template = 'parameters: { o: {} }\nsteps:\n- script: ${{ convertToJson(parameters.o) }}\n';
        assert.deepEqual(steps(template, '{ o: { a: true, b: 1, c: null, d: [1.5] } }'), [
          { script: '{\n  "a": "true",\n  "b": "1",\n  "c": "",\n  "d": [\n    "1.5"\n  ]\n}' },
        ]);
      });

      it('keep their form when they are handed on to a typed template', () => {
        const files = {
          'pipelines/old.yml':
            'parameters: { o: {} }\nsteps:\n- template: new.yml\n  parameters: { o: "${{ parameters.o }}" }\n',
          'pipelines/new.yml':
            'parameters: [{ name: o, type: object }]\nsteps:\n- script: ${{ convertToJson(parameters.o.flag) }}\n',
        };
        assert.deepEqual(expand('steps:\n- template: old.yml\n  parameters: { o: { flag: true } }\n', files), {
          steps: [{ script: '"true"' }],
        });
      });

      it('can be given without being declared, and are null when they are not given', () => {
        const template =
          "parameters: { declared: x }\nsteps:\n- ${{ parameters.more }}\n- script: <${{ parameters.none }}>\n- ${{ if eq(parameters.flag, 'false') }}:\n  - script: texts too\n";
        assert.deepEqual(steps(template, '{ more: [{ bash: a }, { bash: b }], flag: false }'), [
          { bash: 'a' },
          { bash: 'b' },
          { script: '<>' },
          { script: 'texts too' },
        ]);
        assert.deepEqual(steps('steps:\n- script: ${{ parameters.x }}\n', '{ x: given }'), [{ script: 'given' }]);
      });

      it('have the type legacyObject where a list declares them', () => {
        const template =
          'parameters: [{ name: o, type: legacyObject, default: { b: true } }]\nsteps:\n- script: ${{ convertToJson(parameters.o.b) }}\n';
        assert.deepEqual(steps(template), [{ script: '"true"' }]);
      });

      it('must exist in a pipeline, as its others must', () =>
        assert.throws(() => expand('parameters: { a: b }\nsteps:\n- script: ${{ parameters.c }}\n'), {
          name: 'PipelineError',
          message: "pipelines/main.yml:3:11: Key not found 'c'",
        }));
    });
  });
});
