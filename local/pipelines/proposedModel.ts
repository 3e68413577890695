import type { Databricks } from '../../sandbox/databricks/databricks';

/** The alias that the pipelines of the template give to a version that is to be deployed. */
const alias = 'challenger';
/** The folder for it in the image, beside the model's code. */
const imageFolder = 'model';

/** Whether a version of a model with this name is registered in the workspace and proposed for deployment. */
export function isProposed(databricks: Databricks, model: string): boolean {
  return proposed(databricks, model) !== undefined;
}

/** The files of that version, by their paths in the image; empty without one, for models that are in the repository. */
export function proposedFiles(databricks: Databricks, model: string): ReadonlyMap<string, Uint8Array> {
  const version = proposed(databricks, model);
  const files = version && databricks.modelFiles.of(version.model, version.number);
  return new Map([...(files ?? [])].map(([path, content]) => [`${imageFolder}/${path}`, content]));
}

function proposed({ catalogModels }: Databricks, model: string) {
  for (const { name, aliases } of catalogModels.list(undefined)) {
    const number = aliases[alias];
    if (name.endsWith(`.${model}`) && number !== undefined) return { model: name, number };
  }
  return undefined;
}
