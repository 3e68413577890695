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
  /** As an editor finds its schema: by the first line of the file. */
  async function schemaOf(file: string): Promise<string> {
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(await read(file)) ?? [];
    return resolve(dirname(file), schema);
  }

  /** Ajv has our marks and formats told, which editors pass over. */
  function validator(schema: string): ValidateFunction {
    const ajv = new Ajv({ keywords: ['mandatory', 'locked', 'compileTime'], allowUnionTypes: true });
    return ajv.addFormat('path', true).compile(JSON.parse(schema) as object);
  }

  it('name a schema that is as we ship it', async () => {
    for (const file of [baseFile, modelFile])
      assert.equal(await read(await schemaOf(file)), await read(shipped), 'copy it from shared/variables');
  });

  it('are what an editor takes by it', async () => {
    for (const file of [baseFile, modelFile]) {
      const validate = validator(await read(await schemaOf(file)));
      assert.ok(validate(load(await read(file))), JSON.stringify(validate.errors));
    }
  });

  it('are checked by what a team adds to it, in an editor too', async () => {
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
