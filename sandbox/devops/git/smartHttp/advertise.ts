import { noObject, type ObjectStore } from '../objects/objectStore';
import { flush, packetLine } from './packetLines';

export type GitService = 'git-upload-pack' | 'git-receive-pack';

export interface AdvertisedRefs {
  readonly objects: ObjectStore;
  /** Object ids by the full name of the reference. */
  readonly refs: ReadonlyMap<string, string>;
  /** What HEAD points to, where that reference exists. */
  readonly defaultBranch: string | undefined;
}

const agent = 'agent=git/sandbox';

/** What a client is told of the references before it fetches or pushes (version 0 of the protocol). */
export function advertise(service: GitService, repository: AdvertisedRefs): Buffer {
  const lines = service === 'git-upload-pack' ? fetchable(repository) : pushable(repository);
  const capabilities = capabilitiesOf(service, repository);
  if (lines.length === 0) lines.push(`${noObject} capabilities^{}`);
  return Buffer.concat([
    packetLine(`# service=${service}\n`),
    flush,
    ...lines.map((line, at) => packetLine(at === 0 ? `${line}\0${capabilities}\n` : `${line}\n`)),
    flush,
  ]);
}

function capabilitiesOf(service: GitService, { refs, defaultBranch }: AdvertisedRefs): string {
  if (service === 'git-receive-pack')
    return `report-status delete-refs ofs-delta side-band-64k quiet object-format=sha1 ${agent}`;
  const head = defaultBranch !== undefined && refs.has(defaultBranch) ? ` symref=HEAD:${defaultBranch}` : '';
  const wants = 'allow-tip-sha1-in-want allow-reachable-sha1-in-want';
  return `multi_ack_detailed side-band-64k shallow ofs-delta no-progress ${wants}${head} object-format=sha1 ${agent}`;
}

const pushable = ({ refs }: AdvertisedRefs) => [...refs].sort(byName).map(([name, oid]) => `${oid} ${name}`);

/** HEAD first; annotated tags also with what they name. */
function fetchable({ objects, refs, defaultBranch }: AdvertisedRefs): string[] {
  const head = defaultBranch === undefined ? undefined : refs.get(defaultBranch);
  return [
    ...(head === undefined ? [] : [`${head} HEAD`]),
    ...[...refs].sort(byName).flatMap(([name, oid]) => {
      const peeled = objects.peel(oid);
      return peeled === oid ? [`${oid} ${name}`] : [`${oid} ${name}`, `${peeled} ${name}^{}`];
    }),
  ];
}

const byName = ([one]: [string, string], [other]: [string, string]) => (one < other ? -1 : 1);
