import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { CertificateSettings } from '../../agent/agent';
import { TaskError, messageOf } from '../../errors';
import { FileError } from '../../files/fileError';
import { readFileOfMachine } from '../../files/sourceFile';

/** Certificates that a service needs besides those of the agent, in PEM. */
export interface ServiceCertificates {
  /** The authority that signs the service's certificate; it replaces those that Node trusts. */
  readonly ca?: string;
  /** The client certificate; it replaces the agent's. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that the service's certificate must be for, where that is not its host. */
  readonly serverName?: string;
}

/**
 * The agent's certificate authority, added to those that Node trusts or to the service's own, and a client certificate.
 * Created once per client: reading Node's 140 root certificates takes a while. Throws a TaskError that names the setting.
 */
export function readSecureContext(settings: CertificateSettings, service: ServiceCertificates = {}): SecureContext {
  const { caFile, certificateFile, keyFile, passphrase } = settings;
  const ca = caFile && readPem(caFile, 'certificate authority (--sslcacert)');
  const cert = certificateFile && readPem(certificateFile, 'client certificate (--sslclientcert)');
  const key = keyFile && readPem(keyFile, 'client certificate key (--sslclientcertkey)');
  const own = service.cert !== undefined && { cert: service.cert, key: service.key };
  try {
    return createSecureContext({
      ...((ca || service.ca) && { ca: [...(service.ca ? [service.ca] : rootCertificates), ...(ca ? [ca] : [])] }),
      ...(own || { ...(cert && { cert }), ...(key && { key }), ...(passphrase && { passphrase }) }),
    });
  } catch (error) {
    throw new TaskError(`The certificates for this connection can't be used: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** More than all authorities that a system trusts. */
const mostPemBytes = 16 * 1024 * 1024;

function readPem(file: string, setting: string): string {
  try {
    return readFileOfMachine(file, mostPemBytes);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new TaskError(`Could not read the agent's ${setting}: ${error.message}`, { cause: error });
  }
}
