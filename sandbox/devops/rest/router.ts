import type { Host } from './host';
import type { Handlers, Location, PathRoute, Route } from './route';
import { PathTemplate } from './template';

/** A route that matches a path. */
export interface Match {
  readonly parameters: Readonly<Record<string, string>>;
  readonly handlers: Handlers;
  /** Undefined for a path that is not a resource of the REST API. */
  readonly route: Route | undefined;
  readonly isChallenging: boolean;
}

interface Entry extends Omit<Match, 'parameters'> {
  readonly host: Host;
  readonly template: PathTemplate;
}

/** Knows all routes of all hosts. */
export class Router {
  readonly #entries: Entry[] = [];

  add(route: Route): void {
    const { host = 'dev', location, handlers, isProjectOptional } = route;
    const template = new PathTemplate(location.routeTemplate, { ...location, isProjectOptional });
    this.#insert({ host, template, handlers, route, isChallenging: false });
  }

  addPath({ template, handlers, isChallenging = false, isProjectOptional }: PathRoute): void {
    const path = new PathTemplate(template, { isProjectOptional });
    this.#insert({ host: 'dev', template: path, handlers, route: undefined, isChallenging });
  }

  /**
   * The routes of a path below the organisation, the best one first: several resources can share a path and differ in
   * the methods that they have.
   */
  find(host: Host, segments: readonly string[]): readonly Match[] {
    return this.#entries.flatMap((entry) => {
      const parameters = entry.host === host ? entry.template.match(segments) : undefined;
      return parameters ? [{ ...entry, parameters }] : [];
    });
  }

  /** The table of a host, or of one of its areas. */
  locations(host: Host, area?: string): readonly Location[] {
    const rows = this.#entries.flatMap(({ route, host: of }) => (route && of === host ? [route.location] : []));
    return rows.filter((row) => area === undefined || row.area.toLowerCase() === area.toLowerCase());
  }

  #insert(entry: Entry): void {
    const at = this.#entries.findIndex(({ template }) => entry.template.compare(template) < 0);
    this.#entries.splice(at === -1 ? this.#entries.length : at, 0, entry);
  }
}
