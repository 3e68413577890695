import { isMetricList } from '../../shared/evaluation/metrics';
import { isMap, type Json } from '../../shared/json';

/** The value at a key such as `evaluation.rules` in a document; undefined when there is none. */
export function valueAt(document: Json, key: string): Json | undefined {
  return key
    .split('.')
    .reduce<Json | undefined>((at, name) => (isMap(at) && Object.hasOwn(at, name) ? at[name] : undefined), document);
}

/** The metrics at a key in a document, or the document itself without a key; undefined when that holds no metrics. */
export function metricsAt(document: Json, key: string | undefined): Json | undefined {
  const found = key === undefined ? document : valueAt(document, key);
  return isMap(found) || isMetricList(found) ? found : undefined;
}
