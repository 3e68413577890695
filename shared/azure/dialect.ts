import { textIn } from '../http/answer/serviceError';
import type { Dialect, ServiceError } from '../http/dialect';
import { isObject, parsedJson } from '../json';

/** How Azure Resource Manager uses HTTP. */
export const azureDialect: Dialect = {
  // AKS answers with the error itself, the others with `{error}`.
  readError: (body) => wholeError(isObject(body['error']) ? body['error'] : body),
  requestIdHeaders: ['x-ms-request-id', 'x-request-id'],
};

/** How Azure Blob Storage does: it answers in XML, https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2. */
export const blobDialect: Dialect = {
  readErrorText(text) {
    const [, errorCode] = /<Code>([^<]*)<\/Code>/.exec(text) ?? [];
    const [, message = ''] = /<Message>([^<]*)<\/Message>/.exec(text) ?? [];
    // The message ends with the id and the time of the request, in lines of their own.
    return { errorCode, message: errorCode === undefined ? text : (message.split('\n')[0] ?? '') };
  },
  requestIdHeaders: ['x-ms-request-id'],
};

/**
 * An error and those inside of it as one, the outermost first: what helps is often the innermost, below a general "The
 * request is invalid." Undefined where there is neither a code nor a message.
 */
function wholeError(error: Body): ServiceError | undefined {
  const [outermost = nothing, ...inner] = withInnerErrors(error).slice(0, mostErrors);
  const sentences = [outermost.message];
  for (const { errorCode, message } of inner) {
    const isRepeated = sentences.some((known) => known.includes(message));
    if (!isRepeated) sentences.push(errorCode === undefined ? message : `${errorCode}: ${message}`);
  }
  const errorCode = outermost.errorCode ?? inner.find((each) => each.errorCode !== undefined)?.errorCode;
  const message = sentences
    .filter((sentence) => sentence !== '')
    .map((sentence, index, { length }) =>
      index === length - 1 || /[.!?:…]$/.test(sentence) ? sentence : `${sentence}.`,
    )
    .join(' ');
  return errorCode === undefined && message === '' ? undefined : { errorCode, message };
}

/** The innermost error that has a code, which says most about an operation that failed. */
export function innermostError(error: unknown): ServiceError {
  if (!isObject(error)) return nothing;
  const own = ownError(error);
  const [first] = innerErrors(error);
  const inner = first === undefined ? nothing : innermostError(first);
  return inner.errorCode === undefined ? own : inner;
}

type Body = Readonly<Record<string, unknown>>;

/** Of one error: the first ones explain it. */
const mostDetails = 20;
/** Of all errors inside of one. */
const mostErrors = 50;

const nothing: ServiceError = { errorCode: undefined, message: '' };

function withInnerErrors(error: Body): readonly ServiceError[] {
  return [ownError(error), ...innerErrors(error).flatMap(withInnerErrors)];
}

/** `details` and `innererror` (https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#handling-errors). */
function innerErrors({ details, innererror }: Body): readonly Body[] {
  const listed: readonly unknown[] = Array.isArray(details) ? details.slice(0, mostDetails) : [];
  return [...listed, innererror].filter(isObject);
}

/** An error without those inside of it. Where its code is null, the message may hold it. */
function ownError(error: Body): ServiceError {
  const errorCode = textIn(error, 'code');
  const message = textIn(error, 'message')?.trim() ?? '';
  const read = errorInJson(message) ?? (errorCode === undefined ? errorWithCode(message) : undefined);
  return { errorCode: errorCode ?? read?.errorCode, message: read?.message ?? message };
}

/** `(BadArgument) Endpoint identity…`, `(None) ResourceNotReady: User container…`, `ResourceNotReady: User container…`. */
function errorWithCode(text: string): ServiceError {
  const [, inParentheses, rest = text] = /^\((\w+)\) +(.+)$/s.exec(text) ?? [];
  if (inParentheses !== undefined && inParentheses !== 'None') return { errorCode: inParentheses, message: rest };
  const [, errorCode, message = rest] = /^((?:[A-Z][a-z]+){2,}): +(.+)$/s.exec(rest) ?? [];
  return { errorCode, message };
}

/**
 * Text with JSON at its end, which another service answered: the JSON is replaced by what it says. It is an error of
 * Azure, or `{errors:{<field>:[<text>]}}` of ASP.NET (https://www.rfc-editor.org/rfc/rfc9457).
 */
function errorInJson(text: string): ServiceError | undefined {
  const start = text.indexOf('{');
  const json = start < 0 ? undefined : parsedJson(text.slice(start));
  if (!isObject(json)) return undefined;
  const { error, errors } = json;
  const inner = isObject(errors)
    ? { errorCode: undefined, message: Object.values(errors).flat().filter(isText).join(' ') }
    : wholeError(isObject(error) ? error : json);
  return inner && inner.message !== ''
    ? { errorCode: inner.errorCode, message: `${text.slice(0, start)}${inner.message}` }
    : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
