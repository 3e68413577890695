import { isDeepStrictEqual } from 'node:util';
import { TaskError } from '../errors';
import { isHtml, titleOf } from '../http/answer/serviceError';
import { parseJson, stringifyJson, type Json } from '../json';
import { parseJsonPath, valueAt, type JsonPath } from './jsonPath';
import type { SendSample, SmokeAnswer } from './sendSample';

/** What a scoring service must answer to a sample. */
export interface SmokeExpectation {
  readonly status: number;
  /** By JSON path, such as `$.predictions[0]`: the value that must be there, or `anything`. */
  readonly json?: Readonly<Record<string, Json>>;
  readonly maxLatencyMilliseconds?: number;
  /** How many answers, one after the other, must be right. At least 1. */
  readonly requests: number;
}

/** What to send to a scoring service, and what it must answer. */
export interface SmokeTest {
  /** JSON, sent as it is. */
  readonly payload: string;
  readonly expectation: SmokeExpectation;
}

/** Stands for any value at all: this very object, not one like it. */
export const anything: Json = {};

export interface SmokeOutcome {
  /** What is wrong with the first wrong answer; undefined when all were right. */
  readonly problem: string | undefined;
  /** Of the answers that came, in order. */
  readonly milliseconds: readonly number[];
  /** The last answer's text. */
  readonly text: string;
}

const longestExcerpt = 300;

/**
 * Sends a sample as often as asked, and stops at the first wrong answer. Rejects as `send` does, and with a TaskError
 * when an expectation can't be read.
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
  if (!steps) throw new TaskError(`'${path}' is no JSON path: it should look like $.predictions[0].`);
  return steps;
}

function problemOf(
  { status, milliseconds, text }: SmokeAnswer,
  { status: expectedStatus, maxLatencyMilliseconds = Infinity }: SmokeExpectation,
  values: readonly ExpectedValue[],
): string | undefined {
  if (status !== expectedStatus) return `has status ${status}, not ${expectedStatus}: ${excerpt(text)}`;
  // A sign-in page or a proxy's may come with any status.
  if (isHtml(text)) return `is a web page and no answer of a model: ${excerpt(text)}`;
  if (values.length > 0) {
    const document = parsed(text);
    if (document === undefined) return `is not JSON: ${excerpt(text)}`;
    for (const value of values) {
      const problem = valueProblem(document, value);
      if (problem !== undefined) return `${problem}: ${excerpt(text)}`;
    }
  }
  if (milliseconds > maxLatencyMilliseconds)
    return `took ${Math.round(milliseconds)} ms, more than the ${maxLatencyMilliseconds} ms that it may take.`;
  return undefined;
}

function valueProblem(document: Json, { path, steps, value }: ExpectedValue): string | undefined {
  const found = valueAt(document, steps);
  if (found === undefined) return `has nothing at ${path}`;
  if (value === anything || isDeepStrictEqual(found, value)) return undefined;
  return `has ${excerpt(stringifyJson(found))} at ${path}, not ${stringifyJson(value)}`;
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text) as Json;
  } catch {
    return undefined; // The caller says so.
  }
}

/** The beginning of a text, on one line and without what is no character to read; of a web page its title. */
function excerpt(text: string): string {
  const line = ((isHtml(text) ? titleOf(text) : undefined) ?? text).replace(/[\s\p{C}]+/gu, ' ').trim();
  if (line === '') return '(nothing)';
  return line.length > longestExcerpt ? `${line.slice(0, longestExcerpt)}…` : line;
}
