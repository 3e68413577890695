import { namespaceIds } from '../identities/namespaces';
import { requirePermission } from '../identities/requirePermission';
import {
  flagAt,
  isObject,
  type JsonObject,
  listAt,
  objectIn,
  requiredText,
  textAt,
  valueAt,
} from '../rest/requestBody';
import { created, type DevopsRequest, listOf, location, noContent, ok, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { type ClassificationNode, ClassificationNodes, fullPathOf, namesOf } from './classificationNodes';
import { backlogIterationInvalid, iterationInvalid, projectNotFound, teamFieldInvalid, teamNotFound } from './errors';
import type { Project } from './project';
import { projectToken } from './projectGroups';
import { type FieldValue, type TeamSettings, TeamSettingsStore } from './teamSettings';
import { type Team, teamToken } from './teams';

const versions = [1, '2.0', '7.2', '7.1'] as const;
const scopes = { GET: 'vso.work', POST: 'vso.work_write', PATCH: 'vso.work_write', DELETE: 'vso.work_write' };
const nobody = '00000000-0000-0000-0000-000000000000';

/** What a team has chosen: its backlog, its iterations, its areas. */
export function addTeamSettingsRoutes(router: Router): void {
  router.add({
    location: location(
      'c3c1012b-bea7-49d7-b45e-1664e566f84c',
      'work',
      'teamsettings',
      '{project}/{team}/_apis/{area}/{resource}',
      versions,
    ),
    handlers: { GET: (request) => ok(settingsView(request)), PATCH: updateSettings },
    scopes,
  });
  router.add({
    location: location(
      'c9175577-28a1-4b06-9197-8636af9f64ad',
      'work',
      'iterations',
      '{project}/{team}/_apis/{area}/teamsettings/{resource}/{id}',
      versions,
    ),
    handlers: { GET: readIterations, POST: addIteration, DELETE: removeIteration },
    scopes,
  });
  router.add({
    location: location(
      '07ced576-58ed-49e6-9c1e-5cb53ab8bf2a',
      'work',
      'teamfieldvalues',
      '{project}/{team}/_apis/{area}/teamsettings/{resource}',
      versions,
    ),
    handlers: { GET: (request) => ok(fieldValuesView(request)), PATCH: updateFieldValues },
    scopes,
  });
}

interface Place {
  readonly project: Project;
  readonly team: Team;
  readonly settings: TeamSettings;
  /** Of the team, up to `_apis/work`. */
  readonly base: string;
}

function placeOf({ organization, project, team }: DevopsRequest): Place {
  if (!project) throw projectNotFound('');
  if (!team) throw teamNotFound('');
  const settings = organization.of(TeamSettingsStore).of(project, team);
  return { project, team, settings, base: organization.url(`${project.id}/${team.id}/_apis/work/teamsettings`) };
}

/** Administrators of the team, and whoever may edit the project. */
function requireAdministration(request: DevopsRequest): Place {
  const place = placeOf(request);
  const { project, team } = place;
  if (!request.caller.may(namespaceIds.project, projectToken(project), 2))
    requirePermission(request, namespaceIds.identity, teamToken(team), 2, team.identity.displayName);
  return place;
}

function iterationView(
  { organization }: DevopsRequest,
  { projectId }: ClassificationNode,
  node: ClassificationNode,
): object {
  const names = namesOf(node);
  const path = ['Iterations', ...names].map(encodeURIComponent).join('/');
  return {
    id: node.identifier,
    name: node.parent ? node.name : (organization.projects.find(projectId)?.name ?? ''),
    path: names.map((name) => `\\${name}`).join(''),
    url: organization.url(`${projectId}/_apis/wit/classificationNodes/${path}`),
  };
}

function settingsView(request: DevopsRequest): object {
  const { organization } = request;
  const { project, team, settings, base } = placeOf(request);
  const shown = (node: ClassificationNode | undefined) => node && iterationView(request, node, node);
  const { backlogIteration, defaultIteration } = settings;
  return {
    backlogIteration: shown(backlogIteration) ?? { id: nobody },
    bugsBehavior: settings.bugsBehavior,
    workingDays: settings.workingDays,
    backlogVisibilities: settings.backlogVisibilities,
    defaultIteration: shown(defaultIteration) ?? null,
    ...(settings.defaultIterationMacro !== undefined && { defaultIterationMacro: settings.defaultIterationMacro }),
    url: base,
    _links: {
      self: { href: base },
      project: { href: organization.url(`_apis/projects/${project.id}`) },
      team: { href: organization.url(`_apis/projects/${project.id}/teams/${team.id}`) },
      teamIterations: { href: `${base}/iterations` },
      teamFieldValues: { href: `${base}/teamfieldvalues` },
      ...(backlogIteration && {
        classificationNode: { href: organization.url(`${project.id}/_apis/wit/classificationNodes/Iterations`) },
      }),
    },
  };
}

function updateSettings(request: DevopsRequest): Reply {
  const { settings } = requireAdministration(request);
  const body = objectIn(request.body, 'teamSettingsPatch');
  const backlog = textAt(body, 'backlogIteration');
  if (backlog !== undefined) settings.backlogIteration = iterationOf(request, backlog);
  const defaultIteration = textAt(body, 'defaultIteration');
  const macro = textAt(body, 'defaultIterationMacro');
  if (defaultIteration !== undefined) {
    settings.defaultIteration = iterationOf(request, defaultIteration);
    settings.defaultIterationMacro = undefined;
  }
  if (macro !== undefined) {
    settings.defaultIterationMacro = macro;
    settings.defaultIteration = undefined;
  }
  settings.bugsBehavior = lowerCamelCase(textAt(body, 'bugsBehavior')) ?? settings.bugsBehavior;
  const days = listAt(body, 'workingDays').filter((day): day is string => typeof day === 'string');
  if (days.length > 0) settings.workingDays = days.map((day) => day.toLowerCase());
  const visibilities = valueAt(body, 'backlogVisibilities');
  if (isObject(visibilities))
    settings.backlogVisibilities = { ...settings.backlogVisibilities, ...flagsOf(visibilities) };
  return ok(settingsView(request));
}

const lowerCamelCase = (text: string | undefined) => text && text.charAt(0).toLowerCase() + text.slice(1);

const flagsOf = (object: JsonObject) =>
  Object.fromEntries(Object.keys(object).map((key) => [key, flagAt(object, key) ?? false]));

/** By its identifier. @throws OrganizationError */
function iterationOf({ organization, project }: DevopsRequest, id: string): ClassificationNode {
  const nodes = project ? organization.of(ClassificationNodes).all(project) : [];
  const found = nodes.find((node) => node.structure === 'iteration' && node.identifier === id.toLowerCase());
  if (!found) throw iterationInvalid(id);
  return found;
}

/** The first one without a start, or the one that today is in, is the current one; those before are past. */
function timeFrameOf({ organization }: DevopsRequest, { iterations }: TeamSettings, node: ClassificationNode): string {
  const now = organization.clock.now();
  const [start, finish] = ['startDate', 'finishDate'].map((key) => Date.parse(String(node.attributes?.[key])));
  if (start === undefined || finish === undefined || Number.isNaN(start) || Number.isNaN(finish))
    return iterations.indexOf(node) === 0 ? 'current' : 'future';
  // An iteration includes its last day.
  if (finish + 86_400_000 <= now) return 'past';
  return start > now ? 'future' : 'current';
}

function teamIteration(request: DevopsRequest, place: Place, node: ClassificationNode): object {
  const { project, settings, base } = place;
  return {
    id: node.identifier,
    name: node.parent ? node.name : project.name,
    path: fullPathOf(project, node),
    attributes: {
      startDate: node.attributes?.['startDate'] ?? null,
      finishDate: node.attributes?.['finishDate'] ?? null,
      timeFrame: timeFrameOf(request, settings, node),
    },
    url: `${base}/iterations/${node.identifier}`,
  };
}

function linkedIteration(request: DevopsRequest, place: Place, node: ClassificationNode): object {
  const { organization } = request;
  const { project, team, base } = place;
  const url = `${base}/iterations/${node.identifier}`;
  const path = ['Iterations', ...namesOf(node)].map(encodeURIComponent).join('/');
  return {
    ...teamIteration(request, place, node),
    _links: {
      self: { href: url },
      project: { href: organization.url(`_apis/projects/${project.id}`) },
      team: { href: organization.url(`_apis/projects/${project.id}/teams/${team.id}`) },
      teamSettings: { href: base },
      teamIterations: { href: `${base}/iterations` },
      capacity: { href: `${url}/capacities` },
      workitems: { href: `${url}/workitems` },
      classificationNode: { href: organization.url(`${project.id}/_apis/wit/classificationNodes/${path}`) },
      teamDaysOff: { href: `${url}/teamdaysoff` },
    },
  };
}

function readIterations(request: DevopsRequest): Reply {
  const place = placeOf(request);
  const { settings } = place;
  const { id } = request.parameters;
  if (id !== undefined) {
    const node = settings.iterations.find(({ identifier }) => identifier === id.toLowerCase());
    if (!node) throw iterationInvalid(id);
    return ok(linkedIteration(request, place, node));
  }
  const frame = request.query.get('$timeframe')?.toLowerCase();
  const shown = settings.iterations.filter(
    (node) => frame === undefined || timeFrameOf(request, settings, node) === frame,
  );
  return listOf(shown.map((node) => teamIteration(request, place, node)));
}

/** Needs a backlog iteration; the iteration of the team must be below it. */
function addIteration(request: DevopsRequest): Reply {
  const place = requireAdministration(request);
  const { settings } = place;
  const id = requiredText(objectIn(request.body, 'iteration'), 'id');
  if (!settings.backlogIteration) throw backlogIterationInvalid();
  const node = iterationOf(request, id);
  if (!settings.iterations.includes(node)) settings.iterations = [...settings.iterations, node];
  return created(linkedIteration(request, place, node));
}

function removeIteration(request: DevopsRequest): Reply {
  const { settings } = requireAdministration(request);
  const { id = '' } = request.parameters;
  const rest = settings.iterations.filter(({ identifier }) => identifier !== id.toLowerCase());
  if (rest.length === settings.iterations.length) throw iterationInvalid(id);
  settings.iterations = rest;
  return noContent;
}

function fieldValuesView(request: DevopsRequest): object {
  const { organization } = request;
  const { project, team, settings, base } = placeOf(request);
  return {
    field: {
      referenceName: 'System.AreaPath',
      url: organization.url('_apis/wit/fields/System.AreaPath'),
    },
    defaultValue: settings.defaultValue,
    values: settings.values,
    url: `${base}/teamfieldvalues`,
    _links: {
      self: { href: `${base}/teamfieldvalues` },
      project: { href: organization.url(`_apis/projects/${project.id}`) },
      team: { href: organization.url(`_apis/projects/${project.id}/teams/${team.id}`) },
      teamSettings: { href: base },
      areaPathClassificationNodes: { href: organization.url(`${project.id}/_apis/wit/classificationNodes/Areas`) },
    },
  };
}

/** The default is one of the values, all of which are areas of the project, none of them twice. */
function updateFieldValues(request: DevopsRequest): Reply {
  const { project, settings } = requireAdministration(request);
  const body = objectIn(request.body, 'patch');
  const values = listAt(body, 'values').map((value) => fieldValueOf(request, project, value));
  const defaultValue = textAt(body, 'defaultValue');
  if (defaultValue === undefined || defaultValue === '')
    throw teamFieldInvalid('TF400501: A default value is required for the team field.');
  const wanted = defaultValue.toLowerCase();
  if (!values.some(({ value }) => value.toLowerCase() === wanted))
    throw teamFieldInvalid(`TF400502: The default value '${defaultValue}' is not one of the values of the team field.`);
  const different = new Set(values.map(({ value }) => value.toLowerCase()));
  if (different.size < values.length)
    throw teamFieldInvalid('TF400503: A value of the team field is there more than once.');
  settings.values = values;
  settings.defaultValue = defaultValue;
  return ok(fieldValuesView(request));
}

function fieldValueOf({ organization }: DevopsRequest, project: Project, value: unknown): FieldValue {
  const object = objectIn(value, 'values');
  const path = requiredText(object, 'value');
  if (!organization.of(ClassificationNodes).byFullPath(project, 'area', path))
    throw teamFieldInvalid(`TF400499: The value '${path}' is not an area of the project.`);
  return { value: path, includeChildren: flagAt(object, 'includeChildren') ?? false };
}
