import { TaskError } from '../../errors';
import { isHtml } from '../../http/answer/serviceError';
import type { HttpAnswer } from '../../http/httpClient';
import { poll, TimedOutError } from '../../http/poll';
import { parsedJson } from '../../json';
import { runSmokeTest, type SmokeTest } from '../../smokeTest/runSmokeTest';
import type { SendSample, SmokeAnswer } from '../../smokeTest/sendSample';
import { invocationPath } from '../api/servingEndpoints';
import type { EndpointWork } from './request';
import { titleOf, type Served } from './traffic/served';

/** The answers to the sample are not as expected. */
export class WrongAnswer extends TaskError {
  override readonly name = 'WrongAnswer';
}

/** A container that was scaled to zero starts first: a request waits for it. */
const secondsToAnswer = 300;
/** An answer of a model is JSON. One that is not was cut off on its way, unless it is always so. */
const mostAttempts = 3;
const secondsBetween = 1;
/** Until all requests to the address of the endpoint follow its new routes. */
const secondsToFollow = 120;

/** Sends the sample to one served entity, past the routes. Throws a WrongAnswer. */
export async function proveEntry(work: EndpointWork, entry: Served, smoke: SmokeTest): Promise<undefined> {
  const path = invocationPath(work.name, entry.name);
  await run(work, titleOf(entry), sender(work, path, smoke), smoke);
}

/**
 * Sends the sample to the address of the endpoint, as users do, once the entry answers there, which has all the traffic.
 * Throws a WrongAnswer.
 */
export async function proveEndpoint(work: EndpointWork, entry: Served, smoke: SmokeTest): Promise<undefined> {
  const { name, context } = work;
  const { clock, signal } = context;
  let from: string | undefined;
  const send = sender(work, invocationPath(name), smoke, (served) => (from = served));
  try {
    await poll({
      clock,
      signal,
      deadline: clock.now() + secondsToFollow * 1000,
      awaited: `${entry.name} to answer the requests to the serving endpoint '${name}'`,
      probe: () => send(smoke.payload),
      // Where no header names the entity, the routes of the config have to do.
      isDone: () => from === undefined || from === entry.name,
    });
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    throw new WrongAnswer(`${error.message} ${from ?? 'Something else'} still answers.`, { cause: error });
  }
  await run(work, `the serving endpoint '${name}'`, send, smoke);
}

async function run({ context }: EndpointWork, who: string, send: SendSample, smoke: SmokeTest): Promise<void> {
  const { problem, milliseconds } = await runSmokeTest(send, smoke);
  if (problem !== undefined) throw new WrongAnswer(`${problem} (${who})`);
  context.agent.log(`The sample was answered as expected by ${who}, in ${milliseconds.map(Math.round).join(', ')} ms.`);
}

function sender(
  { workspace, context: { clock, signal } }: EndpointWork,
  path: string,
  { expectation }: SmokeTest,
  onServed: (name: string | undefined) => void = () => undefined,
): SendSample {
  const request = (content: string): Promise<HttpAnswer<string>> =>
    workspace.http.raw(
      {
        method: 'POST',
        path,
        text: { contentType: 'application/json', content },
        purpose: `send the sample to ${path}`,
        repeatable: true,
        budgetSeconds: secondsToAnswer,
      },
      (answer) => isOfPlatform(answer, expectation.status),
    );
  return async (content): Promise<SmokeAnswer> => {
    for (let attempt = 1; ; attempt++) {
      const startedAt = clock.now();
      const { status, body, header } = await request(content);
      onServed(header('served-model-name'));
      const isBroken = status < 300 && parsedJson(body) === undefined;
      if (!isBroken || attempt === mostAttempts) return { status, text: body, milliseconds: clock.now() - startedAt };
      await clock.sleep(secondsBetween * 1000, signal);
    }
  };
}

/**
 * Whether Databricks, or a proxy before it, answers instead of the model, whose errors are 4xx answers such as 400
 * BAD_REQUEST ("Model code errors are customer-caused errors",
 * https://docs.databricks.com/machine-learning/model-serving/model-serving-debug).
 */
function isOfPlatform({ status, body }: HttpAnswer<string>, expected: number): boolean {
  if (isHtml(body)) return true;
  return status !== expected && ([401, 403, 404, 408, 429].includes(status) || status >= 500);
}
