import type { Stage } from './behaviours';

/** What a log is written from. Times are epoch milliseconds. */
export interface LogSource {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failsAt?: Stage;
  readonly image: string;
  readonly lines: readonly string[];
  readonly modelName: string;
}

/** They are answers with status 200, but no logs. */
export const logsNotYet = "Deployment is in deleting or creating state so logs can't be retrieved.";
export const noLogs = 'There are no logs for this deployment at the moment. Please try again later.';

const stages = ['SystemSetup', 'UserContainerImagePull', 'ModelDownload', 'UserContainerStart'] as const;
type LogStage = (typeof stages)[number];

const brokenStage: Readonly<Record<Stage, LogStage>> = {
  quota: 'SystemSetup',
  capacity: 'SystemSetup',
  imageBuild: 'SystemSetup',
  imagePull: 'UserContainerImagePull',
  pullPermission: 'UserContainerImagePull',
  modelDownload: 'ModelDownload',
  container: 'UserContainerStart',
  probe: 'UserContainerStart',
};

/** The log of the container that serves: the state of each stage, what happened to the container, and its own lines. */
export function serverLog(source: LogSource, tail: number): string {
  const broken = source.failsAt && brokenStage[source.failsAt];
  const index = broken ? stages.indexOf(broken) : stages.length;
  const states = stages.map(
    (stage, at) => `${stage}: ${at < index ? 'Succeeded' : at === index ? 'InProgress' : 'NotStarted'}`,
  );
  const own = index > stages.indexOf('ModelDownload') ? source.lines.slice(-tail) : [];
  return [
    'Instance status:',
    ...states,
    '',
    'Container events:',
    ...eventsOf(source, index),
    '',
    'Container logs:',
    ...own,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** The log of the container that downloads the model. */
export function storageLog({ failsAt, modelName, endedAt }: LogSource, tail: number): string {
  const time = new Date(endedAt).toISOString();
  const lines =
    failsAt === 'modelDownload'
      ? [
          `${time} [INFO] Downloading the model ${modelName}`,
          `${time} [ERROR] azure.core.exceptions.ResourceNotFoundError: The specified blob does not exist. ErrorCode:BlobNotFound`,
        ]
      : [`${time} [INFO] Downloading the model ${modelName}`, `${time} [INFO] Downloaded the model ${modelName}`];
  return lines
    .slice(-tail)
    .map((line) => `${line}\n`)
    .join('');
}

function eventsOf({ startedAt, endedAt, image, modelName }: LogSource, broken: number): readonly string[] {
  const at = (share: number) => new Date(startedAt + (endedAt - startedAt) * share).toISOString().replace('Z', '418Z');
  const event = (share: number, name: string, message: string, type = 'Normal') =>
    `Kind: Pod, Name: ${name}, Type: ${type}, Time: ${at(share)}, Message: ${message}`;
  const [pull, download, start] = [1, 2, 3];
  if (broken < pull) return [];
  const pulling = event(0.2, 'Pulling', 'Start pulling container image');
  if (broken === pull)
    return [pulling, event(0.5, 'ImagePullFailed', `Image pull failed, retrying. ${image}`, 'Warning')];
  const pulled = [pulling, event(0.4, 'Pulled', 'Container image is pulled successfully')];
  const downloading = [...pulled, event(0.45, 'Downloading', `Start downloading models ${modelName}`)];
  if (broken === download) {
    const text = 'Models download failed. Please check storage-initializer log for detail.';
    return [...downloading, event(0.5, 'DownloadFailed', text, 'Warning')];
  }
  const downloaded = [...downloading, event(0.5, 'Downloaded', 'Models are downloaded successfully')];
  const started = [...downloaded, event(0.55, 'Created', 'Created container inference-server')];
  return broken < start ? downloaded : [...started, event(0.6, 'Started', 'Started container inference-server')];
}
