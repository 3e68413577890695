import { TaskError } from '../errors';
import type { ProxySettings } from './agent';
import type { ReadVariable } from './pipelineFacts';

/**
 * The proxy of the agent for one URL, from the variables that the agent sets
 * (https://learn.microsoft.com/azure/devops/pipelines/agents/proxy); undefined where there is none. The bypass list holds
 * regular expressions without regard to case; what is not one, such as `*.contoso.com`, is meant with wildcards.
 * azure-pipelines-task-lib throws an error that names no setting for such a list, and for a URL without a host. Throws
 * a TaskError.
 */
export function proxySettings(variable: ReadVariable, target: string): ProxySettings | undefined {
  const url = variable('Agent.ProxyUrl');
  if (!url || bypassList(variable('Agent.ProxyBypassList')).some((pattern) => pattern.test(target))) return undefined;
  const username = variable('Agent.ProxyUsername');
  const password = variable('Agent.ProxyPassword');
  return { url, ...(username && { username }), ...(password && { password }) };
}

function bypassList(text: string | undefined): readonly RegExp[] {
  if (!text) return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw unusable(error);
  }
  if (!Array.isArray(list)) throw unusable();
  return list.map(String).map(patternOf);
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch {
    const literal = text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(literal.replaceAll('*', '.*'), 'i');
  }
}

function unusable(cause?: unknown): TaskError {
  return new TaskError(
    "The agent's list of hosts that bypass the proxy is not a JSON list of regular expressions. Correct the variable Agent.ProxyBypassList, or the file .proxybypass of the agent.",
    { cause },
  );
}
