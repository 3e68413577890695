import { posix } from 'node:path';
import { mapInParallel } from '../../../inParallel';
import { isList, isMap, stringifyJson, type Json, type JsonMap } from '../../../json';
import { literalPattern } from '../../../literalPattern';
import { InvalidYaml } from '../../../yaml/invalidYaml';
import { readYamlValue } from '../../../yaml/values';
import { namedResources, type NamedResource } from './namedResources';

/** More templates than a pipeline has. */
const mostFiles = 100;
const filesAtOnce = 4;

/**
 * What the YAML of a pipeline certainly names, as far as its files say so before the platform has expanded them: what stands
 * outside of conditions and loops in the file and in the templates of its repository, and the service connections in the
 * defaults of parameters that are used outside of them. A file that cannot be read says nothing: the platform reports it.
 * `read` resolves with undefined for a file that is not there.
 * Source: https://learn.microsoft.com/azure/devops/pipelines/process/templates.
 */
export async function foreseenResources(
  file: string,
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<readonly NamedResource[]> {
  const resources: NamedResource[] = [];
  const files = new Set([file]);
  // The templates that files name are read together, after them.
  for (let known = 0; known < files.size;) {
    const next = [...files].slice(known);
    known = files.size;
    const contents = await mapInParallel(next, filesAtOnce, async (path) => ({ path, content: await read(path) }));
    for (const { path, content } of contents) {
      const yaml = parsed(content);
      if (yaml === undefined) continue;
      const certain = withoutConditions(yaml);
      resources.push(...namedResources(certain, new Map()).resources);
      // Parameters of a template have the values that its caller gives.
      if (path === file && isMap(certain)) resources.push(...connectionsInDefaults(certain));
      for (const template of templatesIn(certain, path)) if (files.size < mostFiles) files.add(template);
    }
  }
  return resources;
}

function parsed(content: Uint8Array | undefined): Json | undefined {
  if (!content) return undefined;
  try {
    return readYamlValue(Buffer.from(content).toString('utf8'), { textAt: () => 'ifOther' });
  } catch (error) {
    if (error instanceof InvalidYaml) return undefined;
    throw error;
  }
}

/** Without what is below `${{ if … }}`, `${{ elseif … }}`, `${{ else }}` and `${{ each … }}`. */
function withoutConditions(value: Json): Json {
  if (isList(value)) return value.map(withoutConditions);
  if (!isMap(value)) return value;
  const certain = Object.entries(value).filter(([key]) => !/^\$\{\{\s*(if|elseif|else|each)\b/.test(key));
  return Object.fromEntries(certain.map(([key, below = null]) => [key, withoutConditions(below)]));
}

/** Paths are relative to the file that names them; those of other repositories have an `@`. */
function templatesIn(value: Json, file: string): readonly string[] {
  if (isList(value)) return value.flatMap((item) => templatesIn(item, file));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, below = null]) => {
    if (key !== 'template' || typeof below !== 'string') return templatesIn(below, file);
    const path = below.replace(/@self$/, '');
    if (/[@$]/.test(path)) return [];
    return [path.startsWith('/') ? posix.normalize(path.slice(1)) : posix.join(posix.dirname(file), path)];
  });
}

/** Names of parameters and of their fields whose values are service connections. */
const connectionName = /connection|endpoint|subscription/i;

function connectionsInDefaults({ parameters = null, ...others }: JsonMap): readonly NamedResource[] {
  const uses = stringifyJson(others);
  const declared = isList(parameters) ? parameters.filter(isMap) : [];
  return declared.flatMap(({ name, default: value = null }) => {
    if (typeof name !== 'string') return [];
    const exact = literalPattern(name);
    const isUsed = new RegExp(`\\bparameters(\\.${exact}\\b|\\['${exact}'\\])`, 'i').test(uses);
    return isUsed ? connectionsIn(name, value) : [];
  });
}

function connectionsIn(key: string, value: Json): readonly NamedResource[] {
  if (isList(value)) return value.flatMap((item) => connectionsIn(key, item));
  if (isMap(value)) return Object.entries(value).flatMap(([name, below = null]) => connectionsIn(name, below));
  return typeof value === 'string' && connectionName.test(key)
    ? [{ kind: 'endpoint', name: value, isGuess: true }]
    : [];
}
