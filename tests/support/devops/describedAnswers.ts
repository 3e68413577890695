import type { Answer, Received } from '../../../sandbox/http/httpServer';
import type { Host } from '../../../sandbox/devops/rest/host';
import { openApiProblems } from './openApi';

const hosts: readonly string[] = ['vssps', 'vsaex', 'extmgmt'] satisfies readonly Host[];

/** Forms of answers that were compared already in this process: the description is about keys and types only. */
const compared = new Set<string>();

/** Compares the answers of a stand-in with the description of the REST API, where that is available. */
export class DescribedAnswers {
  readonly problems: string[] = [];

  take({ method, url }: Received, { status, headers, body }: Answer): void {
    if (!headers['content-type']?.startsWith('application/json')) return;
    const [, ...segments] = url.pathname.split('/');
    const host = hosts.includes(segments[0] ?? '') ? (segments.shift() as Host) : 'dev';
    const path = decodeURIComponent(segments.slice(1).join('/'));
    const content = JSON.parse(body.toString('utf8').replace(/^\uFEFF/, '') || 'null') as unknown;
    const route = path.replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|[\da-f]{40}|\d+/gi, '*');
    const key = `${host} ${method} ${route} ${status} ${formOf(content)}`;
    if (compared.has(key)) return;
    compared.add(key);
    const problems = openApiProblems({ host, method, path, status, body: content });
    this.problems.push(...problems.map((problem) => `${method} ${host} ${path}: ${status}: ${problem}`));
  }
}

/** Keys and types, the same for two values exactly when they have the same ones; entries of a list in the order of their forms. */
function formOf(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(formOf))].sort().join(',')}]`;
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return `{${Object.entries(value)
    .map(([key, each]) => `${key.replaceAll(/[\da-f]{8}-[\da-f-]{27}/gi, '*')}:${formOf(each)}`)
    .join(',')}}`;
}
