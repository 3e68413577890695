import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { load } from 'js-yaml';
import { projectRoot } from '../../tools/commandLine';

const template = resolve(projectRoot, 'template');
const shipped = resolve(projectRoot, 'shared/variables/schema/model_variables.schema.json');
const modelFile = resolve(template, 'demo_model/model_variables.yml');
const baseFile = resolve(template, 'pipelines/base_variables.yml');
const read = (file: string): Promise<string> => readFile(file, 'utf8');

describe("the variables of the template's model", () => {
  /** The schema in the first line of the file, which an editor uses. */
  async function schemaOf(file: string): Promise<string> {
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(await read(file)) ?? [];
    return resolve(dirname(file), schema);
  }

  /** Our keywords and formats must be registered with Ajv; editors ignore them. */
  function validator(schema: string): ValidateFunction {
    const ajv = new Ajv({ keywords: ['mandatory', 'locked', 'compileTime'], allowUnionTypes: true });
    return ajv.addFormat('path', true).compile(JSON.parse(schema) as object);
  }

  it('refer to a copy of the schema in shared/variables', async () => {
    for (const file of [baseFile, modelFile])
      assert.equal(await read(await schemaOf(file)), await read(shipped), 'copy it from shared/variables');
  });

  it('are valid in an editor', async () => {
    for (const file of [baseFile, modelFile]) {
      const validate = validator(await read(await schemaOf(file)));
      assert.ok(validate(load(await read(file))), JSON.stringify(validate.errors));
    }
  });

  it('are validated with the rules that a team adds, also in an editor', async () => {
    const schema = JSON.parse(await read(await schemaOf(modelFile))) as {
      definitions: { variables: { properties: Record<string, object> } };
    };
    schema.definitions.variables.properties['training'] = {
      type: 'object',
      properties: { epochs: { type: 'integer', maximum: 1 } },
    };
    const validate = validator(JSON.stringify(schema));
    assert.equal(validate(load(await read(modelFile))), false);
  });
});
