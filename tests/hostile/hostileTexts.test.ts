import { Script } from 'node:vm';
import { refusals } from '../../shared/azure/containerGroups/causes/refusals';
import { azureDialect } from '../../shared/azure/dialect';
import { filled, findCause } from '../../shared/causes/cause';
import { pullCauses } from '../../shared/causes/pulling';
import { shortMessage } from '../../shared/causes/shortMessage';
import { startCauses } from '../../shared/causes/starting';
import { differenceLine } from '../../shared/comparison/difference';
import { databricksDialect } from '../../shared/databricks/dialect';
import { presentable } from '../../shared/databricks/libraries/requirements/presentable';
import { readCondaEnvironment } from '../../shared/databricks/libraries/requirements/readCondaEnvironment';
import { readRequirements } from '../../shared/databricks/libraries/requirements/readRequirements';
import { canonicalSource, detectKind } from '../../shared/databricks/notebooks/detectKind';
import { metricsIn } from '../../shared/evaluation/metrics';
import { parseRule } from '../../shared/evaluation/parseRule';
import { HttpError } from '../../shared/http/errors';
import { isHtml, readServiceError, titleOf, withoutTags } from '../../shared/http/answer/serviceError';
import { readClientCertificate } from '../../shared/identity/clientAssertion';
import { signInProblems } from '../../shared/identity/signInProblems';
import { creationCauses } from '../../shared/kubernetes/causes/creation';
import { endCauses } from '../../shared/kubernetes/causes/ending';
import { probeCauses } from '../../shared/kubernetes/causes/probing';
import { schedulingProblem } from '../../shared/kubernetes/causes/scheduling';
import { setupCauses } from '../../shared/kubernetes/causes/setup';
import { applyConflicts } from '../../shared/kubernetes/client/applyConflicts';
import { schemaFaults } from '../../shared/kubernetes/client/schemaFaults';
import { parseWarnings } from '../../shared/kubernetes/client/apiServer';
import { kubernetesDialect } from '../../shared/kubernetes/dialect';
import { parseImage } from '../../shared/kubernetes/manifest/imageReference';
import { parsedJson } from '../../shared/json';
import { plainMarkdown } from '../../shared/markdown';
import { parseJsonPath } from '../../shared/smokeTest/jsonPath';
import { readDocument } from '../../shared/variables/document/readDocument';
import { secretNameProblem, textProblem } from '../../shared/variables/refusals';
import { formatProblem } from '../../shared/variables/schema/formats';
import { InvalidYaml } from '../../shared/yaml/invalidYaml';
import { readYamlValue } from '../../shared/yaml/values';

const length = 200_000;
/** A function that reads such a text many times needs minutes. */
const mostMilliseconds = 20_000;

/** What is repeated, with what is before and after it. */
const pieces: readonly (readonly [before: string, piece: string, after: string])[] = [
  ...[
    ' ',
    '\n',
    '\t',
    '\r\n',
    '<',
    '>',
    '.',
    '-',
    '_',
    '/',
    '\\',
    '"',
    "'",
    '`',
    '=',
    ',',
    '#',
    '?',
    '@',
    ':',
    'a',
    '0',
    'A',
  ].map((piece) => ['', piece, '!'] as const),
  ...[
    '(',
    '[',
    '{',
    '{{',
    '[ ',
    '{ ',
    '\t[',
    '- ',
    '? ',
    'a: ',
    '& ',
    '* ',
    '"a',
    ' #',
    'a=',
    'a =',
    "='",
    '${A}',
    '://',
    '//',
    '/a',
    '..',
    '; ',
  ].map((piece) => ['', piece, '!'] as const),
  ['<html>', '<title ', ''],
  ['<html><title>', '<', '</title>'],
  ['<html>', '<pre ', ''],
  ['<html><pre>', '<', '</pre>'],
  ['<html><pre>', '<a', ''],
  ['https://', 'a?', ' '],
  ['a:\n', '\t', 'x\n'],
  ['a: [\n', '\t', 'x]\n'],
  ['a[', ' ', '=]'],
  ['a[b', ' ', '=]'],
  ['a', ' ', '|'],
  ['1', '1', 'x'],
  ['1', ' ', 'x'],
  ['', '-eyJ', '.'],
  ['', 'eyJaaaaaaaaaaa.', '!'],
  ['# Databricks notebook source\n', '\n', 'x'],
  ['', '\n# COMMAND ----------', 'x'],
  ['', '-----BEGIN CERTIFICATE-----', ''],
  ['', '-----BEGIN PRIVATE KEY-----', ''],
  ['{"a":', '[', ''],
  ['{"message":"', '(A) ', '"}'],
  ['Apply failed with ', 'conflict with "a"', ''],
  ['Apply failed with conflict with "', '\\', '"'],
  ['failed to create typed patch object (', '.a[a="', '): a'],
  ['', 'token ', ''],
  ['', 'exceeded quota: a, requested: ', ''],
  ['', 'failed quota: a: must specify limits.cpu', ''],
  ['', 'volume "a": secret "', ''],
  ['', "couldn't find key a in Secret ", ''],
  ['', 'taint {node.kubernetes.io/not-ready: ', ''],
  ['', '1 nodes are available: ', ''],
  ['', 'DNS name label ', ''],
  ['', 'quota ', ''],
  ['', '299 - "', ''],
  ['', 'preemption: ', ''],
  ['', '\u001b[', ''],
];
const texts = pieces.map(([before, piece, after]) => ({
  piece: JSON.stringify(before + piece).slice(0, 60),
  text: before + piece.repeat(length / piece.length) + after,
}));

