import type { Volumes } from '../files/volumes';

const folderOf = (modelName: string, version: number | string) =>
  `/Models/${modelName.replaceAll('.', '/')}/${version}`;

/** The files of model versions in Unity Catalog, which the Files API has under `/Models/<catalog>/<schema>/<model>/<version>`. */
export class ModelFiles {
  constructor(private readonly volumes: Volumes) {}

  /** Lets clients upload the files of a version. */
  open(modelName: string, version: number): void {
    this.volumes.addRoot(folderOf(modelName, version));
  }

  /** By path relative to the folder of the version; empty for a version that was registered without files. */
  of(modelName: string, version: number | string): ReadonlyMap<string, Buffer> {
    const folder = `${folderOf(modelName, version)}/`;
    return new Map(this.volumes.below(folder).map(({ path, bytes }) => [path.slice(folder.length), bytes]));
  }

  /**
   * Why uploaded files are not a model of Unity Catalog; `undefined` when they are. "All models in the Unity Catalog must be
   * logged with a model signature containing both input and output type specifications" (MLflow's client refuses it, too).
   */
  problemOf(modelName: string, version: number): string | undefined {
    const description = this.of(modelName, version).get('MLmodel')?.toString('utf8');
    if (description === undefined) return `The files of version ${version} of '${modelName}' do not contain MLmodel.`;
    const signature = signatureOf(description);
    if (!signature) return `Model version ${version} of '${modelName}' does not have a signature.`;
    return signature.hasOutputs ? undefined : `The signature of version ${version} of '${modelName}' has no outputs.`;
  }
}

/** What an MLmodel file says of the signature: YAML whose values are JSON texts. */
function signatureOf(description: string): { readonly hasOutputs: boolean } | undefined {
  const lines = description.split('\n');
  const start = lines.findIndex((line) => /^signature:/.test(line));
  if (start < 0) return undefined;
  const end = lines.findIndex((line, index) => index > start && /^\S/.test(line));
  const block = lines.slice(start + 1, end < 0 ? undefined : end);
  return { hasOutputs: block.some((line) => /^\s+outputs:\s*(?!null\b)\S/.test(line)) };
}
