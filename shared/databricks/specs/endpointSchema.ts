import type { DocumentPath, Finding } from '../../finding';
import { documentPathText } from '../../finding';
import { isList, isMap, type Json, type JsonMap } from '../../json';
import { checkSpec, isTextIn } from './checkSpec';

/** The body of `serving-endpoints/create`, without what the inputs of a task tell: which model, and its traffic. */
export const endpointSchema = {
  name: 'endpoint specification',
  textAt: (path: DocumentPath) => isTextIn(type, path),
  check: (document: Json): readonly Finding[] => {
    const misplaced = [...misplacedIn(document)];
    return misplaced.length > 0 ? misplaced : [...checkSpec(document, type), ...otherProblems(document)];
  },
};

const type = 'CreateServingEndpoint';
const name = 'must be left out: the task is given the name of the endpoint.';
const model = 'must be left out: the task is given the model and its version.';

/** What belongs elsewhere, by its path. */
const elsewhere: readonly (readonly [path: DocumentPath, problem: string])[] = [
  [['name'], name],
  [['rate_limits'], 'is deprecated: use ai_gateway.rate_limits.'],
  [['config', 'name'], name],
  [['config', 'served_models'], 'is deprecated: use config.served_entities with one item.'],
  [['config', 'traffic_config'], 'must be left out: the strategy of the task decides about the traffic.'],
  [['config', 'served_entities', 0, 'name'], 'must be left out: the task names what it serves.'],
  [['config', 'served_entities', 0, 'entity_name'], model],
  [['config', 'served_entities', 0, 'entity_version'], model],
  [['config', 'served_entities', 0, 'external_model'], 'is not supported: the task serves models of Unity Catalog.'],
];

function* misplacedIn(document: Json): Generator<Finding> {
  for (const [path, problem] of elsewhere) if (valueAt(document, path) !== undefined) yield finding(path, problem);
}

function* otherProblems(document: Json): Generator<Finding> {
  const config = isMap(document) ? document['config'] : undefined;
  const entities = isMap(config) ? config['served_entities'] : undefined;
  if (isList(entities) && entities.length > 1)
    yield finding(['config', 'served_entities', 1], 'is one too many: the task adds one model version at a time.');
  const path: DocumentPath = ['config', 'served_entities', 0];
  const entity = valueAt(document, path);
  const size = isMap(entity) ? entity['workload_size'] : undefined;
  if (isMap(entity) && size !== undefined && entity['min_provisioned_concurrency'] !== undefined)
    yield finding([...path, 'workload_size'], 'must not be set together with min_provisioned_concurrency.');
}

/** The settings of the model version in a specification. */
export function entityIn(document: JsonMap): JsonMap {
  const entity = valueAt(document, ['config', 'served_entities', 0]);
  return isMap(entity) ? entity : {};
}

function valueAt(document: Json, path: DocumentPath): Json | undefined {
  let value: Json | undefined = document;
  for (const step of path) {
    if (typeof step === 'number') value = isList(value) ? value[step] : undefined;
    else value = isMap(value) ? value[step] : undefined;
  }
  return value;
}

function finding(path: DocumentPath, problem: string): Finding {
  return { path, message: `${documentPathText(path)} ${problem}`, severity: 'error' };
}
