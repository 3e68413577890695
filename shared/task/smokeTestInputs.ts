import { readFileSync } from 'node:fs';
import type { InputProblem } from '../errors';
import { parseJson, type Json } from '../json';
import { parseJsonPath } from '../smokeTest/jsonPath';
import { anything, type SmokeTest } from '../smokeTest/runSmokeTest';
import { filePath, integer, lines, pairs, text } from './inputs';
import type { Values } from './task';

/** The inputs by which every task that deploys a scoring service is told how to prove it; `smokeTestOf` takes them. */
export function smokeTestInputs(rules: { readonly when?: Readonly<Record<string, string>> } = {}) {
  return {
    samplePayload: lines(rules),
    samplePayloadFile: filePath(rules),
    expectedStatus: integer({ ...rules, default: 200, min: 100, max: 599 }),
    expectedJson: pairs(rules),
    maxLatencyMilliseconds: text({
      ...rules,
      pattern: { matches: /^\d{1,7}$/, rule: 'must be a number of milliseconds.' },
    }),
    smokeRequests: integer({ ...rules, default: 1, min: 1, max: 1000 }),
  };
}

type SmokeTestValues = Values<ReturnType<typeof smokeTestInputs>>;

/** What is wrong with them, beyond each for itself. */
export function smokeTestProblems(inputs: Partial<SmokeTestValues>): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  const { samplePayload, samplePayloadFile, expectedJson = {} } = inputs;
  if (samplePayload && samplePayloadFile !== undefined)
    problems.push({ input: 'samplePayload', problem: "and 'samplePayloadFile' must not both be given." });
  if (samplePayload && !isJson(samplePayload.join('\n')))
    problems.push({ input: 'samplePayload', problem: 'must be JSON.' });
  for (const path of Object.keys(expectedJson))
    if (!parseJsonPath(path))
      problems.push({ input: 'expectedJson', problem: `has '${path}', which is no JSON path.` });
  return problems;
}

/** Undefined where there is no sample. Throws the error of a file that can't be read. */
export function smokeTestOf(inputs: SmokeTestValues): SmokeTest | undefined {
  const { samplePayload, samplePayloadFile, expectedJson = {}, maxLatencyMilliseconds } = inputs;
  const payload = samplePayload?.join('\n') ?? (samplePayloadFile && readFileSync(samplePayloadFile, 'utf8'));
  if (payload === undefined) return undefined;
  const json = Object.entries(expectedJson).map(([path, value]) => [path, expectedValue(value)] as const);
  return {
    payload,
    expectation: {
      status: inputs.expectedStatus,
      requests: inputs.smokeRequests,
      json: Object.fromEntries(json),
      ...(maxLatencyMilliseconds !== undefined && { maxLatencyMilliseconds: Number(maxLatencyMilliseconds) }),
    },
  };
}

/** `0.5`, `true` and `"a"` as in JSON, other texts as they are; `*` for any value. */
function expectedValue(value: Json): Json {
  if (value === '*') return anything;
  return typeof value === 'string' && isJson(value) ? (parseJson(value) as Json) : value;
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false; // What it is instead doesn't matter.
  }
}
