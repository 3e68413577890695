import { isObject, parseJson } from '../../json';

/** What the body of a refusal says. */
export interface ServiceError {
  readonly errorCode: string | undefined;
  /** Empty when the service gives no reason. */
  readonly message: string;
}

const longestMessage = 2000;

/**
 * Reads the refusal in every shape that the services are known to use; undefined for a web page that no API sent.
 * Databricks: `{error_code,message}`, its API 1.2 `{error}`, its SCIM `{detail}`, `CODE: text`, and a page with the
 * reason in `<pre>`. Azure: `{error:{code,message}}`. OAuth: `{error,error_description}`. Kubernetes: `{reason,message}`.
 * Azure DevOps: `{message}`, and `{value}` or `{value:{Message}}` in the manner of its lists.
 */
export function readServiceError(text: string): ServiceError | undefined {
  const json = parsed(text);
  if (isObject(json)) return fromJson(json);
  if (isHtml(text)) return fromPage(text);
  const [, errorCode, message] = /^([A-Z][A-Z_]{3,}): (.*)/s.exec(text) ?? [];
  return { errorCode, message: tidy(message ?? text) };
}

/** The title of a page, to tell people what came. */
export function titleOf(html: string): string | undefined {
  const [, title] = /<title[^>]*>(.*?)<\/title>/is.exec(html) ?? [];
  return title ? withoutTags(title).trim().slice(0, 200) : undefined;
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // Not JSON is one of the known shapes.
    return undefined;
  }
}

function fromJson(json: Readonly<Record<string, unknown>>): ServiceError {
  const inner = isObject(json['error']) ? json['error'] : json;
  const errorText = textOf(json['error']);
  const description = textOf(json['error_description']);
  const value = isObject(json['value']) ? json['value']['Message'] : json['value'];
  return {
    errorCode:
      textOf(inner['error_code']) ??
      textOf(inner['reason']) ??
      textOf(inner['code']) ??
      textOf(inner['scimType']) ??
      (description && errorText),
    message: tidy(
      textOf(inner['message']) ?? textOf(inner['detail']) ?? description ?? errorText ?? textOf(value) ?? '',
    ),
  };
}

function fromPage(html: string): ServiceError | undefined {
  const [, reason] = /<pre[^>]*>(.*?)<\/pre>/is.exec(html) ?? [];
  return reason === undefined ? undefined : { errorCode: undefined, message: tidy(withoutTags(reason)) };
}

/** Whether a text begins as a web page does. */
export function isHtml(text: string): boolean {
  return /^\s*<(!doctype html|html|head|body)\b/i.test(text);
}

function withoutTags(html: string): string {
  return html.replace(/<[^>]*>/g, '');
}

function tidy(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > longestMessage ? `${trimmed.slice(0, longestMessage)}…` : trimmed;
}

function textOf(value: unknown): string | undefined {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;
}
