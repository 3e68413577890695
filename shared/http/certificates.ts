import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { CertificateSettings } from '../agent/agent';
import { TaskError, messageOf } from '../errors';

/**
 * The agent's own certificate authority, on top of those that Node trusts, and its client certificate.
 * Made once: Node's 140 root certificates take a while to read. Throws a TaskError that names the setting at fault.
 */
export function readSecureContext(settings: CertificateSettings): SecureContext {
  const { caFile, certificateFile, keyFile, passphrase } = settings;
  const ca = caFile && readPem(caFile, 'certificate authority (--sslcacert)');
  const cert = certificateFile && readPem(certificateFile, 'client certificate (--sslclientcert)');
  const key = keyFile && readPem(keyFile, 'client certificate key (--sslclientcertkey)');
  try {
    return createSecureContext({
      ...(ca && { ca: [...rootCertificates, ca] }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(passphrase && { passphrase }),
    });
  } catch (error) {
    throw new TaskError(`The certificates that the agent is configured with can't be used: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

function readPem(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TaskError(`Could not read the agent's ${setting}: ${messageOf(error)}.`, { cause: error });
  }
}
