import assert from 'node:assert/strict';
import { areas, routes, type Route } from '../../../../shared/devops/api/routes';
import { readSchema } from '../../../contracts/schemas';

/** A row of `OPTIONS _apis`. */
interface Location {
  readonly template: string;
  readonly resourceVersion: number;
  readonly minVersion: string;
  readonly maxVersion: string;
  readonly releasedVersion: string;
}

type LocationRow = readonly [string, string, string, string, number, string, string, string];
type LocationRows = Readonly<Record<string, readonly LocationRow[] | undefined>>;

interface Recorded {
  readonly locations: LocationRows;
  readonly resourceAreas: { readonly rows: readonly (readonly [id: string])[] };
}

describe('The routes of Azure DevOps', () => {
  let locations: ReadonlyMap<string, Location>;
  let areaIds: ReadonlySet<string>;
  before(async function () {
    const recorded = (await readSchema(this, 'azure-devops/recorded-exchanges.json')) as unknown as Recorded;
    const derived = (await readSchema(this, 'azure-devops/locations-derived.json')) as unknown as LocationRows;
    const rows = [
      ...(recorded.locations['dev.azure.com'] ?? []),
      ...(derived['vssps.dev.azure.com'] ?? []),
      ...(derived['extmgmt.dev.azure.com'] ?? []),
    ];
    locations = new Map(
      rows.map(([id, area, resource, template, resourceVersion, minVersion, maxVersion, releasedVersion]) => [
        id,
        {
          template: template.replace('{area}', area).replace('{resource}', resource),
          resourceVersion,
          minVersion,
          maxVersion,
          releasedVersion,
        },
      ]),
    );
    areaIds = new Set(recorded.resourceAreas.rows.map(([id]) => id));
  });

  it('are in areas that organizations have', () => {
    for (const id of Object.values(areas)) if (id !== undefined) assert.ok(areaIds.has(id), id);
  });

  const all: Readonly<Record<string, Route>> = routes;
  for (const [name, route] of Object.entries(all)) {
    it(`have the path of ${name} that the service has`, () => {
      const location = locations.get(route.location);
      assert.ok(location, `${route.location} is no location`);
      assert.ok(
        isBeginning(location.template, route.template),
        `${route.template} is not the path ${location.template}`,
      );
    });

    it(`request ${name} in a version that the service accepts`, () => {
      const location = locations.get(route.location);
      assert.ok(location);
      const [, number = '', preview] = /^(\d+\.\d+)(?:-preview\.(\d+))?$/.exec(route.version) ?? [];
      assert.ok(Number(location.minVersion) <= Number(number) && Number(number) <= Number(location.maxVersion));
      const isReleased = Number(number) <= Number(location.releasedVersion);
      assert.equal(preview, isReleased ? undefined : String(location.resourceVersion));
    });
  }
});

/** Whether a path is one of the service, without some parameters at its end. Their names may differ. */
function isBeginning(ofService: string, ours: string): boolean {
  const plain = (template: string): readonly string[] =>
    template
      .toLowerCase()
      .replace(/\{(\*?)\w+\}/g, '{$1}')
      .split('/');
  const [theirs, own] = [plain(ofService), plain(ours)];
  const rest = theirs.slice(own.length);
  return own.every((part, index) => part === theirs[index]) && rest.every((part) => part.startsWith('{'));
}
