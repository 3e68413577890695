import type { BuildDefinition } from 'azure-devops-node-api/interfaces/BuildInterfaces';
import { differenceLine } from '../../comparison/difference';
import { isList, isMap, type Json, type JsonMap } from '../../json';
import type { Definition } from '../api/pipelines/build';
import type { Wire } from '../api/devopsHttp';
import { keyOf } from '../variableGroups/document';
import { pipelinePath, variableOf } from './document';
import type { WantedPipeline, WantedTrigger } from './wanted';

/** How a pipeline differs, and what it has to be written as. */
export interface DefinitionComparison {
  readonly kind: 'create' | 'update' | 'unchanged' | 'conflict';
  readonly differences: readonly string[];
  readonly notes: readonly string[];
  readonly body: Wire<BuildDefinition>;
}

type Body = Record<string, Json>;

/** The triggers that a new pipeline begins with: those of its YAML file (`settingsSourceType` 2). */
const yamlTrigger = { settingsSourceType: 2, triggerType: 2 };

/** What a pipeline is created with. */
export function newDefinition(wanted: WantedPipeline): DefinitionComparison {
  const { entry, folder, yamlFile, repository, defaultBranch, pool } = wanted;
  const lines = [
    `+ yamlFile: ${yamlFile} of the repository '${repository.name}' (${repository.id || 'not created yet'})`,
    `+ defaultBranch: ${defaultBranch}`,
    ...(pool ? [`+ pool: ${pool.name}`] : []),
  ];
  const body: Body = {
    name: entry.name,
    path: folder,
    type: 'build',
    quality: 'definition',
    queueStatus: 'enabled',
    ...(pool && { queue: { id: pool.id } }),
    repository: {
      id: repository.id,
      name: repository.name,
      type: 'TfsGit',
      defaultBranch,
      properties: { reportBuildStatus: 'true' },
    },
    process: { type: 2, yamlFilename: yamlFile },
    triggers: [yamlTrigger],
  };
  addVariables(wanted, {}, body, lines);
  addTriggers(wanted.triggers, [yamlTrigger], body, lines);
  return { kind: 'create', differences: lines, notes: [], body };
}

/** Compares a pipeline as it is with what is wanted. What the document does not name, an update keeps. */
export function compareDefinition(wanted: WantedPipeline, { whole }: Definition): DefinitionComparison {
  const conflicts = conflictsOf(wanted, whole);
  const { entry, yamlFile, defaultBranch, pool } = wanted;
  const lines: string[] = [];
  const body: Body = Object.fromEntries(Object.entries(whole).flatMap(([name, value = null]) => [[name, value]]));
  const difference = (name: string, value: string, found: string | undefined): boolean => {
    if (value === found) return false;
    lines.push(differenceLine({ path: [name], wanted: value, found }));
    return true;
  };
  const process = mapAt(whole, 'process');
  if (difference('yamlFile', yamlFile, yamlFileOf(whole))) body['process'] = { ...process, yamlFilename: yamlFile };
  const repository = mapAt(whole, 'repository');
  if (entry.defaultBranch !== undefined && difference('defaultBranch', defaultBranch, branchOf(whole)))
    body['repository'] = { ...repository, defaultBranch };
  const queue = mapAt(whole, 'queue');
  if (entry.pool !== undefined && pool && queue['id'] !== pool.id) {
    difference('pool', pool.name, textAt(queue, 'name'));
    body['queue'] = { id: pool.id };
  }
  conflicts.push(...addVariables(wanted, mapAt(whole, 'variables'), body, lines));
  const triggers = listAt(whole, 'triggers');
  addTriggers(wanted.triggers, triggers, body, lines);
  return {
    kind: conflicts.length > 0 ? 'conflict' : lines.length > 0 ? 'update' : 'unchanged',
    differences: lines,
    notes: [...conflicts, ...notesOf(whole)],
    body,
  };
}

/** The branch of a pipeline that exists, in the form that all requests but the first one leave it in. */
export function branchOf(whole: JsonMap): string | undefined {
  const branch = textAt(mapAt(whole, 'repository'), 'defaultBranch');
  return branch === undefined || branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
}

