import path from 'node:path';
import { readJson } from '../../tools/manifests';

/** Reads a schema of the platform. Reports that it is missing and skips the test if the schemas are not available. */
export async function readSchema(test: Mocha.Context, name: string): Promise<Record<string, unknown>> {
  const folder = process.env.MODEL_PIPELINES_SCHEMAS;
  if (folder !== undefined) return (await readJson(path.join(folder, name))) as Record<string, unknown>;
  process.stdout.write(
    `SKIPPED: ${test.test?.fullTitle() ?? name}: set MODEL_PIPELINES_SCHEMAS to the folder that holds ${name} (see CONTRIBUTING.md)\n`,
  );
  return test.skip();
}
