import { isWrite } from '../tests/support/devopsStage';
import type { Exchange } from './observedRequests';

/**
 * The requests of an onboarding that had to wait for each other, whatever a client does side by side: of all chains in which
 * each request needs the one before it, the one that took longest. A request needs another one, whose answer came before
 * it was sent, if
 *
 * - it names an id that the answer was the first to show;
 * - the other was the last before it that wrote: after a write that failed nothing is written, and what is planned for
 *   objects that did not exist is compared, and reads as wanted, after the write;
 * - it writes what the other read and compared: their paths are the same, or one leads to the other;
 * - the two are one of `orders`, where the id is a name or a number, or the order a promise;
 * - it asks for permissions, and the other was a look at what is to be changed: all that is missing is reported at once;
 * - it writes, and the other was the last question for permissions: nothing is written before the answer.
 *
 * That something is read again, or looks that say nothing of each other are made one after another, does not make a chain.
 */
export function longestChain(exchanges: readonly Exchange[]): readonly Exchange[] {
  const all = exchanges.toSorted((one, other) => one.started - other.started);
  const origins = originsOf(all);
  const chains = new Map<Exchange, readonly Exchange[]>();
  let longest: readonly Exchange[] = [];
  for (const request of all) {
    const before = all.filter(({ ended }) => ended <= request.started);
    const lastWrite = before.findLast(isWrite);
    const lastPermissions = before.findLast(asksForPermissions);
    const needed = before.filter(
      (other) =>
        idsIn(request.sent).some((id) => origins.get(id) === other) ||
        other === lastWrite ||
        (isWrite(request) && !isWrite(other) && isSameResource(request, other)) ||
        orders.some(([first, then]) => first.test(textOf(other)) && then.test(textOf(request))) ||
        (asksForPermissions(request) && !asksForPermissions(other) && other.started >= (lastWrite?.ended ?? 0)) ||
        (isWrite(request) && other === lastPermissions),
    );
    const chain = [...slowest(needed.map((other) => chains.get(other) ?? [])), request];
    chains.set(request, chain);
    longest = slowest([longest, chain]);
  }
  return longest;
}

/** The time of a chain without gaps, in milliseconds. */
export function durationOf(chain: readonly Exchange[]): number {
  return chain.reduce((sum, { started, ended }) => sum + ended - started, 0);
}

const orders: readonly (readonly [first: RegExp, then: RegExp])[] = [
  // The hosts of the organization.
  [/resourceAreas/, /./],
  // The push, by git: its repository, what that has, and the author; then whatever is read of the branch.
  [/^POST \S+\/git\/repositories\s/, /info\/refs/],
  [/info\/refs|connectionData/, /^POST \S+git-receive-pack/],
  [/^POST \S+git-receive-pack/, /\/git\/repositories\//],
  // Entries are compared, written and read again by two routes, policies too.
  [/accesscontrollists/, /accesscontrolentries/],
  [/accesscontrolentries/, /accesscontrollists/],
  [/^POST \S+\/policy\/configurations/, /\/git\/policy\/configurations/],
  // The numbers of environments; and approvers see an environment before they are asked.
  [/^POST \S+\/environments\s/, /\/checks\/configurations|roleassignments/],
  [/^PUT \S+roleassignments/, /^POST \S+\/checks\/configurations/],
  // The numbers of pipelines: those that start others, that are expanded and permitted, and that policies name.
  [
    /^POST \S+\/build\/definitions/,
    /^POST \S+\/build\/definitions[^]*buildCompletion|\/preview|\/policy\/configurations/,
  ],
  // The templates that files name, and what all of them name.
  [/\/items\?path=/, /\/items\?path=|\/serviceendpoint\/endpoints/],
  // What is named in the YAML is permitted before a run needs it.
  [/\/preview/, /\/pipelinepermissions/],
  [/\/pipelinepermissions/, /^PATCH \S+\/pipelinepermissions/],
  [/^PATCH \S+\/pipelinepermissions/, /\/build\/builds/],
  // Policies come last.
  [/^POST \S+\/build\/builds/, /^POST \S+\/policy\/configurations/],
];

function textOf({ method, sent }: Exchange): string {
  return `${method} ${sent}`;
}

function asksForPermissions({ path }: Exchange): boolean {
  return path.endsWith('/permissionevaluationbatch');
}

function isSameResource({ path: one }: Exchange, { path: other }: Exchange): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

/** Where each id was seen first, unless the client knew it before. */
function originsOf(exchanges: readonly Exchange[]): ReadonlyMap<string, Exchange> {
  const sayings = exchanges
    .flatMap((exchange) => [
      { time: exchange.started, text: exchange.sent, exchange: undefined },
      { time: exchange.ended, text: exchange.answer, exchange },
    ])
    .toSorted((one, other) => one.time - other.time);
  const origins = new Map<string, Exchange | undefined>();
  for (const { text, exchange } of sayings)
    for (const id of idsIn(text)) if (!origins.has(id)) origins.set(id, exchange);
  return new Map([...origins].flatMap(([id, exchange]) => (exchange ? [[id, exchange] as const] : [])));
}

/** GUIDs, those of commits, and security identifiers. */
function idsIn(text: string): readonly string[] {
  return [...new Set(text.match(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\b[\da-f]{40}\b|S-1(?:-\d+)+/g))];
}

function slowest(chains: readonly (readonly Exchange[])[]): readonly Exchange[] {
  return chains.reduce((one, other) => (durationOf(other) > durationOf(one) ? other : one), []);
}
