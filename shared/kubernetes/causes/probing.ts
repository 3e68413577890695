import { untilDeadline, type KnownCause } from '../../causes/cause';

const source = 'https://github.com/kubernetes/kubernetes/tree/master/pkg/probe';
const passing = { graceSeconds: untilDeadline, source } as const;

/** Why a health check fails: a phrase that follows `because`. The model may still be loading. */
export const probeCauses: readonly KnownCause[] = [
  {
    message: /statuscode: 404/,
    cause: 'the service does not have this path',
    advice: 'Correct the path of the health check, or add it to the service.',
    ...passing,
  },
  {
    message: /statuscode: 40[13]/,
    cause: 'the service requires a key or a sign-in there',
    advice: 'A health check does not send credentials: use a path that does not require any.',
    ...passing,
  },
  {
    message: /statuscode: 405/,
    cause: 'the service does not allow GET there',
    advice: 'Use a path for the health check that answers GET.',
    ...passing,
  },
  {
    message: /statuscode: (?:400|42\d)/,
    cause: 'the service does not accept the request',
    advice: 'Use a path for the health check that answers GET without parameters.',
    ...passing,
  },
  {
    message: /statuscode: 5\d\d/,
    cause: 'the service reports that it is not able to answer yet',
    advice: 'Check the path of its health check, and its log for whether the model was loaded.',
    ...passing,
  },
  {
    message:
      /server gave HTTP response to HTTPS client|malformed HTTP (?:response|status)|first record does not look like a TLS/,
    cause: 'one side uses HTTPS and the other does not',
    advice: 'Set the scheme of the health check to that of the service.',
    ...passing,
  },
  {
    message: /connection refused/,
    cause: 'nothing listens on this port',
    advice:
      'Check the port. The service must listen on 0.0.0.0 (not 127.0.0.1), and its log says whether the model was loaded.',
    ...passing,
  },
  {
    message: /deadline exceeded|Client\.Timeout|i\/o timeout|timeout/,
    cause: 'the service did not answer in time',
    advice: 'Check its log: it may be loading the model or lack CPU. Allow more time for the start.',
    ...passing,
  },
  {
    message: /EOF|connection reset|no route to host/,
    cause: 'the connection was closed without an answer',
    advice: 'Check the log of the service.',
    ...passing,
  },
];
