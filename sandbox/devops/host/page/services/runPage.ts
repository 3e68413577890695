import type { Exposed } from '../frameChannel';
import { askRest } from '../restClient';
import type { HostSession } from '../../session';
import type { AnyFunction } from '../wire';

/** A run of a pipeline as the page has it: its times are dates, not texts. */
export type Build = Readonly<Record<string, unknown>>;

const times = ['queueTime', 'startTime', 'finishTime', 'lastChangedDate'];

/** @throws RestError when there is no such run, or the person may not see it */
export async function readBuild({ organization, project, pageToken: token }: HostSession, id: string): Promise<Build> {
  const url = `${organization.url}${project.id}/_apis/build/builds/${encodeURIComponent(id)}`;
  const build = (await askRest(url, { version: '7.1', token })) as Build;
  const dates = times.flatMap((name) => (typeof build[name] === 'string' ? [[name, new Date(build[name])]] : []));
  return { ...build, ...(Object.fromEntries(dates) as Build) };
}

/** The run that the page shows. */
export class ShownRun {
  readonly #watchers: AnyFunction[] = [];
  #build: Build;

  constructor(build: Build) {
    this.#build = build;
  }

  /** `ms.vss-build-web.build-page-data-service`: the run and its pipeline. */
  readonly pageData: Exposed = {
    getBuildPageData: () => ({ build: this.#build, definition: this.#build['definition'] }),
  };

  /** What a tab of a run is configured with: it hears of the run at once, and whenever it changes. */
  readonly configuration: Exposed = {
    onBuildChanged: (callback) => {
      const watcher = callback as AnyFunction;
      this.#watchers.push(watcher);
      void watcher(this.#build);
    },
  };

  /** The page was told that the run has changed. */
  change(build: Build): void {
    this.#build = build;
    for (const watcher of this.#watchers) void watcher(build);
  }
}
