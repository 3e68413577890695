import * as shape from '../http/shape';

/** A token, and for how long it is valid. */
export interface IssuedToken {
  readonly token: string;
  readonly lifeSeconds: number;
}

/** The answer of a token endpoint (RFC 6749 5.1); some write the seconds as text. */
export const issuedToken: shape.Shape<IssuedToken> = shape.mapped(
  shape.object({
    access_token: shape.nonEmptyText,
    expires_in: shape.checked(
      shape.mapped(shape.either(shape.number, shape.text), Number),
      (seconds) => seconds > 0,
      "'expires_in' is not a number of seconds",
    ),
  }),
  ({ access_token, expires_in }) => ({ token: access_token, lifeSeconds: expires_in }),
);
