/** A port of a Service or of a container, as far as its purpose is read from it. */
export interface NamedPort {
  readonly name?: string | undefined;
  readonly number: number;
  readonly protocol?: string | undefined;
  readonly appProtocol?: string | undefined;
}

/** One port, or those of which it may be each. */
export type PortChoice = { readonly port: NamedPort } | { readonly candidates: readonly NamedPort[] };

/** What a port is for, as far as it says. */
type Purpose = 'http' | 'unknown' | 'other';

/**
 * Words in the names of ports behind which no model answers, whatever they speak: `http-metrics`, `health-check`.
 * Source: the ports of kube-state-metrics, Triton, MLServer, TorchServe, Knative and the Prometheus Operator.
 */
const besideWords = new Set([
  ...['metrics', 'metric', 'prometheus', 'prom', 'monitoring', 'monitor', 'stats', 'telemetry', 'statsd'],
  ...['health', 'healthz', 'healthcheck', 'livez', 'readyz', 'liveness', 'readiness', 'probe', 'probes', 'status'],
  ...['admin', 'management', 'mgmt', 'debug', 'pprof', 'profiling', 'jmx', 'webhook'],
]);

/**
 * The protocols that names of ports begin with: `http-score`, `grpc-web`.
 * Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
const purposeOfWord: Readonly<Record<string, Purpose>> = {
  ...{ http: 'http', http1: 'http', web: 'http', rest: 'http', api: 'http' },
  ...{ https: 'other', tls: 'other', tcp: 'other', udp: 'other', grpc: 'other', grpcs: 'other' },
  ...{ mongo: 'other', mysql: 'other', redis: 'other', postgres: 'other', postgresql: 'other' },
  ...{ amqp: 'other', kafka: 'other', ssh: 'other', sql: 'other', dns: 'other' },
};

/** The port that http has when none is named. */
const httpPort = 80;

/**
 * The port that requests go to: the only one, else the one that says by its name or its appProtocol that it speaks HTTP,
 * else the only one that does not say that it is for something else. `wanted` names it by its name or number.
 */
export function scoredPort(ports: readonly NamedPort[], wanted?: string): PortChoice {
  if (wanted !== undefined) {
    const found = ports.find(({ name, number }) => name === wanted || String(number) === wanted);
    return found ? { port: found } : { candidates: ports };
  }
  const [first, ...more] = ports;
  if (first && more.length === 0) return { port: first };
  const http = ports.filter((port) => purposeOf(port) === 'http');
  const open = http.length > 0 ? http : ports.filter((port) => purposeOf(port) === 'unknown');
  const likely = open.length > 0 ? open : ports.filter(isTcp);
  for (const isIt of [
    () => likely.length === 1,
    ({ name }: NamedPort) => name === 'http',
    ({ number }: NamedPort) => number === httpPort,
  ]) {
    const [found, ...others] = likely.filter(isIt);
    if (found && others.length === 0) return { port: found };
  }
  return { candidates: likely.length > 0 ? likely : ports };
}

/** Whether requests can go to one of these ports, as far as they say. */
export function mayScore(ports: readonly NamedPort[]): boolean {
  return ports.some((port) => purposeOf(port) !== 'other');
}

/** For messages: `http (80)`. */
export function portText({ name, number }: NamedPort): string {
  return name === undefined ? String(number) : `${name} (${number})`;
}

function purposeOf(port: NamedPort): Purpose {
  const words = (port.name ?? '').toLowerCase().split('-');
  if (!isTcp(port) || words.some((word) => besideWords.has(word))) return 'other';
  const { appProtocol } = port;
  // It is more specific than the name (https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol).
  if (appProtocol !== undefined) return appProtocol.toLowerCase() === 'http' ? 'http' : 'other';
  if (words.includes('grpc')) return 'other';
  return purposeOfWord[words[0] ?? ''] ?? 'unknown';
}

function isTcp({ protocol = 'TCP' }: NamedPort): boolean {
  return protocol === 'TCP';
}
