import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import type { AzureIdentity } from '../../../identity/azureIdentity';
import type { JsonMap } from '../../../json';
import { InvalidYaml } from '../../../yaml/invalidYaml';
import { readYamlValue } from '../../../yaml/values';
import type { AssetsApi } from '../api/assets';
import type { WorkspaceApi } from '../api/workspace';
import { contentOf, type Content } from './contentHash';
import { contentName, contentTag, ensureModelVersion, ensureNamedByContent, type Asset } from './ensureAssets';
import { hasPackage, mlflowModelIn, packagesOf } from './mlflowModel';
import { uploadContent } from './uploadContent';

/** Assets of a workspace that are made of files. */
export class AssetSources {
  constructor(
    readonly assets: AssetsApi,
    readonly workspace: WorkspaceApi,
    /** The resource id of the workspace. */
    readonly workspaceId: string,
    private readonly identity: AzureIdentity,
  ) {}

  /** Uploads a model as a folder of a name, and returns the properties to register it with. */
  async modelProperties(path: string, name: string, context: Context): Promise<JsonMap> {
    return this.propertiesOf(await contentOf(path, context, name), context);
  }

  async propertiesOf(content: Content, context: Context): Promise<JsonMap> {
    const mlflow = mlflowModelIn(content);
    for (const warning of mlflow?.warnings ?? []) context.agent.warning(warning);
    const { datastore, path } = await uploadContent(this.workspace, content, this.identity, context);
    const workspace = this.workspaceId
      .replace('/resourceGroups/', '/resourcegroups/')
      .replace('/providers/Microsoft.MachineLearningServices/', '/');
    return {
      modelUri: `azureml:/${workspace}/datastores/${datastore}/paths/${path}`,
      modelType: mlflow ? 'mlflow_model' : 'custom_model',
      ...(mlflow && { flavors: mlflow.flavors }),
    };
  }

  /** Uploads files, and returns their address. */
  async upload(content: Content, context: Context): Promise<string> {
    return (await uploadContent(this.workspace, content, this.identity, context)).blobUri;
  }
}

/** The version of a model that has the content of a file or a folder. */
export async function ensureModelPath(
  sources: AssetSources,
  name: string,
  path: string,
  context: Context,
): Promise<Asset> {
  const content = await contentOf(path, context);
  const upload = () => sources.propertiesOf(content, context);
  return ensureModelVersion(sources.assets, { name, identity: { [contentTag]: content.hash }, upload }, context);
}

/** The code of a folder. Throws a TaskError where the scoring script is not in it. */
export async function ensureCode(
  sources: AssetSources,
  folder: string,
  script: string,
  context: Context,
): Promise<Asset> {
  const content = await contentOf(folder, context, 'code');
  const wanted = script.replaceAll('\\', '/').replace(/^\.\//, '');
  if (!content.isFolder || !content.files.some(({ path }) => path === wanted))
    throw new TaskError(
      `The code folder has no file ${script}. Enter the path of the scoring script relative to the code folder.`,
    );
  return ensureNamedByContent(sources.assets, 'codes', `model-pipeline-${content.hash.slice(0, 32)}`, async () => ({
    codeUri: await sources.upload(content, context),
    isAnonymous: true,
    properties: { [contentTag]: content.hash },
  }));
}

export interface EnvironmentContent {
  readonly image: string;
  /** YAML. */
  readonly condaText: string | undefined;
  /** Of an image that has a server of its own. */
  readonly routes: Routes | undefined;
}

interface Routes {
  readonly port: number;
  readonly scoring: string;
  readonly liveness: string;
  readonly readiness: string;
}

/** An environment of an image, and of the packages of a conda file. The image is built when it is deployed for the first time. */
export async function ensureEnvironment(
  { assets }: AssetSources,
  { image, condaText, routes }: EnvironmentContent,
): Promise<Asset> {
  const definition: JsonMap = {
    image,
    osType: 'Linux',
    ...(condaText !== undefined && { condaFile: condaText }),
    ...(routes && {
      inferenceConfig: {
        scoringRoute: { path: routes.scoring, port: routes.port },
        livenessRoute: { path: routes.liveness, port: routes.port },
        readinessRoute: { path: routes.readiness, port: routes.port },
      },
    }),
  };
  return ensureNamedByContent(assets, 'environments', contentName(definition), () => Promise.resolve(definition));
}

/** Warns of a conda file without what runs a scoring script: https://github.com/Azure/azureml-examples/issues/2760. */
export function warnOfCode(condaText: string, { agent }: Pick<Context, 'agent'>): void {
  const packages = packagesOf(yamlOf(condaText));
  if (['azureml-inference-server-http', 'azureml-defaults'].some((name) => hasPackage(packages, name))) return;
  agent.warning(
    'The conda file does not have azureml-inference-server-http, which runs the scoring script. Unless the image has it, the deployment fails: add it to the pip packages.',
  );
}

function yamlOf(text: string) {
  try {
    return readYamlValue(text);
  } catch (error) {
    if (error instanceof InvalidYaml) throw new TaskError(`The conda file ${error.message}.`, { cause: error });
    throw error;
  }
}