const causes = [pullCauses, startCauses, creationCauses, endCauses, probeCauses, setupCauses];
const refusal = (text: string) =>
  new HttpError('', {
    status: 409,
    errorCode: undefined,
    serviceMessage: readServiceError(text, kubernetesDialect)?.message ?? '',
    requestId: undefined,
    retryAfterSeconds: undefined,
    attempts: 1,
    isTransient: false,
  });

/** Every function that reads text of users or of other services with patterns. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  titleOf,
  isHtml,
  withoutTags,
  'errors of Databricks': (text) => {
    const error = readServiceError(text, databricksDialect);
    return databricksDialect.refusesToken?.({ status: 403, serviceMessage: error?.message ?? '' });
  },
  'errors of Azure': (text) => readServiceError(text, azureDialect),
  'errors inside of an error of Azure': (text) =>
    readServiceError(JSON.stringify({ error: { message: text, details: [{ message: text }] } }), azureDialect),
  'refusals of Azure': (text) => {
    const message = readServiceError(text, azureDialect)?.message ?? '';
    return refusals.map((each) => each.message.test(message));
  },
  'errors of Kubernetes': (text) => {
    const serviceMessage = readServiceError(text, kubernetesDialect)?.message ?? '';
    return kubernetesDialect.statusMeant?.({ status: 500, serviceMessage });
  },
  'problems of signing in': (text) => {
    const error = refusal(text);
    return signInProblems.map(({ matches }) => matches(error));
  },
  applyConflicts: (text) => applyConflicts(refusal(text)),
  schemaFaults: (text) => schemaFaults(refusal(text)),
  parseWarnings: (text) => parseWarnings(text.slice(0, 16 * 1024)), // the longest header that Node reads
  // Of each table one: the next reader reads with all patterns, and as much of the text.
  causes: (text) => causes.map((known) => findCause(known.slice(-1), text)),
  'texts of causes': (text) => causes.flat().map((known) => filled(known.advice, known, text)),
  schedulingProblem,
  shortMessage,
  presentable: (text) => presentable(text, 500),
  plainMarkdown,
  differenceLine: (text) => differenceLine({ path: ['a'], wanted: text, found: `${text}x` }),
  canonicalSource,
  detectKind: (text) => detectKind(`${text}.py`, Buffer.from(text.slice(0, 1024))),
  readRequirements: (text) => readRequirements('a.txt', { readFile: only(text) }),
  'a long line of requirements': (text) =>
    readRequirements('a.txt', { readFile: only(`a ${text.slice(0, 1990)}\n-r ${text.slice(0, 19_000)}`) }),
  readCondaEnvironment: (text) => readCondaEnvironment('a.yml', { readFile: only(text) }),
  'a package of conda': (text) => {
    const bytes = Buffer.from(
      JSON.stringify({ dependencies: [text.slice(0, 2000), text, `a ${text.slice(0, 1990)}`] }),
    );
    return readCondaEnvironment('a.yml', { readFile: only(bytes) });
  },
  readYamlValue: refused(readYamlValue, InvalidYaml),
  'variables in a file': (text) => readDocument(text.slice(0, 256 * 1024), 'a.yml', () => undefined),
  textProblem,
  secretNameProblem: (text) => secretNameProblem(text.slice(0, 100_000)),
  formats: (text) => ['path', 'semver'].map((format) => formatProblem(format, text)),
  metrics: (text) => metricsIn({ a: text }),
  parseRule: refused(parseRule, Error),
  parseJsonPath,
  parsedJson,
  parseImage,
  readClientCertificate: refused(readClientCertificate, Error),
};

/** A file that includes no other. */
function only(content: string | Buffer) {
  return (path: string): Buffer => {
    if (path.length > 'a.txt'.length) throw new Error('no such file');
    return Buffer.from(content);
  };
}

/** A reader that may refuse a text. */
function refused(read: (text: string) => unknown, as: abstract new (...args: never) => Error) {
  return (text: string): unknown => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof as) return error.message;
      throw error;
    }
  };
}

describe('a text of 200,000 characters that is hostile to patterns', () => {
  const script = new Script('read(text)');
  for (const [name, read] of Object.entries(readers))
    it(`is read in time that grows with its length alone: ${name}`, () => {
      for (const { piece, text } of texts)
        try {
          script.runInNewContext({ read, text }, { timeout: mostMilliseconds });
        } catch (error) {
          throw new Error(`${name} of ${piece}…: ${String(error)}`, { cause: error });
        }
    });
});
