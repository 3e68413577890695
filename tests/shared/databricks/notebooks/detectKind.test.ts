import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { canonicalSource, detectKind } from '../../../../shared/databricks/notebooks/detectKind';
import { ImportSandbox } from './importSandbox';

const python = '# Databricks notebook source';

describe('detectKind', () => {
  const cases: readonly [path: string, start: string, kind: string, format: string, workspacePath: string][] = [
    ['m/a.py', `${python}\nx`, 'notebook', 'SOURCE', 'm/a'],
    ['a.py', `${python}\r\nx`, 'notebook', 'SOURCE', 'a'],
    ['a.py', python, 'notebook', 'SOURCE', 'a'],
    ['a.PY', python, 'notebook', 'SOURCE', 'a'],
    ['a.R', python, 'notebook', 'SOURCE', 'a'],
    ['a.scala', '// Databricks notebook source\n', 'notebook', 'SOURCE', 'a'],
    ['a.sql', '-- Databricks notebook source\n', 'notebook', 'SOURCE', 'a'],
    ['a.b.py', python, 'notebook', 'SOURCE', 'a.b'],
    ['a.py', 'import os', 'file', 'AUTO', 'a.py'],
    ['a.py', '', 'file', 'AUTO', 'a.py'],
    ['a.py', `${python}s`, 'file', 'AUTO', 'a.py'],
    ['a.py', '# Databricks notebook source code is in another folder', 'file', 'AUTO', 'a.py'],
    ['a.py', `text = '''\n  ${python} and more\n'''`, 'file', 'AUTO', 'a.py'],
    ['a.txt', python, 'file', 'AUTO', 'a.txt'],
    ['m.py/a', python, 'file', 'AUTO', 'm.py/a'],
    ['Makefile', 'all:', 'file', 'AUTO', 'Makefile'],
    ['a.ipynb', '{', 'notebook', 'JUPYTER', 'a'],
    ['a.designer.ipynb', '{', 'notebook', 'JUPYTER', 'a.designer.ipynb'],
    ['m/a.dbc', 'PK', 'archive', 'DBC', 'm/a'],
  ];
  for (const [path, start, kind, format, workspacePath] of cases)
    it(`makes ${path} beginning with ${JSON.stringify(start)} a ${kind}`, () => {
      const found = detectKind(path, Buffer.from(start));
      assert.deepEqual([found.kind, found.format, found.path], [kind, format, workspacePath]);
      assert.equal(found.headerProblem, undefined);
    });

  const nearly: readonly [what: string, start: Buffer, problem: RegExp][] = [
    ['a byte order mark', Buffer.from(`\uFEFF${python}\n`), /byte order mark/],
    ['a space behind it', Buffer.from(`${python} \r\nx`), /spaces/],
    ['a space before it', Buffer.from(` ${python}\nx`), /spaces/],
    ['UTF-16', Buffer.from(`\uFEFF${python}\n`, 'utf16le'), /UTF-16/],
  ];
  for (const [what, start, problem] of nearly)
    it(`says why a header with ${what} is not recognized`, () => {
      const found = detectKind('a.py', start);
      assert.equal(found.kind, 'file');
      assert.match(found.headerProblem ?? '', problem);
    });

  const meant: readonly [path: string, start: string, reason: string, header: string][] = [
    [
      'exported.py',
      `${python} exported at Mon, 28 Mar 2016 16:01:31 UTC\n# MAGIC %md # T`,
      "is followed by 'exported …'",
      python,
    ],
    [
      'exported.scala',
      '// Databricks notebook source exported at Sat, 3 Dec 2016 00:03:53 UTC\nval a = 1',
      "is followed by 'exported …'",
      '// Databricks notebook source',
    ],
    ['lower.py', '# databricks notebook source\nprint(1)', 'has other upper and lower case', python],
    [
      'UPPER.SQL',
      '-- DATABRICKS NOTEBOOK SOURCE\r\n',
      'has other upper and lower case',
      '-- Databricks notebook source',
    ],
    ['nospace.py', '#Databricks notebook source\nprint(1)', 'has other spaces', python],
    ['spaces.r', '#  Databricks  notebook\tsource', 'has other spaces', python],
    ['second_line.py', `# -*- coding: utf-8 -*-\n${python}\nprint(1)`, 'is on line 2', python],
    ['blank_line.py', `\r\n${python}\r\n`, 'is on line 2', python],
    ['license.py', `${'# Licensed to nobody in particular.\n'.repeat(10)}${python}\n`, 'is on line 11', python],
    [
      'wrong_comment.sql',
      `${python}\nselect 1`,
      'is a comment of another language (#)',
      '-- Databricks notebook source',
    ],
    ['wrong_comment.py', '// Databricks notebook source\n', 'is a comment of another language (//)', python],
    [
      'both.scala',
      `\n${python}\n`,
      'is on line 2 and is a comment of another language (#)',
      '// Databricks notebook source',
    ],
  ];
  for (const [path, start, reason, header] of meant)
    it(`says why ${path} is a file although it seems to have a header`, () => {
      const { kind, headerProblem } = detectKind(path, Buffer.from(start));
      assert.equal(kind, 'file');
      assert.equal(headerProblem, `The notebook header ${reason}: the first line must be exactly '${header}'`);
    });
});

describe('canonicalSource', () => {
  it('is the same for what was sent and for what the workspace gives back', async () => {
    const sandbox = await ImportSandbox.open();
    try {
      const separator = '# COMMAND ----------';
      for (const source of [
        `${python}\n`,
        `${python}\n\n\nprint(1)\n\n\n${separator}\n\nprint(2)\n\n`,
        `${python}\r\nprint(1)\r\n\r\n${separator}\r\n\r\nif True:\r\n\r\n  print(2)`,
        `${python}\n# MAGIC %md\n# MAGIC # Title\n\n${separator}\n\n${separator}\n`,
      ]) {
        await sandbox.call('mkdirs', { path: '/Shared/model' });
        await sandbox.edit('a', source, 'PYTHON');
        const response = await fetch(
          `${sandbox.databricks.url}/api/2.0/workspace/export?path=/Shared/model/a&direct_download=true`,
          { headers: { authorization: `Bearer ${sandbox.databricks.token}` } },
        );
        assert.equal(canonicalSource(await response.text()), canonicalSource(source), JSON.stringify(source));
      }
    } finally {
      await sandbox.close();
    }
  });

  it('differs as soon as a line of a cell differs', () => {
    const line = fc.stringMatching(/^[a-z ]{1,8}[a-z]$/);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.nat(), (lines, at) => {
        const changed = lines.with(at % lines.length, 'CHANGED');
        assert.notEqual(canonicalSource(lines.join('\n')), canonicalSource(changed.join('\n')));
      }),
    );
  });
});
