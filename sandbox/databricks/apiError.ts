/** An error answer of the REST API: `{"error_code", "message"}` with an HTTP status. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** Databricks writes a name; for authentication failures it writes the status as a number. */
    readonly errorCode: string | number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export const invalidParameter = (message: string) => new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
export const invalidState = (message: string) => new ApiError(400, 'INVALID_STATE', message);
export const doesNotExist = (message: string) => new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', message);
export const alreadyExists = (message: string) => new ApiError(400, 'RESOURCE_ALREADY_EXISTS', message);

/** Somebody is not let in: the error code is the status, and a header says the reason too. */
export const refusedLogin = (status: number, message: string) =>
  new ApiError(status, status, message, { 'x-databricks-reason-phrase': message });
