import { isObject, parsedJson } from '../../json';
import type { Dialect, ServiceError } from '../dialect';

const longestMessage = 2000;

/**
 * Reads a refusal by the dialect of its service; undefined for a web page that no API sent. JSON that the dialect doesn't
 * know is read as `{code, message}`, at the top or under `error`.
 */
export function readServiceError(
  text: string,
  { readError, readErrorText = plainText }: Dialect,
): ServiceError | undefined {
  const json = parsedJson(text);
  const error = isObject(json) ? (readError?.(json) ?? plainJson(json)) : readErrorText(text);
  return error && { ...error, message: shortened(error.message.trim()) };
}

/** The first of some properties that is a text or a number. */
export function textIn(body: Readonly<Record<string, unknown>>, ...names: readonly string[]): string | undefined {
  return names.map((name) => textOf(body[name])).find((text) => text !== undefined);
}

/** The title of a web page, for messages. */
export function titleOf(html: string): string | undefined {
  const title = between(html, /<title\b/i, /<\/title>/i);
  return title ? withoutTags(title).trim().slice(0, 200) : undefined;
}

/** What is inside the first element that begins so, in time that grows with the length of the page alone. */
export function between(html: string, begin: RegExp, end: RegExp): string | undefined {
  const start = html.search(begin);
  const inside = start < 0 ? 0 : html.indexOf('>', start) + 1;
  const length = inside === 0 ? -1 : html.slice(inside).search(end);
  return length < 0 ? undefined : html.slice(inside, inside + length);
}

/** Whether a text begins as a web page does. */
export function isHtml(text: string): boolean {
  return /^\s*<(!doctype html|html|head|body)\b/i.test(text);
}

export function withoutTags(html: string): string {
  return html.replace(/<[^<>]*>/g, '');
}

/** Refusals as plain text: the text is the message. */
export function plainText(text: string): ServiceError | undefined {
  return isHtml(text) ? undefined : { errorCode: undefined, message: text };
}

function plainJson(json: Readonly<Record<string, unknown>>): ServiceError {
  const { error } = json;
  const inner = isObject(error) ? error : json;
  return { errorCode: textIn(inner, 'code'), message: textIn(inner, 'message') ?? textOf(error) ?? '' };
}

function shortened(text: string): string {
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}

function textOf(value: unknown): string | undefined {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;
}
