import { isDeepStrictEqual } from 'node:util';
import { TaskError } from '../errors';
import { isHtml, titleOf } from '../http/answer/serviceError';
import { parsedJson, stringifyJson, type Json } from '../json';
import { parseJsonPath, valueAt, type JsonPath } from './jsonPath';
import type { SendSample, SmokeAnswer } from './sendSample';

/** What a scoring service must answer to a sample. */
export interface SmokeExpectation {
  readonly status: number;
  /** By JSON path, such as `$.predictions[0]`: the expected value, or `anything`. */
  readonly json?: Readonly<Record<string, Json>>;
  readonly maxLatencyMilliseconds?: number;
  /** How many requests are sent, one after the other; all answers must be right. At least 1. */
  readonly requests: number;
}

/** The sample for a scoring service, and the expected answer. */
export interface SmokeTest {
  /** JSON, sent unchanged. */
  readonly payload: string;
  readonly expectation: SmokeExpectation;
}

/** Accepts any value. Compared by identity: an equal object is a value like any other. */
export const anything: Json = {};

export interface SmokeOutcome {
  /** What is wrong with the first wrong answer; undefined when all were right. */
  readonly problem: string | undefined;
  /** The latency of each answer, in order. */
  readonly milliseconds: readonly number[];
  /** The last answer's text. */
  readonly text: string;
}

const maxExcerptCharacters = 300;

/**
 * Sends a sample `requests` times, and stops at the first wrong answer. Rejects as `send` does, and with a TaskError when
 * a JSON path is not valid.
 */
export async function runSmokeTest(send: SendSample, { payload, expectation }: SmokeTest): Promise<SmokeOutcome> {
  const values = Object.entries(expectation.json ?? {}).map(([path, value]) => ({ path, steps: stepsOf(path), value }));
  const milliseconds: number[] = [];
  let text = '';
  for (let request = 1; request <= expectation.requests; request++) {
    const answer = await send(payload);
    milliseconds.push(answer.milliseconds);
    text = answer.text;
    const problem = problemOf(answer, expectation, values);
    if (problem !== undefined) {
      const which = expectation.requests > 1 ? `Answer ${request} of ${expectation.requests}` : 'The answer';
      return { problem: `${which} to the sample ${problem}`, milliseconds, text };
    }
  }
  return { problem: undefined, milliseconds, text };
}

interface ExpectedValue {
  readonly path: string;
  readonly steps: JsonPath;
  readonly value: Json;
}

function stepsOf(path: string): JsonPath {
  const steps = parseJsonPath(path);
  if (!steps) throw new TaskError(`'${path}' is not a valid JSON path. Example: $.predictions[0].`);
  return steps;
}

function problemOf(
  { status, milliseconds, text }: SmokeAnswer,
  { status: expectedStatus, maxLatencyMilliseconds = Infinity }: SmokeExpectation,
  values: readonly ExpectedValue[],
): string | undefined {
  if (status !== expectedStatus) return `has status ${status}, not ${expectedStatus}: ${excerpt(text)}`;
  // The sign-in page of a proxy may come with any status.
  if (isHtml(text)) return `is a web page, not the answer of a model: ${excerpt(text)}`;
  if (values.length > 0) {
    const document = parsedJson(text) as Json | undefined;
    if (document === undefined) return `is not JSON: ${excerpt(text)}`;
    for (const value of values) {
      const problem = valueProblem(document, value);
      if (problem !== undefined) return `${problem}: ${excerpt(text)}`;
    }
  }
  if (milliseconds > maxLatencyMilliseconds)
    return `took ${Math.round(milliseconds)} ms; the limit is ${maxLatencyMilliseconds} ms.`;
  return undefined;
}

function valueProblem(document: Json, { path, steps, value }: ExpectedValue): string | undefined {
  const found = valueAt(document, steps);
  if (found === undefined) return `has nothing at ${path}`;
  if (value === anything || isDeepStrictEqual(found, value)) return undefined;
  return `has ${excerpt(stringifyJson(found))} at ${path}, not ${stringifyJson(value)}`;
}

/** The beginning of a text on one line, without unprintable characters; for a web page, its title. */
function excerpt(text: string): string {
  const line = ((isHtml(text) ? titleOf(text) : undefined) ?? text).replace(/[\s\p{C}]+/gu, ' ').trim();
  if (line === '') return '(nothing)';
  return line.length > maxExcerptCharacters ? `${line.slice(0, maxExcerptCharacters)}…` : line;
}
