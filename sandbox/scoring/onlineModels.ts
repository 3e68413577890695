import { readFile } from 'node:fs/promises';
import type { RunningService, ScoringServices } from './scoringServices';

/** What the container of an online endpoint is made of, as Azure Machine Learning makes it. */
export interface OnlineContainer {
  /** Where the model is mounted, below the root of the container. */
  readonly modelFolder: string;
  /** By path below that folder, with slashes. */
  readonly modelFiles: ReadonlyMap<string, Uint8Array>;
  /** Undefined for an MLflow model that serves without code. */
  readonly codeFiles?: ReadonlyMap<string, Uint8Array>;
  /** Of the code, by path. */
  readonly scoringScript?: string;
  readonly environment: Readonly<Record<string, string>>;
}

const root = '/app';
const codeFolder = 'code';

/**
 * Runs deployments of online endpoints: the `init()` and `run()` of a scoring script, or an MLflow model, around which
 * there is the server of the inference images. There is Python without packages.
 */
export function onlineModels(services: () => ScoringServices) {
  return async (container: OnlineContainer, log: (line: string) => void): Promise<RunningService> => {
    const { modelFolder, modelFiles, codeFiles = new Map<string, Uint8Array>(), scoringScript } = container;
    const server = await readFile(new URL('./online_server.py', import.meta.url));
    const files = new Map<string, Uint8Array>([['online_server.py', server]]);
    for (const [path, content] of modelFiles) files.set(`${modelFolder}/${path}`, content);
    for (const [path, content] of codeFiles) files.set(`${codeFolder}/${path}`, content);
    const env = {
      ...container.environment,
      AZUREML_MODEL_DIR: `${root}/${modelFolder}`,
      AML_APP_ROOT: `${root}/${codeFolder}`,
      ...(scoringScript !== undefined && { AZUREML_ENTRY_SCRIPT: scoringScript }),
    };
    return services().start({ files, application: 'online_server:application' }, { env, log });
  };
}
