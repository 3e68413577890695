import type { Host } from '../../host/host';
import { decodeRecord, type DecodedRecord } from '../records/decodeRecord';
import { runRecordType } from '../../../shared/records/runRecord';
import { attachmentKey, readAttachmentList, type AttachmentId } from './attachments';
import { mapLimited } from './mapLimited';
import { placeOf, readTimeline, type StepPlace, type Timeline } from './timeline';

/** What the steps of a run recorded. */
export interface RunContents {
  readonly isRunning: boolean;
  readonly parts: readonly RunPart[];
  /** How many records of the steps that ended first were not read. */
  readonly leftOut: number;
}

/** The record of one step. */
export interface RunPart {
  readonly key: string;
  /** Undefined when the run does not say it. */
  readonly place: StepPlace | undefined;
  readonly content: DecodedRecord | { readonly kind: 'unreadable'; readonly error: unknown };
}

/** The records of steps that have ended, by their keys: they do not change any more. */
export type RecordCache = Map<string, DecodedRecord>;

const version = 'api-version=7.1';
const previewVersion = 'api-version=7.1-preview.2';
const mostRequests = 6;
const mostParts = 200;
/** Of earlier attempts, whose records are not in the timeline of the run itself. */
const mostTimelines = 10;

type Source = Pick<Host, 'rest' | 'project'>;

/**
 * Reads what the steps of a run recorded. A record that cannot be read or decoded is a part with the reason.
 * @throws RestError when the run or the list cannot be read, or no record at all
 */
export async function readRun(host: Source, runId: string, cache: RecordCache): Promise<RunContents> {
  const run = `/${encodeURIComponent(host.project.id)}/_apis/build/builds/${encodeURIComponent(runId)}`;
  const get = (url: string): Promise<unknown> => host.rest.json({ method: 'GET', url });
  const [build, listed, own] = await Promise.all([
    get(`${run}?${version}`),
    get(`${run}/attachments/${runRecordType}?${previewVersion}`),
    timelineAt(get, `${run}/timeline?${version}`),
  ]);
  const found = readAttachmentList(listed);
  const timeline = await withEarlierAttempts(own, found, (id) => timelineAt(get, `${run}/timeline/${id}?${version}`));
  const placed = found.map((id) => ({ id, key: attachmentKey(id), place: placeOf(timeline, id.recordId) }));
  const read = newestFirst(placed).slice(0, mostParts);
  const parts = await mapLimited(read, mostRequests, async ({ id, key, place }): Promise<RunPart> => {
    const known = cache.get(key);
    if (known) return { key, place, content: known };
    try {
      const content = decodeRecord(await contentOf(host, run, id));
      if (place?.isCompleted === true) cache.set(key, content);
      return { key, place, content };
    } catch (error) {
      return { key, place, content: { kind: 'unreadable', error } };
    }
  });
  const [first] = parts;
  if (first?.content.kind === 'unreadable' && parts.every(({ content }) => content.kind === 'unreadable'))
    throw first.content.error;
  return { isRunning: isRunning(build), parts, leftOut: found.length - read.length };
}

function contentOf({ rest }: Source, run: string, { timelineId, recordId, name }: AttachmentId): Promise<string> {
  const file = `attachments/${runRecordType}/${encodeURIComponent(name)}`;
  const url = `${run}/${timelineId}/${recordId}/${file}?${previewVersion}`;
  return rest.text({ method: 'GET', url, accept: 'application/octet-stream' });
}

/** Without a timeline, only the places of the steps are unknown. */
async function timelineAt(get: (url: string) => Promise<unknown>, url: string): Promise<Timeline> {
  try {
    return readTimeline(await get(url));
  } catch {
    return new Map();
  }
}

async function withEarlierAttempts(
  own: Timeline,
  found: readonly AttachmentId[],
  read: (timelineId: string) => Promise<Timeline>,
): Promise<Timeline> {
  const unknown = found.filter(({ recordId }) => !own.has(recordId)).map(({ timelineId }) => timelineId);
  const timelines = await mapLimited([...new Set(unknown)].slice(0, mostTimelines), mostRequests, read);
  return new Map([...timelines.flatMap((timeline) => [...timeline]), ...own]);
}

/** A step without a known end is still going. */
function newestFirst<Placed extends { readonly place: StepPlace | undefined }>(placed: readonly Placed[]): Placed[] {
  const end = ({ place }: Placed): number => {
    if (!place) return -Infinity;
    const time = Date.parse(place.finishedOn ?? '');
    return Number.isNaN(time) ? Infinity : time;
  };
  return [...placed].sort((left, right) => {
    const [one, other] = [end(left), end(right)];
    return one === other ? 0 : other - one;
  });
}

function isRunning(build: unknown): boolean {
  const status = typeof build === 'object' && build !== null && 'status' in build ? build.status : undefined;
  return status !== 'completed';
}
