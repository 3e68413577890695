import type { DeploymentBehaviour } from './deployments/behaviours';
import type { StartModel } from './scoring/runningModel';

/** How the service behaves. Everything can be changed at any time; times are on the clock of the sandbox. */
export class MlSettings {
  /** What comes of deployments, by the name of their model, environment or image. */
  readonly behaviours = new Map<string, DeploymentBehaviour>();
  /** Runs the code of deployments; without it, they answer with a short text. */
  startModel: StartModel | undefined;
  /** In seconds. */
  readonly durations = {
    endpoint: 90,
    deployment: 600,
    /** Added for an image that has to be built first. */
    imageBuild: 300,
    update: 300,
    scale: 120,
    traffic: 20,
    endpointDeletion: 60,
    deploymentDeletion: 120,
    /** How long an endpoint still is busy after an operation has ended. */
    busyAfter: 0,
    /** How long there are no logs after a deployment has ended. */
    logsDelay: 0,
    /** How long a new deployment still answers 424. */
    warmUp: 0,
    /** How long a role takes to count. */
    rolePropagation: 300,
  };
  /** Cores by family and region; 100 without an entry. */
  readonly quotas = new Map<string, number>();
  readonly limits = { endpoints: 100, deploymentsOfEndpoint: 20, instances: 50 };
  /** Names of endpoints that other customers have in the region, as `region/name`. */
  readonly takenNames = new Set<string>();
  /** Resource providers that the subscription lacks: every new endpoint fails. */
  readonly unregisteredProviders = new Set<string>();
  /** Hosts of registries that nobody pulls from without the role AcrPull. */
  readonly privateRegistries = new Set<string>();
  /** When the role AcrPull was granted, in epoch milliseconds, by `principalId@host`. */
  readonly pullRoles = new Map<string, number>();
  /** Whether operations have null for the code, which the message then begins with. */
  hasNullCodes = false;
  /** Whether answers name another place for the files of a model than the one that was sent. */
  replicatesModels = false;
  /** Whether the next deployments are refused by the provider's own limit of requests. */
  throttledDeployments = 0;
  /** Of the URLs of blobs and endpoints. Their hosts listen over plain HTTP: HTTPS needs a proxy that has their certificates. */
  protocol: 'http' | 'https' = 'http';
}
