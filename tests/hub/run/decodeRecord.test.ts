import assert from 'node:assert/strict';
import { decodeRecord } from '../../../hub/run/records/decodeRecord';
import { httpUrl } from '../../../hub/run/records/httpUrl';

const variables = {
  format: 1,
  kind: 'variables',
  variables: [{ name: 'epochs', value: '3', source: 'model_variables.yml:2', overridden: [] }],
};

const decode = (document: unknown) => decodeRecord(JSON.stringify(document));

describe('Decode what a step recorded', () => {
  it('reads a record, and ignores what the format does not have', () => {
    const decoded = decode({ ...variables, added: { later: true }, environment: '' });
    assert.ok(decoded.kind === 'record' && decoded.record.kind === 'variables');
    assert.equal(decoded.record.environment, undefined);
    assert.equal(decoded.record.variables[0]?.name, 'epochs');
  });

  it('recognizes what a newer version wrote: another format, another kind, another word', () => {
    for (const document of [
      { ...variables, format: 2 },
      { ...variables, kind: 'costs' },
      { ...variables, kind: 'constructor' },
      { format: 1, kind: 'run', runId: '1', jobId: '2', name: '', url: '', state: 'NEW', outcome: 'paused', tasks: [] },
    ])
      assert.deepEqual(decode(document), { kind: 'newer' });
  });

  it('names the field that is damaged', () => {
    const reasonOf = (document: unknown): string => {
      const decoded = decode(document);
      assert.equal(decoded.kind, 'damaged');
      return 'reason' in decoded ? decoded.reason : '';
    };
    const [variable] = variables.variables;
    assert.equal(reasonOf(null), 'The document is not a map');
    assert.equal(reasonOf([variables]), 'The document is not a map');
    assert.equal(reasonOf({ ...variables, format: 0.5 }), 'format is not the number of a version');
    assert.equal(reasonOf({ ...variables, format: undefined }), 'format is not a finite number');
    assert.equal(reasonOf({ ...variables, variables: 'none' }), 'variables is not a list');
    assert.equal(reasonOf({ ...variables, variables: [variable, 3] }), 'variables[1] is not a map');
    assert.equal(
      reasonOf({ ...variables, variables: [{ ...variable, value: 3 }] }),
      'variables[0].value is not a text',
    );
    assert.equal(
      reasonOf({ ...variables, variables: [{ ...variable, overridden: ['a', {}] }] }),
      'variables[0].overridden[1] is not a text',
    );
    assert.equal(
      reasonOf({ ...variables, registry: { model: { id: 'churn', revision: '7' } } }),
      'registry.model.revision is not a finite number',
    );
    assert.equal(reasonOf({ ...variables, cut: { variables: 'many' } }), 'cut.variables is not a finite number');
  });

  it('refuses texts that are not JSON, numbers without an end, and inherited fields', () => {
    assert.deepEqual(decodeRecord('<html>'), { kind: 'damaged', reason: 'The document is not JSON' });
    assert.deepEqual(decodeRecord(' '.repeat(4_000_001)), { kind: 'damaged', reason: 'The document is too large' });
    assert.equal(decodeRecord('{"format": 1e999, "kind": "run"}').kind, 'damaged');
    assert.equal(decodeRecord(JSON.stringify(variables).replace('"kind"', '"__proto__"')).kind, 'damaged');
  });
});

describe('Addresses in records', () => {
  it('are links only if they are of the web and name no user', () => {
    assert.equal(httpUrl('https://churn.example.com/score'), 'https://churn.example.com/score');
    assert.equal(httpUrl('http://20.1.2.3/score'), 'http://20.1.2.3/score');
    for (const text of [
      'javascript:alert(1)',
      ' javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      '//example.com',
      '/score',
      'https://dev.azure.com@example.com/',
      '',
      undefined,
    ])
      assert.equal(httpUrl(text), undefined, text);
  });
});
