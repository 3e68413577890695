import type { SandboxClock } from '../../clock';
import type { Permissions } from '../permissions';
import type { Router } from '../router';
import { Scripts } from '../scripts';
import type { ServedEntity } from './endpoint';
import { EndpointAccess } from './endpointAccess';
import { addEndpointRoutes } from './endpointRoutes';
import { type EndpointReferences, ServingEndpoints } from './endpoints';
import { addInvocationRoutes } from './scoring/invocationRoutes';
import type { ModelHost } from './scoring/modelHost';
import { RollOuts, type ServingDurations } from './rollOuts';
import { type FilesOf, RunningModels } from './scoring/runningModels';
import type { ServingScript } from './servingScripts';

export interface ServingParts {
  readonly clock: SandboxClock;
  readonly durations: ServingDurations;
  readonly host: ModelHost;
  readonly filesOf: FilesOf;
  readonly mayRead: (userName: string, entityName: string) => boolean;
  readonly references: EndpointReferences;
  readonly changed: () => void;
}

/** Model Serving: the endpoints, their containers, and what answers requests to them. */
export class Serving {
  readonly scripts = new Scripts<ServingScript>();
  readonly endpoints: ServingEndpoints;
  readonly #models: RunningModels;
  readonly #rollOuts: RollOuts;

  constructor(private readonly parts: ServingParts) {
    const { clock, durations, host, filesOf, mayRead, references, changed } = parts;
    this.#models = new RunningModels(host, filesOf);
    this.#rollOuts = new RollOuts({ clock, durations, scripts: this.scripts, models: this.#models, mayRead, changed });
    this.endpoints = new ServingEndpoints({ clock, rollOuts: this.#rollOuts, references, changed });
  }

  addRoutes(router: Router, permissions: Permissions): void {
    const { clock, durations } = this.parts;
    const access = new EndpointAccess(permissions);
    const isScaledToZero = ({ settings, deployment, lastRequestAt }: ServedEntity) =>
      settings.scale_to_zero_enabled === true &&
      deployment === 'DEPLOYMENT_READY' &&
      clock.now() - lastRequestAt > durations.servingIdleSeconds * 1000;
    const common = { endpoints: this.endpoints, access, isScaledToZero };
    addEndpointRoutes(router, common);
    addInvocationRoutes(router, { ...common, clock, models: this.#models, durations });
  }

  /** Updates in progress stay in progress. To be called before the clock is closed. */
  async close(): Promise<void> {
    this.#rollOuts.close();
    await this.#models.close();
  }
}
