import type { Faults } from '../../../sandbox/http/faults';
import { type Json, parseJson, stringifyJson } from '../../../shared/json';

/** How the reads of a sandbox are altered. */
export interface AlteredReads {
  /** What becomes of the answers from now on. */
  alter: (answer: Json) => Json;
  /** The last one, as it was altered. */
  last?: Json;
}

/** Alters the answers of `jobs/get` and `clusters/get`, as another service would answer. */
export function alterReads(faults: Faults): AlteredReads {
  const reads: AlteredReads = { alter: (answer) => answer };
  for (const kind of ['jobs', 'clusters'])
    faults.add({
      method: 'GET',
      path: `*/${kind}/get`,
      times: Infinity,
      when: 'after',
      effect: 'rewritten',
      rewrite(status, body) {
        if (status !== 200) return { status, body };
        reads.last = reads.alter(parseJson(body) as Json);
        return { status, body: stringifyJson(reads.last) };
      },
    });
  return reads;
}
