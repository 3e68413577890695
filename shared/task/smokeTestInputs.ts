import type { InputProblem } from '../errors';
import { parsedJson, type Json } from '../json';
import { parseJsonPath } from '../smokeTest/jsonPath';
import { anything, type SmokeTest } from '../smokeTest/runSmokeTest';
import { filePath, integer, lines, pairs } from './inputs';
import { atMostOneOf } from './relations';
import type { Values } from './task';

/** The inputs of the smoke test, the same in every task that deploys a scoring service; `smokeTestOf` reads them. */
export function smokeTestInputs(rules: { readonly when?: Readonly<Record<string, string>> } = {}) {
  return {
    samplePayload: lines(rules),
    samplePayloadFile: filePath(rules),
    expectedStatus: integer({ ...rules, default: 200, min: 100, max: 599 }),
    expectedJson: pairs({ ...rules, textAt: () => false }),
    maxLatencyMilliseconds: integer({ ...rules, min: 1, max: 3_600_000 }),
    smokeRequests: integer({ ...rules, default: 1, min: 1, max: 1000 }),
  };
}

type SmokeTestValues = Values<ReturnType<typeof smokeTestInputs>>;

export const smokeTestRelations = [atMostOneOf('samplePayload', 'samplePayloadFile')];

/** What else is wrong with them. */
export function smokeTestProblems(inputs: Partial<SmokeTestValues>): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  const { samplePayload, expectedJson = {} } = inputs;
  if (samplePayload && parsedJson(samplePayload.join('\n')) === undefined)
    problems.push({ input: 'samplePayload', problem: 'must be JSON.' });
  for (const path of Object.keys(expectedJson))
    if (!parseJsonPath(path))
      problems.push({ input: 'expectedJson', problem: `contains '${path}', which is not a JSON path.` });
  return problems;
}

const mostSampleBytes = 64 * 1024 * 1024;

/** Undefined when there is no sample. Throws the error of a file that can't be read. */
export function smokeTestOf(inputs: SmokeTestValues): SmokeTest | undefined {
  const { samplePayload, samplePayloadFile, expectedJson = {}, maxLatencyMilliseconds } = inputs;
  const payload = samplePayload?.join('\n') ?? samplePayloadFile?.read(mostSampleBytes).toString('utf8');
  if (payload === undefined) return undefined;
  const json = Object.entries(expectedJson).map(([path, value]) => [path, expectedValue(value)] as const);
  return {
    payload,
    expectation: {
      status: inputs.expectedStatus,
      requests: inputs.smokeRequests,
      json: Object.fromEntries(json),
      ...(maxLatencyMilliseconds !== undefined && { maxLatencyMilliseconds }),
    },
  };
}

/** `0.5`, `true` and `"a"` as in JSON, other texts as they are; `*` for any value. */
function expectedValue(value: Json): Json {
  if (value === '*') return anything;
  const read = typeof value === 'string' ? (parsedJson(value) as Json | undefined) : undefined;
  return read === undefined ? value : read;
}
