import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container, PodTemplateSpec, Service } from 'kubernetes-types/core/v1';
import { deployments, objectsOfKind, services, type KubernetesObject } from '../client/resource';
import { containerPorts, servicePorts } from './ports';
import { mayScore, portText, scoredPort } from './scoredPort';

/** The parts of a release that answer requests: the outputs and the sample are about them. */
export interface Serving {
  readonly deployment: string;
  /** The container that answers. */
  readonly container: string | undefined;
  /** The Service through which it is reached; undefined when no Service selects its pods. */
  readonly service: string | undefined;
  /** The number of the port that is called: of the Service, or of the container where there is none. */
  readonly port: number | undefined;
}

/** What is known of it beforehand. */
export interface ServingWish {
  /** The name of the Deployment, or of the Service. */
  readonly name?: string | undefined;
  /** The name or number of the port. */
  readonly port?: string | undefined;
  /** The images that are deployed with this release. */
  readonly images?: readonly string[] | undefined;
}

/** Why it can't be told what serves. */
export interface Doubt {
  /** What it can't be told of. */
  readonly about: 'deployment' | 'service' | 'port';
  /** Whether the wish named something that isn't there. */
  readonly isUnknown: boolean;
  /** Of the Deployment or the Service that has several; empty for all manifests. */
  readonly of: string;
  /** `Deployment front`, or `http (80)`. */
  readonly candidates: readonly string[];
}

export type ServingChoice =
  | { readonly serving: Serving }
  | {
      readonly doubt: Doubt;
      /** The Deployment, where only its Service or port is in doubt. */
      readonly deployment: string | undefined;
    };

/**
 * Tells what serves: the Deployment that is named, that gets one of the images, or that a Service reaches with a port that
 * may answer HTTP, whatever the order of the manifests is. Throws nothing: what can't be told is a doubt.
 */
export function chooseServing(objects: readonly KubernetesObject[], wish: ServingWish = {}): ServingChoice {
  const all = objectsOfKind(objects, deployments);
  const routing = objectsOfKind(objects, services).filter(isRouting);
  const { name, images = [] } = wish;

  const named = name === undefined ? all : namedBy(name, all, routing);
  if (named.length === 0 && all.length > 0)
    return doubt('deployment', { isUnknown: true, candidates: titles(all, routing) });
  const [deployment, ...others] = narrowed(named, [
    (one) => containersOf(one).some(({ image }) => images.includes(image ?? '')),
    (one) => routing.some((service) => selects(service, one.spec?.template)),
    (one) => routing.some((service) => selects(service, one.spec?.template) && mayScore(servicePorts(service))),
  ]);
  if (!deployment || others.length > 0)
    return doubt('deployment', { candidates: [deployment, ...others].flatMap((one) => (one ? nameOf(one) : [])) });

  const template = deployment.spec?.template;
  const [service, ...rivals] = narrowed(
    routing.filter((one) => selects(one, template)),
    [
      (one) => nameOf(one) === name,
      (one) => mayScore(servicePorts(one)),
      (one) => one.spec?.clusterIP !== 'None',
      (one) => one.spec?.type === 'LoadBalancer',
      (one) => nameOf(one) === nameOf(deployment),
    ],
  );
  const of = nameOf(deployment);
  if (rivals.length > 0)
    return doubt('service', { of, candidates: [service, ...rivals].flatMap((one) => (one ? nameOf(one) : [])) }, of);

  const ofService = service && scoredPort(servicePorts(service), wish.port);
  const called = ofService && 'port' in ofService ? targetOf(service, ofService.port.number) : undefined;
  const container = servingContainer(deployment, images, called);
  const ports = service ? servicePorts(service) : containerPorts(container ? [container] : []);
  const choice = ofService ?? scoredPort(ports, wish.port);
  const isFound = 'port' in choice;
  if (!isFound && (ports.length > 0 || wish.port !== undefined))
    return doubt(
      'port',
      {
        isUnknown: wish.port !== undefined,
        of: service ? `Service ${nameOf(service)}` : `Deployment ${of}`,
        candidates: choice.candidates.map(portText),
      },
      of,
    );
  return {
    serving: {
      deployment: of,
      container: container?.name,
      service: service && nameOf(service),
      port: isFound ? choice.port.number : undefined,
    },
  };
}

/** Whether a Service selects the pods of a template. */
export function selects({ spec }: Service, template: PodTemplateSpec | undefined): boolean {
  const wanted = Object.entries(spec?.selector ?? {});
  return wanted.length > 0 && wanted.every(([label, value]) => template?.metadata?.labels?.[label] === value);
}

/** A Service without ports only names pods; one of type ExternalName selects none, whatever its selector is. */
function isRouting(service: Service): boolean {
  return service.spec?.type !== 'ExternalName' && servicePorts(service).length > 0;
}

/** The Deployment of a name, else those that the Service of that name selects. */
function namedBy(name: string, all: readonly Deployment[], routing: readonly Service[]): readonly Deployment[] {
  const own = all.filter((one) => nameOf(one) === name);
  if (own.length > 0) return own;
  return all.filter((one) =>
    routing.some((service) => nameOf(service) === name && selects(service, one.spec?.template)),
  );
}

/** What is left by each of the rules that leaves anything. */
function narrowed<T>(all: readonly T[], rules: readonly ((one: T) => boolean)[]): readonly T[] {
  return rules.reduce<readonly T[]>((left, rule) => {
    const kept = left.length > 1 ? left.filter(rule) : [];
    return kept.length > 0 ? kept : left;
  }, all);
}

/** The one that gets an image, else the one whose port the Service calls, else the one of kubectl, or the first with a port. */
function servingContainer(
  deployment: Deployment,
  images: readonly string[],
  called: string | number | undefined,
): Container | undefined {
  const wished = deployment.spec?.template.metadata?.annotations?.[defaultContainer];
  const [found] = narrowed(containersOf(deployment), [
    ({ image }) => images.includes(image ?? ''),
    ({ ports = [] }) => ports.some((port) => port.name === called || port.containerPort === called),
    ({ name }) => name === wished,
    (container) => mayScore(containerPorts([container])),
  ]);
  return found;
}

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-default-container */
const defaultContainer = 'kubectl.kubernetes.io/default-container';

function targetOf({ spec }: Service, number: number): string | number | undefined {
  const port = spec?.ports?.find((one) => one.port === number);
  return port?.targetPort ?? port?.port;
}

function containersOf({ spec }: Deployment): readonly Container[] {
  return spec?.template.spec?.containers ?? [];
}

function titles(all: readonly Deployment[], routing: readonly Service[]): readonly string[] {
  const reaching = routing.filter((service) => all.some(({ spec }) => selects(service, spec?.template)));
  return [...all.map((one) => `Deployment ${nameOf(one)}`), ...reaching.map((one) => `Service ${nameOf(one)}`)];
}

function doubt(
  about: Doubt['about'],
  { isUnknown = false, of = '', candidates }: Partial<Doubt> & Pick<Doubt, 'candidates'>,
  deployment?: string,
): ServingChoice {
  return { doubt: { about, isUnknown, of, candidates }, deployment };
}

function nameOf({ metadata }: KubernetesObject): string {
  return metadata?.name ?? '';
}
