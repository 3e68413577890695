import Handlebars from 'handlebars';
import { JSONPath } from 'jsonpath-plus';
import { type Json, type JsonObject, isJsonObject, parseJson, textOf } from '../../sandbox/databricks/json';
import type { AuthenticationScheme, DataSource } from '../../tools/manifests';

/** A service connection with the values of its fields. */
export interface Connection {
  readonly url: string;
  readonly scheme: AuthenticationScheme;
  /** The fields of the type; the templates of URLs and results see only these. */
  readonly data?: Readonly<Record<string, string>>;
  /** The fields of the scheme; only the templates of headers see them. */
  readonly authorization?: Readonly<Record<string, string>>;
}

/** A data source of a connection type, or one that a task defines itself. */
export type EndpointRequest = Omit<DataSource, 'name'>;

/** An entry of a list in a task form. */
export interface Choice {
  readonly Value: string;
  readonly DisplayValue: string;
}

/** The maximum number of calls, and the maximum number of characters of a response ("Pagination"). */
const [mostCalls, mostCharacters] = [5, 2_097_152];

/** The default headers of schemes ("Authentication schemes"). */
const defaultAuthorization: Readonly<Record<string, string>> = {
  'ms.vss-endpoint.endpoint-auth-scheme-basic': 'Basic {{ #base64 endpoint.username ":" endpoint.password }}',
  'ms.vss-endpoint.endpoint-auth-scheme-token': '{{endpoint.apitoken}}',
};

/*
 * Evaluates a data source as the servers of Azure DevOps do, as far as this project needs it. Based on
 * docs/authoring/endpoints of microsoft/azure-pipelines-extensions. Where that page is not specific (which template can
 * use which fields, which values are true), it follows Azure DevOps Server 2022.
 */

/** Whether the button Verify succeeds: it accepts only the status 200. */
export async function isVerified(connection: Connection, source: EndpointRequest): Promise<boolean> {
  const { status } = await send(connection, source, contextOf(connection, source));
  return status === 200;
}

/** The entries of a list. Throws if the service refuses the request, or if a template does not produce JSON. */
export async function choicesOf(
  connection: Connection,
  source: EndpointRequest,
  resultTemplate: string,
): Promise<readonly Choice[]> {
  const found = new Set<string>();
  let context = contextOf(connection, source);
  for (let calls = 1; ; calls++) {
    const answer = await send(connection, source, context);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status}: ${text}`);
    if (text.length > mostCharacters) throw new Error(`The answer has ${text.length} characters.`);
    const response = parseJson(text);
    for (const result of select(response, source.resultSelector))
      found.add(render(resultTemplate, isJsonObject(result) ? { ...context, ...result } : context));

    const { callbackRequiredTemplate = '', callbackContextTemplate = '{}' } = source;
    const isMore = render(callbackRequiredTemplate, { ...context, response }) === 'true';
    if (!isMore || calls === mostCalls) return [...found].map((choice) => JSON.parse(choice) as Choice);
    context = { ...context, ...(parseJson(render(callbackContextTemplate, { ...context, response })) as JsonObject) };
  }
}

function contextOf({ url, data }: Connection, { initialContextTemplate = '{}' }: EndpointRequest): JsonObject {
  return { ...(parseJson(initialContextTemplate) as JsonObject), endpoint: { ...data, url: new URL(url).href } };
}

function send(connection: Connection, { endpointUrl }: EndpointRequest, context: JsonObject): Promise<Response> {
  const url = render(endpointUrl, context).replaceAll(/(?<!:)\/\//g, '/');
  const { scheme, data, authorization } = connection;
  const byDefault = defaultAuthorization[scheme.type];
  const headers = new Headers(byDefault === undefined ? {} : { authorization: headerOf(byDefault) });
  for (const { name, value } of scheme.headers ?? []) headers.set(name, headerOf(value));
  return fetch(url, { headers });

  function headerOf(template: string): string {
    return render(template, { endpoint: { ...data, ...authorization } });
  }
}

function select(response: Json, selector: string): readonly Json[] {
  const path = selector.replace(/^jsonpath:/, '');
  return JSONPath<Json[]>({ path, json: response as object, wrap: true });
}

const mustache = Handlebars.create();
mustache.registerHelper({
  jsonEscape: (value: Json) => JSON.stringify(textOf(value) ?? '').slice(1, -1),
  uriDataEncode: (times: number, value: Json) =>
    Array.from({ length: times }).reduce<string>(encodeURIComponent, textOf(value) ?? ''),
  // Handlebars adds the last argument.
  base64: (...given: unknown[]) =>
    Buffer.from((given.slice(0, -1) as Json[]).map((value) => textOf(value) ?? '').join('')).toString('base64'),
});

/** The platform's helpers with a `#` that produce a value have no end tag, which Handlebars requires. */
function render(template: string, context: JsonObject): string {
  const readable = template.replaceAll(/\{\{(\{?)\s*#(jsonEscape|base64)\s/g, '{{$1$2 ');
  return mustache.compile(readable, { strict: false })(context);
}
