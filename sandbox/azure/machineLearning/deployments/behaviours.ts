import type { ModelAnswer, ModelRequest } from '../scoring/runningModel';

/** The stages of a deployment, in the order in which they come. */
export type Stage =
  'quota' | 'capacity' | 'imageBuild' | 'imagePull' | 'pullPermission' | 'modelDownload' | 'container' | 'probe';

/** What comes of a deployment. Times are on the clock of the sandbox. */
export interface DeploymentBehaviour {
  /** Where it fails; it succeeds without it. */
  readonly failsAt?: Stage;
  /** Until it ends, well or badly; each stage has its own default. */
  readonly seconds?: number;
  /** Of the failure; each stage has its own. */
  readonly code?: string;
  readonly message?: string;
  /** What the container logs when it starts. */
  readonly log?: readonly string[];
  /** Instead of the code of the deployment. */
  readonly answer?: (request: ModelRequest, call: DeploymentCall) => ModelAnswer | Promise<ModelAnswer>;
  /** How long the model takes to answer; no real time passes. */
  readonly answerSeconds?: number;
}

/** The deployment that a request is for. */
export interface DeploymentCall {
  readonly deploymentName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/** Models, images and environments that are known by the end of their name alone, such as `score-crash`. */
const wellKnown: Readonly<Record<string, DeploymentBehaviour>> = {
  'not-found': { failsAt: 'imagePull' },
  unauthorized: { failsAt: 'pullPermission' },
  crash: {
    failsAt: 'container',
    log: [
      'Traceback (most recent call last):',
      '  File "/var/azureml-app/score.py", line 3, in <module>',
      '    import sklearn',
      "ModuleNotFoundError: No module named 'sklearn'",
    ],
  },
  oom: {
    failsAt: 'container',
    message:
      'User container has crashed or terminated: OOMKilled. Please see troubleshooting guide, available here: https://aka.ms/oe-tsg#error-resourcenotready',
    log: ['Loading the model', 'Killed'],
  },
  slow: { seconds: 1800, log: ['Loading the model'] },
  unready: { failsAt: 'probe', log: ['Waiting for the model store'] },
  'build-failure': { failsAt: 'imageBuild' },
  'no-capacity': { failsAt: 'capacity' },
  'no-quota': { failsAt: 'quota' },
  'model-download': { failsAt: 'modelDownload' },
};

/**
 * What comes of a deployment: by the name of its model, its environment or its image in the table, else by what one of
 * these names ends with. Any other succeeds.
 */
export function behaviourOf(
  table: ReadonlyMap<string, DeploymentBehaviour>,
  names: { readonly model?: string; readonly environment?: string; readonly image?: string },
): DeploymentBehaviour {
  const repository = names.image?.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const all = [names.model, names.environment, names.image, repository].filter((name) => name !== undefined);
  for (const name of all) {
    const found = table.get(name);
    if (found) return found;
  }
  for (const name of all) {
    const word = Object.keys(wellKnown).find((each) => name === each || new RegExp(`[-/_]${each}$`).test(name));
    const found = word === undefined ? undefined : wellKnown[word];
    if (found) return found;
  }
  return {};
}
