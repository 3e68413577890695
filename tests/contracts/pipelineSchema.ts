import { getLanguageService, parse, TextDocument, type JSONSchema } from 'azure-pipelines-language-service';
import sinon from 'sinon';
import type { TaskInput, TaskManifest } from '../../tools/manifests';

interface Alternatives {
  readonly anyOf: unknown[];
}

/** The parts of the platform's schema of pipeline files that are needed to add tasks. */
export interface PipelineSchema {
  readonly definitions: { readonly task: Alternatives & { readonly properties: { readonly task: Alternatives } } };
}

/** The schema with our tasks, in the same form as the tasks of the platform. */
export function addTasks(schema: PipelineSchema, tasks: ReadonlyMap<string, TaskManifest>): PipelineSchema {
  const extended = structuredClone(schema);
  for (const [reference, { description, inputs }] of tasks) {
    extended.definitions.task.properties.task.anyOf.push({ description, ignoreCase: 'value', enum: [reference] });
    extended.definitions.task.anyOf.push({
      properties: {
        task: { description, ignoreCase: 'value', pattern: `^${reference}$` },
        inputs: {
          properties: Object.fromEntries(inputs.map((input) => [input.name, schemaOf(input)])),
          additionalProperties: false,
          required: inputs.filter(isAlwaysNeeded).map((input) => input.name),
        },
      },
      firstProperty: ['task'],
      required: ['task', 'inputs'],
    });
  }
  return extended;
}

function schemaOf({ label, type, options }: TaskInput) {
  if (options) return { description: label, ignoreCase: 'all', enum: Object.keys(options) };
  return { description: label, ignoreCase: 'key', type: type === 'boolean' ? 'boolean' : 'string' };
}

function isAlwaysNeeded({ required, defaultValue, visibleRule }: TaskInput): boolean {
  return required === true && defaultValue === undefined && visibleRule === undefined;
}

/** The problems that the editor of Azure Pipelines reports for a pipeline file, each as `line n: what`. */
export async function validatePipeline(schema: PipelineSchema, text: string): Promise<readonly string[]> {
  const uri = 'mem://schema';
  // The service modifies the schema.
  const service = getLanguageService(
    () => Promise.resolve(structuredClone(schema) as JSONSchema),
    [],
    () => Promise.resolve(uri),
  );
  service.configure({ validate: true });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the service requires it
  const document = TextDocument.create('mem://pipeline.yml', 'azure-pipelines', 1, text);
  const chatter = sinon.stub(console, 'log');
  try {
    const diagnostics = await service.doValidation(document, parse(text));
    return diagnostics.map(
      ({ range, message }) => `line ${range.start.line + 1}: ${typeof message === 'string' ? message : message.value}`,
    );
  } finally {
    chatter.restore();
  }
}
