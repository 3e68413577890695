import { CallError } from '../../../http/errors';
import type { ServedEntity } from '../../api/servingEndpoints';
import { buildCauses, creatorCauses, findCause, messageCauses, serverCauses } from './causes';
import type { EndpointWork } from '../request';
import type { UpdateFailure } from '../updates';

const mostLinesInMessage = 8;
const mostLinesInLog = 200;
const mostCharacters = 300;

/** The logs of an entity, as far as they can be read. */
interface Logs {
  readonly build: readonly string[];
  readonly server: readonly string[];
}

/**
 * Why an update failed: the cause in the first line, then what Databricks says, and the end of the logs. The whole logs are
 * in the log of the step.
 */
export async function diagnose(work: EndpointWork, { endpoint, failed }: UpdateFailure): Promise<string> {
  const { name, creator, configUpdate } = endpoint;
  // An entity that was aborted because another one failed is not the reason.
  const [culprit] = [...failed.entities]
    .filter(({ deployment }) => deployment !== 'DEPLOYMENT_READY')
    .sort((a, b) => rank(a) - rank(b));
  if (!culprit)
    return `Databricks ended the update of the serving endpoint '${name}' as ${configUpdate}, and gave no reason. See the events on its page.`;
  const logs = await logsOf(work, culprit, failed.version);
  const known = {
    it: `version ${culprit.version} of ${culprit.model}`,
    model: culprit.model,
    creator: creator || 'a deleted user',
  };
  const { message } = culprit;
  const [build, server] = [logs.build.join('\n'), logs.server.join('\n')];
  const found =
    findCause(creatorCauses, message, known) ??
    (/build|container (?:image )?creation/i.test(message) ? findCause(buildCauses, build, known) : undefined) ??
    (/service logs|server|load/i.test(message) ? findCause(serverCauses, server, known) : undefined) ??
    findCause(messageCauses, message, known);
  const general = `Version ${culprit.version} of ${culprit.model} was not deployed: ${message || `${culprit.deployment || configUpdate}, without a reason`}`;
  return [
    found ? `${found.cause} ${found.advice}` : general,
    `Databricks: ${culprit.name} is ${culprit.deployment}${message && `: ${message}`} (${configUpdate})`,
    // A container that has logged something was built.
    ...(logs.server.length > 0 ? tail('server log', logs.server) : tail('build log', logs.build)),
  ].join('\n');
}

async function logsOf(work: EndpointWork, entity: ServedEntity, version: number): Promise<Logs> {
  const { api, name, context } = work;
  const read = async (what: string, look: () => Promise<string>): Promise<readonly string[]> => {
    try {
      const lines = (await look()).split(/\r?\n/).filter((line) => line.trim() !== '');
      if (lines.length > 0) context.agent.group(`${what} of ${entity.name}`, lines.slice(-mostLinesInLog).join('\n'));
      return lines;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      context.agent.log(`The ${what.toLowerCase()} of ${entity.name} is not available. ${error.message}`);
      return [];
    }
  };
  return {
    build: await read('Build log', () => api.buildLog(name, entity.name, version)),
    server: await read('Server log', () => api.serverLog(name, entity.name, version)),
  };
}

function tail(what: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(-mostLinesInMessage).map((line) => `  ${line.slice(0, mostCharacters)}`);
  return [`The end of the ${what}:`, ...shown];
}

function rank({ deployment, message }: ServedEntity): number {
  if (deployment === 'DEPLOYMENT_FAILED') return 0;
  return /another served entity/i.test(message) ? 2 : 1;
}

/** The end of the server log of an entity that serves; empty where it cannot be read. */
export async function serverLogOf({ api, name, context }: EndpointWork, entityName: string): Promise<string> {
  try {
    const lines = (await api.serverLog(name, entityName, 0)).split(/\r?\n/).filter((line) => line.trim() !== '');
    return tail('server log', lines).join('\n');
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    context.agent.log(`The server log of ${entityName} is not available. ${error.message}`);
    return '';
  }
}
