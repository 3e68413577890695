import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { poll, TimedOutError } from '../../../http/poll';
import type { TokenSource } from '../../../http/tokenSource';
import type { AzureIdentity } from '../../../identity/azureIdentity';
import { FixedToken } from '../../../identity/fixedToken';
import { runSmokeTest, type SmokeTest } from '../../../smokeTest/runSmokeTest';
import { hasAnswered, sampleSender, type SmokeAnswer } from '../../../smokeTest/sendSample';
import type { Endpoint, EndpointApi } from '../api/endpoints';
import { isSameName } from '../plan/traffic';

const deploymentHeader = 'azureml-model-deployment';
/** For the front of the endpoint to see a new deployment, or a new map of the traffic. */
const secondsToSettle = 180;

/** A deployment does not answer the sample as it should. */
export class NotServingError extends TaskError {
  override readonly name = 'NotServingError';
}

/** Sends the sample to the deployments of one endpoint, and checks the answers. */
export class Scoring {
  #tokens: TokenSource | undefined;

  constructor(
    private readonly api: EndpointApi,
    private readonly identity: AzureIdentity,
    /** Undefined where there is no sample. */
    private readonly smokeTest: SmokeTest | undefined,
    private readonly context: Context,
  ) {}

  /** Tests a deployment whatever its share of the requests. Throws a NotServingError. */
  async testDeployment(endpoint: Endpoint, name: string): Promise<void> {
    await this.#test(endpoint, name, { [deploymentHeader]: name });
  }

  /** Tests what callers get. `name` is the deployment that answers all requests; undefined where there are several. */
  async testTraffic(endpoint: Endpoint, name: string | undefined): Promise<void> {
    await this.#test(endpoint, name, {});
  }

  async #test(endpoint: Endpoint, name: string | undefined, headers: Readonly<Record<string, string>>): Promise<void> {
    const { smokeTest } = this;
    if (!smokeTest) return;
    const { scoringUri } = endpoint.properties;
    if (scoringUri === undefined)
      throw new TaskError(
        `Azure returned no address for the endpoint '${endpoint.name}'. Check it in the studio of Azure Machine Learning.`,
      );
    const { agent, clock, signal, deadline } = this.context;
    const send = sampleSender(scoringUri, this.context, { tokens: await this.#credentials(endpoint), headers });
    agent.log(`Sending the sample to ${scoringUri}${name === undefined ? '' : ` (deployment ${name})`}.`);
    const until = Math.min(clock.now() + secondsToSettle * 1000, Math.max(deadline, clock.now() + 30_000));
    let last: SmokeAnswer | undefined;
    try {
      await poll({
        clock,
        signal,
        deadline: until,
        awaited: `an answer from ${scoringUri}`,
        probe: async () => (last = await send(smokeTest.payload)),
        isDone: (answer) => isSettled(answer, name),
      });
    } catch (error) {
      // What came at last is judged below, and says more than that the time is up.
      if (!(error instanceof TimedOutError)) throw error;
      if (!last) throw new NotServingError(error.message, { cause: error });
    }
    if (last && last.status !== smokeTest.expectation.status) refuseCaller(last, scoringUri);
    const answering = last && answeredBy(last);
    if (name !== undefined && answering !== undefined && !isSameName(answering, name))
      throw new NotServingError(
        `The answer to the sample comes from the deployment '${answering}', not from '${name}'.`,
      );
    const { problem, milliseconds } = await runSmokeTest(send, smokeTest);
    if (problem !== undefined) throw new NotServingError(problem);
    agent.log(`The sample was answered as expected, in ${milliseconds.join(', ')} ms.`);
  }

  async #credentials({ properties: { authMode } }: Endpoint): Promise<TokenSource> {
    return (this.#tokens ??= await this.#signIn(authMode));
  }

  async #signIn(authMode: string): Promise<TokenSource> {
    if (/^aadtoken$/i.test(authMode))
      return this.identity.tokensFor({ name: 'the endpoint', id: this.identity.cloud.machineLearning });
    const kind = /^amltoken$/i.test(authMode) ? 'AMLToken' : 'Key';
    const what = kind === 'Key' ? 'the primary key of the endpoint' : 'a token of the endpoint';
    return new FixedToken(what, await this.api.credential(kind), this.context.agent);
  }
}

/** Throws where the endpoint itself does not let this caller in: what a model answers is never 401 or 403. */
function refuseCaller({ status, text }: SmokeAnswer, scoringUri: string): void {
  if (status !== 401 && status !== 403) return;
  throw new TaskError(
    `The endpoint does not accept the sample: ${scoringUri} answered ${status}: ${text.slice(0, 300)}. An endpoint that authenticates with Microsoft Entra ID needs the role 'AzureML Data Scientist' on the workspace for the identity of the Azure connection. An endpoint without public network access can be tested only from its network. The deployment was not changed: the next run tests it again.`,
  );
}

/**
 * Whether the answer is the model's, of the deployment that is meant. 404 says that no deployment has requests yet, and 424
 * that the deployment does not answer, unless it tells the status that the model answered
 * (https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints#http-status-codes).
 */
function isSettled(answer: SmokeAnswer, name: string | undefined): boolean {
  const answering = answeredBy(answer);
  if (name !== undefined && answering !== undefined && !isSameName(answering, name)) return false;
  if (!hasAnswered(answer) || answer.status === 429) return false;
  if (answer.status === 404) return answering !== undefined;
  if (answer.status !== 424) return true;
  // The same statuses as before: its server does not listen yet.
  const ofModel = Number(answer.header?.('ms-azureml-model-error-statuscode') ?? 503);
  return hasAnswered({ ...answer, status: ofModel });
}

function answeredBy(answer: SmokeAnswer): string | undefined {
  return answer.header?.(deploymentHeader) || undefined;
}
