import { existsSync } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Authorization parameters that name somebody, and prove nothing. */
const publicParameters =
  /(^|_)(SERVICEPRINCIPALID|TENANTID|AUTHENTICATIONTYPE|USERNAME|SERVICEACCOUNTCERTIFICATE|ISCREATEDFROMSECRETYAML)$/i;

/** In shorter texts a secret would be found by chance. */
const shortest = 6;

/** What nobody may see of a task that was started with these variables: each secret in the forms in which it may come back. */
export function secretForms(environment: Readonly<Record<string, string>>): readonly string[] {
  return formsOfSecrets(
    Object.entries(environment).flatMap(([name, value]) => {
      const [, parameter] = /^ENDPOINT_AUTH_PARAMETER_(.*)$/.exec(name) ?? [];
      if (parameter !== undefined) return secretsOfParameter(parameter, value);
      if (/^(SECRET_.*|SYSTEM_ACCESSTOKEN|AGENT_PROXYPASSWORD|INPUT_REGISTRYPASSWORD)$/.test(name)) return [value];
      return name === 'INPUT_SECRETS' ? pairValues(value) : [];
    }),
  );
}

/** What is secret in an authorization parameter of a service connection; of a kubeconfig only what proves something. */
export function secretsOfParameter(name: string, value: string): readonly string[] {
  if (/(^|_)kubeconfig$/i.test(name))
    return [...value.matchAll(/\b(?:token|password|client-key-data): *["']?([^\s"'},]+)/g)].map(
      ([, secret = '']) => secret,
    );
  return publicParameters.test(name) ? [] : [value];
}

/** Each line of secrets in the forms in which it may come back, without those that a text holds by chance. */
export function formsOfSecrets(secrets: readonly string[]): readonly string[] {
  return [...new Set(secrets.flatMap(linesOf).flatMap(formsOf))].filter((form) => form.length >= shortest);
}

/** The lines of an output that show a secret. Announcing it to the agent, also as a secret output, is how it gets masked. */
export function leaksInOutput(output: string, forms: readonly string[]): readonly string[] {
  const lines = output
    .split('\n')
    .filter((line) => !/^##vso\[task\.(setsecret\]|setvariable [^\]]*issecret=true;)/.test(line));
  // Logging commands write line ends and percent signs in a way of their own.
  const isLeak = (line: string): boolean => holdsAny(line, forms) || holdsAny(line.replaceAll('%AZP25', '%'), forms);
  return lines.filter(isLeak);
}

/** The files below a folder that hold a secret, or have one in their name. The key file is task-lib's own. */
export async function leaksInFiles(folder: string, forms: readonly string[]): Promise<readonly string[]> {
  const leaks: string[] = [];
  if (!existsSync(folder)) return leaks;
  for (const path of await readdir(folder, { recursive: true })) {
    const file = join(folder, path);
    if (path === '.taskkey' || !(await lstat(file)).isFile()) continue;
    if (holdsAny(path, forms) || holdsAny(unescaped(await readFile(file, 'utf8')), forms)) leaks.push(file);
  }
  return leaks;
}

export function holdsAny(text: string, forms: readonly string[]): boolean {
  return forms.some((form) => text.includes(form));
}

/** As it is, and without what Markdown puts before signs. */
function unescaped(text: string): string {
  return `${text}\n${text.replaceAll(/\\([\\`*_{}[\]()#|<>~])/g, '$1')}`;
}

function pairValues(given: string): readonly string[] {
  if (given.startsWith('{')) return textsIn(JSON.parse(given));
  return given.split('\n').map((line) => line.slice(line.indexOf('=') + 1).trim());
}

function textsIn(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [String(value)];
}

function linesOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('-----'));
}

function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const gson = json.replaceAll(/[=&<>']/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return [
    ...[secret, json, gson, encodeURIComponent(secret), new URLSearchParams({ '': secret }).toString().slice(1)],
    ...[secret, `Bearer ${secret}`, `:${secret}`].flatMap(base64Forms),
  ];
}

/** Alone, and behind one, two or three characters, of which the digits at its edges may depend: without those. */
function base64Forms(text: string): readonly string[] {
  const alone = Buffer.from(text).toString('base64').replace(/=+$/, '');
  const inner = [1, 2, 3].map((before) =>
    Buffer.from('x'.repeat(before) + text)
      .toString('base64')
      .slice(4, -4),
  );
  return [alone, ...inner].flatMap((digits) => [digits, digits.replaceAll('+', '-').replaceAll('/', '_')]);
}