export function repositoryIdOf(whole: JsonMap): string | undefined {
  return textAt(mapAt(whole, 'repository'), 'id');
}

export function yamlFileOf(whole: JsonMap): string | undefined {
  return textAt(mapAt(whole, 'process'), 'yamlFilename')?.replace(/^\/+/, '');
}

/** The names of the variables of a pipeline. */
export function variableNames(whole: JsonMap): readonly string[] {
  return Object.keys(mapAt(whole, 'variables'));
}

/** The values of the variables of a pipeline that are not secret, by their names. */
export function plainVariablesOf(whole: JsonMap): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(mapAt(whole, 'variables')).flatMap(([name, variable]) => {
      const value = isMap(variable) && variable['isSecret'] !== true ? variable['value'] : undefined;
      return typeof value === 'string' ? [[keyOf(name), value] as const] : [];
    }),
  );
}

/** Why a pipeline must not be changed at all: it is another one that only has the same name. */
function conflictsOf({ repository, entry, folder }: WantedPipeline, whole: JsonMap): string[] {
  const found = mapAt(whole, 'repository');
  const [id = '', type = '', name = id] = [textAt(found, 'id'), textAt(found, 'type'), textAt(found, 'name')];
  const path = pipelinePath(folder, entry.name);
  const advice = `Give the pipeline of this step another name or folder, or rename the one that is there.`;
  if (type.toLowerCase() !== 'tfsgit' || id.toLowerCase() !== repository.id.toLowerCase())
    return [
      `There is another pipeline ${path}, of the repository '${name}' (${type} ${id}), not of '${repository.name}' (${repository.id || 'which does not exist yet'}). ${advice}`,
    ];
  return yamlFileOf(whole) === undefined
    ? [`There is a classic pipeline ${path}, which has no YAML file. ${advice}`]
    : [];
}

function notesOf(whole: JsonMap): readonly string[] {
  const status = textAt(whole, 'queueStatus');
  return status === 'disabled' || status === 'paused'
    ? [`The pipeline is ${status}, and stays so: runs of it do not begin.`]
    : [];
}

/** Adds the variables of the document to those that are there. Resolves with why one must not be written. */
function addVariables(wanted: WantedPipeline, found: JsonMap, body: Body, lines: string[]): readonly string[] {
  const problems: string[] = [];
  // A secret comes without its value, and keeps it only when the key is left out.
  const variables = new Map(Object.entries(found).map(([name, variable = null]) => [name, withoutSecret(variable)]));
  const names = new Map([...variables.keys()].map((name) => [keyOf(name), name]));
  const before = lines.length;
  for (const [given, item] of Object.entries(wanted.entry.variables ?? {})) {
    const { value, isSecret = false, allowOverride = false } = variableOf(item);
    const name = names.get(keyOf(given)) ?? given;
    const old = variables.get(name);
    const present = isMap(old) ? old : undefined;
    const wasSecret = present?.['isSecret'] === true;
    if (present && wasSecret !== isSecret) {
      problems.push(secretProblem(name, wasSecret));
      continue;
    }
    const flags = { ...(isSecret && { isSecret }), ...(allowOverride && { allowOverride }) };
    const secret = wanted.secrets.get(keyOf(given));
    const place = ['variables', name];
    if (!isSecret) {
      const text = String(value ?? '');
      const shown = present ? (textAt(present, 'value') ?? '') : undefined;
      if (text !== shown) lines.push(plainLine(place, text, shown));
      variables.set(name, { ...present, value: text, ...flags });
    } else if (!present) {
      lines.push(`+ variables.${name}: secret`);
      variables.set(name, { ...(secret !== undefined && { value: secret }), ...flags });
    } else if (wanted.updateSecrets && secret !== undefined) {
      lines.push(`~ variables.${name}: secret, written again`);
      variables.set(name, { ...present, value: secret, ...flags });
    }
    if (present && (present['allowOverride'] === true) !== allowOverride && hasOverride(item)) {
      lines.push(`~ variables.${name}.allowOverride: ${!allowOverride} → ${allowOverride}`);
      variables.set(name, { ...(variables.get(name) as JsonMap), allowOverride });
    }
  }
  if (lines.length > before || variables.size > 0) body['variables'] = Object.fromEntries(variables);
  return problems;
}

