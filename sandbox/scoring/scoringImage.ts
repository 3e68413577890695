import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import {
  readServiceImage,
  type RunningService,
  type ScoringServices,
  type ServiceAnswer,
  type ServiceImage,
  type ServiceRequest,
  type ServiceStart,
} from './scoringServices';

/** One image, for each of the stand-ins that run it. */
export interface ScoringImage {
  /** An `ImageBehaviour` of the cluster. */
  readonly inCluster: {
    readonly runsAsRoot: boolean;
    readonly serve: (start: ServiceStart) => Promise<RunningService>;
  };
  /** A `ContainerImage` of container groups. */
  readonly inContainerGroup: GroupImage;
}

interface GroupImage {
  /** What it logs at each start. */
  readonly log: readonly string[];
  /** How long after each start it ends by itself; it goes on without it. */
  readonly endsAfterSeconds?: number;
  readonly exitCode?: number;
  readonly answer?: (request: ServiceRequest, call: GroupCall) => Promise<ServiceAnswer>;
}

interface GroupCall {
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/**
 * What a build of a model's folder would give, without Docker: the files as they are now, the application that the CMD of
 * the Dockerfile names, and its USER; and the files that a step of the pipeline has downloaded before, by path. It is tried once, for a container group has to know whether its container lasts.
 */
export async function buildScoringImage(
  folder: string,
  services: ScoringServices,
  downloaded: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<ScoringImage> {
  const { application, runsAsRoot } = readDockerfile(await readFile(join(folder, 'Dockerfile'), 'utf8'));
  const { files } = await readServiceImage(folder, application);
  const image = { files: new Map([...files, ...downloaded]), application };
  return {
    inCluster: { runsAsRoot, serve: (start) => services.start(image, start) },
    inContainerGroup: await groupImage(image, services),
  };
}

async function groupImage(image: ServiceImage, services: ScoringServices): Promise<GroupImage> {
  const log: string[] = [];
  const trial = await services.start(image, { env: {}, log: (line) => log.push(line) });
  const exitCode = await Promise.race([trial.exited, Promise.resolve(undefined)]);
  await trial.close();
  if (exitCode !== undefined) return { endsAfterSeconds: 1, exitCode, log };
  const running = new Map<string, Promise<RunningService>>();
  return {
    log,
    answer: async (request, { environment, log: addLine }) => {
      const key = JSON.stringify(environment);
      let service = running.get(key);
      if (!service) running.set(key, (service = services.start(image, { env: environment, log: addLine })));
      return (await service).answer(request);
    },
  };
}

/** The instructions that count for a container that runs. */
function readDockerfile(text: string): { readonly application: string; readonly runsAsRoot: boolean } {
  const last = (instruction: string) => [...text.matchAll(new RegExp(`^${instruction}\\s+(.+)$`, 'gim'))].at(-1)?.[1];
  const application = /([\w.]+:\w+)\W*$/.exec(last('CMD') ?? '')?.[1];
  if (application === undefined)
    throw new Error("The Dockerfile's CMD names no WSGI application, such as scoring_server:application.");
  return { application, runsAsRoot: ['0', 'root', undefined].includes(last('USER')) };
}
