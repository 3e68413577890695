import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  jobSchema,
  librariesSchema,
  newClusterSchema,
  runSchema,
} from '../../../../shared/databricks/specs/specSchemas';
import type { Json } from '../../../../shared/json';
import { InputError } from '../../../../shared/errors';
import type { DocumentSchema } from '../../../../shared/task/checkDocument';
import { readDocument, readDocumentList } from '../../../../shared/task/document';
import { document, documentList } from '../../../../shared/task/inputs';
import { readInputs } from '../../../../shared/task/readInputs';
import { defineTask } from '../../../../shared/task/task';
import { FakeAgent } from '../../../support/fakeAgent';

function read(schema: DocumentSchema, text: string): Json {
  const { textAt } = schema;
  return schema === librariesSchema ? readDocumentList(text, { textAt }) : readDocument(text, { textAt });
}

function messages(schema: DocumentSchema, text: string, severity: 'error' | 'warning'): string[] {
  const value = read(schema, text);
  return schema.check(value).flatMap((finding) => (finding.severity === severity ? finding.message : []));
}

const cluster = `
cluster_name: training
spark_version: 16.4.x-scala2.12
node_type_id: Standard_DS3_v2
num_workers: 2
autotermination_minutes: 30
data_security_mode: SINGLE_USER
spark_conf:
  spark.speculation: true
  spark.streaming.ui.retainedBatches: 5
spark_env_vars:
  PYSPARK_PYTHON: /databricks/python3/bin/python3
custom_tags: { team: ml, cost_center: 4711 }
azure_attributes: { first_on_demand: 1, availability: SPOT_WITH_FALLBACK_AZURE, spot_bid_max_price: -1 }
init_scripts:
  - workspace: { destination: /Shared/init.sh }
cluster_log_conf:
  volumes: { destination: /Volumes/main/default/logs }
docker_image:
`;

const job = `
name: nightly training
max_concurrent_runs: 1
tags: { model: demo }
schedule: { quartz_cron_expression: 0 15 22 * * ?, timezone_id: Europe/Amsterdam, pause_status: UNPAUSED }
parameters:
  - { name: epochs, default: "5" }
job_clusters:
  - job_cluster_key: main
    new_cluster: { spark_version: 16.4.x-scala2.12, node_type_id: Standard_DS3_v2, num_workers: 1 }
environments:
  - environment_key: default
    spec: { client: "2", dependencies: [scikit-learn==1.6.1] }
tasks:
  - task_key: train
    job_cluster_key: main
    notebook_task: { notebook_path: /Shared/training, base_parameters: { rate: 0.1, fast: false } }
    libraries: [{ pypi: { package: mlflow } }, { whl: /Volumes/main/default/a.whl }]
    max_retries: 2
  - task_key: check
    depends_on: [{ task_key: train }]
    condition_task: { op: GREATER_THAN, left: "{{tasks.train.values.score}}", right: "0.8" }
  - task_key: each
    depends_on: [{ task_key: check, outcome: "true" }]
    for_each_task:
      inputs: "[1, 2]"
      task:
        task_key: one
        run_job_task: { job_id: 9007199254740993 }
  - task_key: other
    run_job_task: { job_id: "9007199254740993" }
  - task_key: script
    existing_cluster_id: 0101-000000-abcdefgh
    spark_python_task: { python_file: /Shared/a.py, parameters: [--epochs, 5] }
    email_notifications: { on_failure: [a@example.com] }
webhook_notifications:
  on_failure: [{ id: 0481e838 }]
queue: { enabled: true }
access_control_list:
  - { group_name: users, permission_level: CAN_VIEW }
git_source: { git_url: https://example.com/a.git, git_provider: azureDevOpsServices, git_branch: main }
`;

const run = `
run_name: once
timeout_seconds: 3600
tasks:
  - task_key: train
    new_cluster: { spark_version: 16.4.x-scala2.12, num_workers: 1, node_type_id: Standard_DS3_v2 }
    notebook_task: { notebook_path: /Shared/training }
`;

const libraries = `
- pypi: { package: mlflow==2.20.0, repo: https://example.com/simple }
- maven: { coordinates: "org.jsoup:jsoup:1.7.2", exclusions: ["slf4j:slf4j"] }
- cran: { package: ada }
- jar: /Volumes/main/default/a.jar
- whl: /Workspace/Shared/a.whl
- requirements: /Workspace/Shared/requirements.txt
`;

