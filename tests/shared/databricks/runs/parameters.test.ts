import assert from 'node:assert/strict';
import {
  apiParameters,
  isParameter,
  jobParameters,
  notebookParameters,
  parameterNames,
  parametersProblem,
} from '../../../../shared/databricks/runs/parameters';

const job = { id: '1', name: 'train', parameterNames: [] as string[], taskKinds: [] as string[] };

describe('parametersProblem', () => {
  it('accepts plain names and the fields of the API', () => {
    assert.equal(parametersProblem({}, 'definition'), undefined);
    assert.equal(parametersProblem({ a: '1', b: 2, c: [1] }, 'job'), undefined);
    assert.equal(parametersProblem({ job_parameters: { a: 1 }, python_params: ['x'] }, 'job'), undefined);
    assert.equal(parametersProblem({ pipeline_params: { full_refresh: null } }, 'job'), undefined);
    assert.equal(parametersProblem({ notebook_params: { a: 'b' } }, 'notebook'), undefined);
  });

  it('says what is wrong without repeating a value', () => {
    const wrong = [
      parametersProblem({ notebook_params: { a: 'secret' }, plain: 'secret' }, 'job'),
      parametersProblem({ python_params: { a: 'secret' } }, 'job'),
      parametersProblem({ notebook_params: ['secret'] }, 'job'),
      parametersProblem({ notebook_params: 'secret' }, 'job'),
      parametersProblem({ jar_params: ['secret', null] }, 'job'),
      parametersProblem({ a: null, b: 'secret' }, 'job'),
      parametersProblem({ jar_params: ['secret'] }, 'notebook'),
      parametersProblem({ a: 'secret' }, 'definition'),
    ];
    assert.deepEqual(wrong, [
      'mixes fields of the API (notebook_params) with plain names (plain). Use one or the other.',
      'must have a list in python_params.',
      'must have a map of names to values in notebook_params.',
      'must have a map of names to values in notebook_params.',
      'has an empty value in jar_params.',
      'has no value for a.',
      'cannot have jar_params for a notebook. Use plain names.',
      'cannot be used with a definition. Write the parameters into its tasks.',
    ]);
  });
});

describe('isParameter', () => {
  it('knows where the API has text', () => {
    const texts = [['a'], ['notebook_params', 'a'], ['job_parameters', 'a'], ['python_params', 0], ['dbt_commands', 1]];
    const others = [
      ['a', 'b'],
      ['a', 0],
      ['pipeline_params', 'full_refresh'],
      ['notebook_params', 'a', 'b'],
    ];
    assert.deepEqual(texts.map(isParameter), [true, true, true, true, true]);
    assert.deepEqual(others.map(isParameter), [false, false, false, false]);
  });
});

describe('jobParameters', () => {
  it('gives plain names to the parameters that the job declares', () => {
    const values = { a: 1, b: true, c: { d: [2n ** 60n] }, e: 'text' };
    assert.deepEqual(
      jobParameters(values, { ...job, parameterNames: ['a', 'b', 'c', 'e', 'f'], taskKinds: ['sql_task'] }),
      {
        job_parameters: { a: '1', b: 'true', c: '{"d":[1152921504606846976]}', e: 'text' },
      },
    );
  });

  it('refuses names that the job does not declare, and lists those it does', () => {
    assert.throws(
      () => jobParameters({ a: '1', x: '2', y: '3' }, { ...job, parameterNames: ['a', 'b'] }),
      /The job 'train' does not declare the parameters x, y\. It declares a, b\./,
    );
  });

  it('gives them to all kinds of tasks with named parameters when the job declares none', () => {
    const taskKinds = ['notebook_task', 'notebook_task', 'sql_task', 'python_wheel_task', 'spark_jar_task'];
    assert.deepEqual(jobParameters({ a: '1' }, { ...job, taskKinds }), {
      notebook_params: { a: '1' },
      sql_params: { a: '1' },
      python_named_params: { a: '1' },
    });
  });

  it('says what to do when no task has named parameters', () => {
    assert.throws(
      () => jobParameters({ a: '1' }, { ...job, taskKinds: ['spark_jar_task'] }),
      /none of its tasks has named parameters\. Declare job parameters, or .* job_parameters, /,
    );
  });
});

describe('apiParameters', () => {
  it('turns the values into texts, except those of a pipeline', () => {
    assert.deepEqual(
      apiParameters({
        notebook_params: { n: 1 },
        python_params: ['--n', 2, { a: 1 }],
        pipeline_params: { full_refresh: true },
      }),
      {
        notebook_params: { n: '1' },
        python_params: ['--n', '2', '{"a":1}'],
        pipeline_params: { full_refresh: true },
      },
    );
  });
});

describe('notebookParameters', () => {
  it('accepts both ways of writing them', () => {
    assert.deepEqual(notebookParameters({ n: 1 }), { n: '1' });
    assert.deepEqual(notebookParameters({ notebook_params: { n: 1 } }), { n: '1' });
    assert.deepEqual(notebookParameters({}), {});
  });
});

describe('parameterNames', () => {
  it('gives names and never values', () => {
    assert.deepEqual(parameterNames({ a: 'x', b: 'y' }), ['a', 'b']);
    assert.deepEqual(parameterNames({ notebook_params: { a: 'x' }, python_params: ['y'] }), ['a', 'python_params']);
  });
});
