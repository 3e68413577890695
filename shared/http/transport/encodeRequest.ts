import { Readable } from 'node:stream';
import { stringifyJson } from '../../json';
import type { HttpRequest } from '../httpClient';
import { openMultipart } from './multipart';
import { openFile } from './openFile';
import type { Outgoing } from './send';

export function urlOf(baseUrl: URL, { path, query = {}, exactQuery }: HttpRequest): string {
  const url = new URL(baseUrl.origin + baseUrl.pathname.replace(/\/$/, '') + path);
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.append(key, String(value));
  return exactQuery === undefined ? url.href : `${url.href}?${exactQuery}`;
}

/** A request in a debug line, without the values of its query: they may be secrets. */
export function summaryOf({ method, path, query = {} }: HttpRequest): string {
  const keys = Object.keys(query).filter((key) => query[key] !== undefined);
  return `${method} ${path}${keys.length > 0 ? `?${keys.join('&')}` : ''}`;
}

/** The body for one attempt, with the headers that describe it. Throws a TaskError when a file can't be read. */
export function bodyOf(request: HttpRequest): Pick<Outgoing, 'headers' | 'body'> {
  const { json, content, text, form, fields, file } = request;
  if (fields) {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return { headers, body: Buffer.from(new URLSearchParams(fields).toString()) };
  }
  if (form) {
    const { contentType, contentLength, stream } = openMultipart(form);
    return { headers: { 'Content-Type': contentType, 'Content-Length': String(contentLength) }, body: stream };
  }
  if (file !== undefined) {
    const { size, bytes } = openFile(file);
    return {
      headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': String(size) },
      body: Readable.from(bytes(), { objectMode: false }),
    };
  }
  if (content) return { headers: { 'Content-Type': content.contentType }, body: Buffer.from(content.bytes) };
  if (text) return { headers: { 'Content-Type': text.contentType }, body: Buffer.from(text.content) };
  if (json === undefined) return { headers: {}, body: undefined };
  return { headers: { 'Content-Type': 'application/json' }, body: Buffer.from(stringifyJson(json)) };
}