/** Whether the document says something about it. */
function hasOverride(item: Parameters<typeof variableOf>[0]): boolean {
  return typeof item === 'object' && item.allowOverride !== undefined;
}

function withoutSecret(variable: Json): Json {
  if (!isMap(variable) || variable['isSecret'] !== true) return variable;
  return Object.fromEntries(Object.entries(variable).filter(([name]) => name !== 'value'));
}

function secretProblem(name: string, wasSecret: boolean): string {
  return wasSecret
    ? `The variable ${name} is a secret of the pipeline, and stays one. Write isSecret: true for it in the document, or delete it in the pipeline first.`
    : `The variable ${name} is not a secret of the pipeline. Lock it there, or rename it in the document: who could read its value so far should not be the ones who know the secret.`;
}

/** `~ A: 1 → 2`. Also an empty value is one. */
function plainLine(path: readonly string[], value: string, found: string | undefined): string {
  if (value === '' && found === undefined) return `+ ${path.join('.')}: empty`;
  return differenceLine({ path, wanted: value, found });
}

/** Adds the completion triggers of the document to the triggers that are there. */
function addTriggers(wanted: readonly WantedTrigger[], found: readonly Json[], body: Body, lines: string[]): void {
  const triggers = [...found];
  const before = lines.length;
  for (const { source, sourceId, branches } of wanted) {
    const filters = branches.map((branch) => `+${branch}`);
    const at = triggers.findIndex((trigger) => sourceId !== undefined && sourceOf(trigger) === sourceId);
    const old = triggers[at];
    const present = isMap(old) ? old : undefined;
    const shown = branches.length === 0 ? 'all branches' : branches.join(', ');
    const requiresSuccess = present?.['requiresSuccessfulBuild'] !== false;
    if (present && requiresSuccess && areSame(filters, filtersOf(present))) continue;
    lines.push(
      present
        ? `~ completionTriggers.${source}: ${describedTrigger(present)} → ${shown}`
        : `+ completionTriggers.${source}: ${shown}`,
    );
    const trigger = {
      ...present,
      triggerType: 'buildCompletion',
      definition: { id: sourceId ?? 0 },
      requiresSuccessfulBuild: true,
      branchFilters: filters,
    };
    triggers.splice(at === -1 ? triggers.length : at, at === -1 ? 0 : 1, trigger);
  }
  if (lines.length > before) body['triggers'] = triggers;
}

/** `128` is the number of the kind, for clients that write numbers. */
function sourceOf(trigger: Json): number | undefined {
  if (!isMap(trigger)) return undefined;
  const type = trigger['triggerType'];
  const isCompletion = typeof type === 'string' ? type.toLowerCase() === 'buildcompletion' : type === 128;
  if (!isCompletion) return undefined;
  const id = mapAt(trigger, 'definition')['id'];
  return typeof id === 'number' ? id : undefined;
}

function filtersOf(trigger: JsonMap): readonly string[] {
  return listAt(trigger, 'branchFilters').flatMap((filter) => {
    if (typeof filter !== 'string') return [];
    const [, sign = '', branch = ''] = /^([+-]?)(.*)$/s.exec(filter) ?? [];
    return `${sign || '+'}${branch.startsWith('refs/') ? branch : `refs/heads/${branch}`}`;
  });
}

function describedTrigger(trigger: JsonMap): string {
  const filters = filtersOf(trigger).map((filter) => filter.replace(/^\+/, ''));
  const branches = filters.length === 0 ? 'all branches' : filters.join(', ');
  return trigger['requiresSuccessfulBuild'] === false ? `${branches}, also of runs that failed` : branches;
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join('\n') === [...other].sort().join('\n');
}

function mapAt(map: JsonMap, name: string): JsonMap {
  const value = map[name];
  return isMap(value) ? value : {};
}

function listAt(map: JsonMap, name: string): readonly Json[] {
  const value = map[name];
  return isList(value) ? value : [];
}

function textAt(map: JsonMap, name: string): string | undefined {
  const value = map[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
