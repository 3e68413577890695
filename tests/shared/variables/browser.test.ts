import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { projectRoot } from '../../../tools/commandLine';

/** The page may have 140 KB with its components, which take 128; what it needs of the variables is less than this whole. */
const mostKilobytes = 48;

describe('shared/variables in a browser', () => {
  let code: string;

  before(async () => {
    const folder = path.join(projectRoot, 'shared', 'variables');
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts')).sort();
    const contents = files
      .map((file) => `export * from './${file.split(path.sep).join('/').slice(0, -3)}';`)
      .join('\n');
    const result = await build({
      stdin: { contents, resolveDir: folder, loader: 'ts' },
      ...{ bundle: true, minify: true, write: false, platform: 'browser', target: 'es2022' },
      ...{ format: 'iife', globalName: 'variables', logLevel: 'silent' },
    });
    code = result.outputFiles[0]?.text ?? assert.fail();
  });

  it('is bundled without modules of Node.js, and is small', () => {
    const kilobytes = gzipSync(code, { level: 9 }).length / 1024;
    assert.ok(kilobytes < mostKilobytes, `${kilobytes.toFixed(1)} KB`);
    if (process.env['MODEL_PIPELINES_SIZES'])
      process.stdout.write(`shared/variables: ${kilobytes.toFixed(1)} KB gzip\n`);
  });

  it('runs with what a browser has', async () => {
    const { crypto, TextEncoder } = globalThis;
    const context = createContext({ crypto, TextEncoder });
    const found: unknown = await runInContext(
      `${code};(async () => {
        const problems = [];
        const report = (origin, message) => void problems.push(variables.originText(origin) + ': ' + message);
        const base = variables.readVariableFile('variables:\\n  a: 1\\n  a: 2\\n', 'hub', report);
        const patterns = variables.untimedPatterns;
        const { values } = variables.resolveVariables({ base, schema: variables.shippedSchema(), patterns }, report);
        const { text } = variables.editText('variables:\\n  a: 1\\n', { path: ['variables', 'a'], value: 2 });
        const content = { id: 'churn', rev: 1, text, environments: [], updatedBy: {} };
        return JSON.stringify({ problems, values, text, digits: (await variables.revisionHash(content)).length });
      })()`,
      context,
    );
    assert.deepEqual(JSON.parse(String(found)), {
      problems: [
        'hub:3: a is defined twice.',
        'the schema: modelName is mandatory, but no source sets it.',
        'the schema: modelVersion is mandatory, but no source sets it.',
      ],
      values: { a: 1 },
      text: 'variables:\n  a: 2\n',
      digits: 64,
    });
  });
});
