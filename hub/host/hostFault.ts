/** How Azure DevOps and the frame reject: a plain object, which is not an Error. */
export interface HostFault {
  readonly message: string;
  readonly status: number | undefined;
  /** The kind that Azure DevOps gives the error. */
  readonly typeKey: string | undefined;
}

/** What is known of a rejection, whatever its shape. */
export function readHostFault(rejection: unknown): HostFault {
  const fault = fieldsOf(rejection);
  const serverError = fieldsOf(fault['serverError']);
  const typeKey = serverError['typeKey'] ?? fault['typeKey'];
  const message = serverError['message'] ?? fault['message'] ?? (typeof rejection === 'string' ? rejection : undefined);
  return {
    message: typeof message === 'string' && message !== '' ? message : 'Azure DevOps gave no reason.',
    status: typeof fault['status'] === 'number' ? fault['status'] : undefined,
    typeKey: typeof typeKey === 'string' ? typeKey : undefined,
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