describe('the specifications of the API', () => {
  const right: [string, DocumentSchema, string][] = [
    ['cluster', newClusterSchema, cluster],
    ['job', jobSchema, job],
    ['run', runSchema, run],
    ['list of libraries', librariesSchema, libraries],
    ['cluster of a job, which may come from a policy as a whole,', newClusterSchema, 'policy_id: abc'],
  ];
  for (const [what, schema, text] of right)
    it(`a valid ${what} has no findings`, () => {
      assert.deepEqual(schema.check(read(schema, text)), []);
    });

  const written: [string, DocumentSchema, string, unknown][] = [
    ['a field', newClusterSchema, 'spark_version: 16.40', { spark_version: '16.40' }],
    [
      'a commit',
      jobSchema,
      'git_source: {git_url: a, git_provider: gitHub, git_commit: 831877e8}',
      { git_source: { git_url: 'a', git_provider: 'gitHub', git_commit: '831877e8' } },
    ],
    [
      'the default value of a job parameter',
      jobSchema,
      'parameters: [{name: 007, default: 1.10}]',
      { parameters: [{ name: '007', default: '1.10' }] },
    ],
    [
      'a condition of a task in a loop',
      runSchema,
      'tasks: [{task_key: a, for_each_task: {inputs: 010, task: {task_key: b, condition_task: {left: 0x1F, op: EQUAL_TO, right: True}}}}]',
      {
        tasks: [
          {
            task_key: 'a',
            for_each_task: {
              inputs: '010',
              task: { task_key: 'b', condition_task: { left: '0x1F', op: 'EQUAL_TO', right: 'True' } },
            },
          },
        ],
      },
    ],
    [
      'a version of a library',
      librariesSchema,
      '- maven: {coordinates: 1.10, exclusions: [2.0]}',
      [{ maven: { coordinates: '1.10', exclusions: ['2.0'] } }],
    ],
  ];
  for (const [what, schema, text, expected] of written)
    it(`${what} is the text that is written`, () => {
      assert.deepEqual(read(schema, text), expected);
      assert.deepEqual(schema.check(read(schema, text)), []);
    });

  it('warns that a number in an unknown field is sent as a number, where that is not what is written', () => {
    const agent = new FakeAgent();
    const spec = 'new_setting:\n  version: 1.10\n  count: 3\nnum_workers: 007';
    assert.deepEqual(document({ schema: newClusterSchema }).parse(spec, agent), {
      new_setting: { version: 1.1, count: 3 },
      num_workers: 7,
    });
    assert.deepEqual(agent.text('warning').split('\n'), [
      'cluster specification, line 1: new_setting is not known, and is sent as it is.',
      'cluster specification, line 2: new_setting.version is sent as a number or boolean, not as the text that is written. Put it in quotes if it is text.',
    ]);
  });

  const wrong: [string, DocumentSchema, string, string[]][] = [
    ['a missing field', jobSchema, 'name: a\ntasks: [{}]', ['tasks[0].task_key is missing.']],
    ['a required field that is empty', jobSchema, 'tasks: [{task_key: }]', ['tasks[0].task_key is missing.']],
    ['a text for a number', runSchema, 'timeout_seconds: 60 s', ['timeout_seconds must be a number, not text.']],
    ['a text for a flag', jobSchema, 'queue: {enabled: "on"}', ['queue.enabled must be true or false, not text.']],
    [
      'a flag for a word',
      newClusterSchema,
      'runtime_engine: true',
      ['runtime_engine must be text, not true or false: put it in quotes.'],
    ],
    ['a map for a list', jobSchema, 'tasks: {task_key: a}', ['tasks must be a list, not a map.']],
    [
      'a text for a list',
      librariesSchema,
      '- maven: {coordinates: a, exclusions: b}',
      ['[0].maven.exclusions must be a list, not text.'],
    ],
    ['a list for a map', newClusterSchema, 'spark_conf: [a=b]', ['spark_conf must be a map, not a list.']],
    [
      'a text for a map',
      runSchema,
      'tasks: [{task_key: a, notebook_task: /Shared/training}]',
      ['tasks[0].notebook_task must be a map, not text.'],
    ],
    ['an empty item', jobSchema, 'tasks: [null]', ['tasks[0] must be a map, not empty.']],
    ['an empty value of a map', newClusterSchema, 'spark_conf: {a: }', ['spark_conf.a must be text, not empty.']],
    [
      'a map within a map of texts',
      newClusterSchema,
      'custom_tags: {a: {b: c}}',
      ['custom_tags.a must be text, not a map.'],
    ],
    [
      'faults at any depth, all of them',
      jobSchema,
      'tasks: [{for_each_task: {task: {notebook_task: {}}}}]\nname: [1]',
      [
        'tasks[0].for_each_task.task.notebook_task.notebook_path is missing.',
        'tasks[0].for_each_task.task.task_key is missing.',
        'tasks[0].for_each_task.inputs is missing.',
        'tasks[0].task_key is missing.',
        'name must be text, not a list.',
      ],
    ],
  ];
  for (const [what, schema, text, expected] of wrong)
    it(`${what} is an error`, () => {
      assert.deepEqual(messages(schema, text, 'error'), expected);
      assert.deepEqual(messages(schema, text, 'warning'), []);
    });

  const odd: [string, DocumentSchema, string, string][] = [
    [
      'an unknown field with a name like a known one',
      newClusterSchema,
      'num_wokers: 1',
      'num_wokers is not known, and is sent as it is. Did you mean num_workers?',
    ],
    [
      'an unknown field in camel case',
      runSchema,
      'tasks: [{task_key: a, notebookTask: {}}]',
      'tasks[0].notebookTask is not known, and is sent as it is. Did you mean notebook_task?',
    ],
    [
      'an unknown field that is like no other',
      jobSchema,
      'something_new: {a: [1]}',
      'something_new is not known, and is sent as it is.',
    ],
    [
      "a field by the name of an object's own",
      jobSchema,
      'constructor: 1',
      'constructor is not known, and is sent as it is.',
    ],
    [
      'an unknown word',
      jobSchema,
      'tasks: [{task_key: a, run_if: SOMETIMES}]',
      'tasks[0].run_if is not one of the known values: ' +
        'ALL_DONE, ALL_FAILED, ALL_SUCCESS, AT_LEAST_ONE_FAILED, AT_LEAST_ONE_SUCCESS, NONE_FAILED.',
    ],
  ];
  for (const [what, schema, text, expected] of odd)
    it(`${what} is only a warning: the service may be newer than the SDK`, () => {
      assert.deepEqual(messages(schema, text, 'error'), []);
      assert.deepEqual(messages(schema, text, 'warning'), [expected]);
    });

  it('all problems of all documents are reported in one error, with their lines and without their values', () => {
    const agent = new FakeAgent({
      spec: 'num_workers: secret\nspark_conf:\n  - secret\nkind_of: secret',
      libraries: '- pypi:\n    repo: secret',
    });
    const inputs = {
      spec: document({ schema: newClusterSchema }),
      libraries: documentList({ schema: librariesSchema }),
    };
    const task = defineTask({ inputs, outputs: [], run: () => Promise.resolve('') });
    assert.throws(
      () => readInputs(task, agent),
      new InputError([
        {
          input: 'spec',
          problem:
            'is not a valid cluster specification:\n    line 1: num_workers must be a number, not text.' +
            '\n    line 2: spark_conf must be a map, not a list.',
        },
        { input: 'libraries', problem: 'is not a valid list of libraries:\n    line 1: [0].pypi.package is missing.' },
      ]),
    );
    assert.equal(agent.text('warning'), 'cluster specification, line 4: kind_of is not known, and is sent as it is.');
  });

  it('of many unknown fields, the first hundred are compared with the names that there are', () => {
    const spec = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`timeout_seconds${index}`, 1]));
    const findings = [...jobSchema.check(spec)];
    assert.equal(findings.length, 300);
    assert.equal(findings.filter(({ message }) => message.includes('Did you mean timeout_seconds?')).length, 100);
  });

  it('a field with a very long name is compared with no name that it cannot be', () => {
    const findings = [...jobSchema.check({ ['x'.repeat(1_000_000)]: 1 })];
    assert.equal(findings.filter(({ message }) => message.endsWith('is not known, and is sent as it is.')).length, 1);
  });

  it('no value crashes a check, and every finding has a path in the value', () => {
    const known = ['tasks', 'task_key', 'libraries', 'new_cluster', 'spark_conf', 'for_each_task', 'task', 'tags', 'a'];
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom(null, true, 1, 2n ** 60n, 'text'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...known), tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(jobSchema, runSchema, newClusterSchema, librariesSchema), (any, schema) => {
        for (const { path, message } of schema.check(any as string)) {
          assert.match(message, /\.$|\?$/);
          let at: unknown = any;
          for (const step of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[step];
          assert.ok(path.length === 0 || (typeof at === 'object' && at !== null));
        }
      }),
    );
  });
});
