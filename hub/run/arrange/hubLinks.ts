import type { Host } from '../../host/host';
import { routeHash, type Route } from '../../page/route';
import type { RecordedRegistry } from '../../../shared/records/runRecord';

/** The id of the contribution of the Models hub in the manifest of the extension. */
export const hubContribution = 'models';

/** The address of a screen of the Models hub. */
export function hubUrl(
  { rest, project, extensionId }: Pick<Host, 'rest' | 'project' | 'extensionId'>,
  route: Route,
): string {
  const hub = `${rest.organizationUrl}/${encodeURIComponent(project.name)}/_apps/hub/${extensionId}.${hubContribution}`;
  return `${hub}#${routeHash(route)}`;
}

/** The screen that shows where a value of the hub comes from; undefined for a source that is not in the hub. */
export function sourceRoute(source: string, registry: RecordedRegistry | undefined): Route | undefined {
  const [, base, revision] = /^hub (base )?r(\d{1,9})(?::|$)/.exec(source) ?? [];
  if (revision === undefined) return undefined;
  if (base !== undefined) return registry?.base?.revision === Number(revision) ? { view: 'settings' } : undefined;
  const model = registry?.model;
  return model?.revision === Number(revision) ? revisionRoute(model.id, model.revision) : undefined;
}

export function revisionRoute(model: string, revision: number): Route {
  return { view: 'model', model, tab: 'history', revision };
}
